// The three reports of a run: with each failure the clause, the bytes sent and received, and what
// they mean.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { htmlReport } from "../../src/conformance/report_html.ts";
import { jsonReport } from "../../src/conformance/report_json.ts";
import { textFacts, textReport } from "../../src/conformance/report_text.ts";
import type { Report } from "../../src/conformance/report.ts";
import { runConformance } from "../../src/conformance/runner.ts";
import { readTarget } from "../../src/conformance/target.ts";
import type { Fault } from "./faults.ts";
import { FaultyServer } from "./faulty_server.ts";

const test = suite("conformance_runner/report");

async function run(fault: Fault, only: string): Promise<Report> {
  await using server = await FaultyServer.start(fault);
  const target = readTarget(`ws://127.0.0.1:${server.port}/a?b=1&c=<i>`);
  return await runConformance(target, { only, timeoutMs: 1500, keys: 4, idleMs: 0 });
}

/** RSV1 on a text, which is echoed. */
const ignored = await run("reserved bits are ignored", "B04, B05, B12");
const method = await run("any method", "S03");
const sound = await run("none", "B12, B26, B57");

test("textReport() has clause, section, level, rule, bytes and what they mean", () => {
  const lines = textReport(ignored).split("\n");
  const at = lines.findIndex((line) => line.startsWith("FAIL  B04.1  §5.2  MUST"));
  assert.ok(at >= 0);
  const block = lines.slice(at, at + 8).join("\n");
  assert.match(block, "Rule: A reserved bit that nobody has agreed on fails the connection");
  assert.match(block, "Expected the connection to fail (Close 1002), found the answer text Hello");
  assert.match(block, /sent +91 85 00 00 00 00 48 65 6c 6c 6f\n +text, .*RSV bits are 001/);
  assert.match(
    block,
    /received +81 05 48 65 6c 6c 6f\n +text, final, not masked, 5 bytes: "Hello"/,
  );
  assert.match(textReport(ignored), "      also B04.2  ");
  assert.match(textReport(ignored), "a MUST is broken in 1: B04");
});

test("textReport() shows the handshake where the case is about it", () => {
  const text = textReport(method);
  assert.match(text, /sent +POST \/a\?b=1&c=%3Ci%3E HTTP\/1\.1\n/);
  assert.match(text, /received +HTTP\/1\.1 101 Switching Protocols/);
});

test("textReport() says what was not tested, and why", () => {
  assert.match(textReport(sound), "1  The target is ws://, without TLS: B57.1");
  assert.match(textReport(sound), "no MUST is broken");
  const verbose = textReport(sound, { isVerbose: true });
  assert.match(verbose, "B26  A Close is answered as soon as is practical. How soon");
});

test("textReport() is plain, and has colours where they are asked for", () => {
  assert.not.match(textReport(ignored), "\x1b");
  assert.match(textReport(ignored, { colour: true }), "\x1b[31mFAIL\x1b[0m");
});

test("textFacts() says what the server does", () => {
  assert.match(textFacts(sound.target, sound.facts), /Echo +text and binary\nCompression +perm/);
  const silent = { ...sound.facts, echo: false, deflate: null, isTalkative: true };
  assert.match(textFacts(sound.target, silent), "not testable");
});

test("jsonReport() has every case, its bytes in hex, and every clause", () => {
  const report = JSON.parse(jsonReport(ignored));
  assert.equal(
    [report.format, report.target, report.totals.fail > 10],
    [1, ignored.target.url, true],
  );
  assert.is(report.cases.length, ignored.results.length);
  assert.is(report.clauses.length, 138);
  const [passages] = report.cases[0].exchanges.map((one: { passages: unknown[] }) => one.passages);
  const frames = passages.filter((one: { kind: string }) => one.kind === "frames");
  assert.equal(
    frames.map((one: { from: string; bytes: string }) => [one.from, one.bytes]),
    [
      ["client", "91850000000048656c6c6f"],
      ["server", "810548656c6c6f"],
    ],
  );
});

test("htmlReport() is one page that loads nothing, and no byte of the server is markup", () => {
  const page = htmlReport(ignored);
  assert.not.match(page, /<script|<link|<img|<iframe|url\(|@import|src=/);
  const isFine = /^href="(?:#[BDS]\d\d|https:\/\/www\.rfc-editor\.org\/rfc\/[^"<>]+)"$/;
  for (const link of page.match(/href="[^"]*"/g) ?? []) assert.match(link, isFine);
  assert.match(page, "default-src 'none'");
  assert.not.match(page, "<i>");
  assert.match(page, 'name="viewport"');
  assert.match(page, "prefers-color-scheme: dark");
});

test("htmlReport() has failures first, with a diagram of each frame", () => {
  const page = htmlReport(ignored);
  const [broken, all] = [page.indexOf("<h2>Broken</h2>"), page.indexOf("<h2>All clauses</h2>")];
  assert.ok(broken > 0 && broken < all);
  assert.match(page, 'A MUST is broken in 1 clause: <a href="#B04">B04</a>');
  assert.match(page, "<code>91 85 00 00 00 00 48 65 6c 6c 6f</code>");
  assert.match(page, "|F|R|R|R|opcode |M|length       |masking key");
  assert.match(htmlReport(sound), "No MUST is broken.");
});

test.run();
