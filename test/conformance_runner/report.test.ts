// The three reports of a run: with each failure the clause, the bytes sent and received, and what
// they mean.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { CaseResult, Verdict } from "../../src/conformance/case.ts";
import { CLAUSES } from "../../src/conformance/clauses.ts";
import { htmlReport } from "../../src/conformance/report_html.ts";
import { jsonReport } from "../../src/conformance/report_json.ts";
import { textCase, textFacts, textReport } from "../../src/conformance/report_text.ts";
import { makeReport } from "../../src/conformance/report.ts";
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

/** A whole run: what no case of `results` is about has passed. */
function made(...results: readonly CaseResult[]): Report {
  const others = CLAUSES.filter(({ id, hidden }) => {
    return hidden === "" && !results.some(({ clause }) => clause === id);
  }).map(({ id }) => result(id, "pass"));
  const facts = { ...sound.facts, echo: false, deflate: null, software: "a<b>" };
  const run = { target: sound.target, startedAt: new Date(0), durationMs: 1234, facts };
  return makeReport({ ...run, results: [...results, ...others] });
}

function result(clause: string, verdict: Verdict, messages: string[] = [], number = 1): CaseResult {
  const id = `${clause}.${number}`;
  const what = { id, clause, section: "§1", level: "MUST", title: `Title of ${id}` } as const;
  return { ...what, verdict, messages, exchanges: [], durationMs: 1 };
}

const broken = made(
  result("B04", "fail", ["first"], 1),
  result("B04", "fail", ["second"], 2),
  result("B05", "fail", ["third"]),
  result("B25", "warning", ["fourth"]),
  ...[1, 2, 3, 4, 5].map((number) => result("B12", "not testable", ["no echo"], number)),
  result("B42", "pass", ["a note"]),
);

test("textReport() has one case of each clause, all of them and notes when it is verbose", () => {
  const text = textReport(broken);
  assert.match(text, "FAIL  B04.1  §1  MUST  Title of B04.1");
  assert.match(text, "      also B04.2  Title of B04.2\n");
  assert.match(text, "WARNING  B25.1  §1  MUST  Title of B25.1");
  assert.match(text, "     5  no echo: B12.1, B12.2, B12.3 and 2 more\n");
  assert.match(text, /observable from outside: \d+ clauses\n {2}.*B26.* \(--verbose says why\)/);
  assert.match(text, "3 failed, 1 warning, 5 not testable\n");
  assert.match(text, "a MUST is broken in 2: B04, B05");
  assert.not.match(text, "a note");
  const verbose = textReport(broken, { isVerbose: true });
  assert.match(verbose, "FAIL  B04.2  §1  MUST  Title of B04.2");
  assert.match(verbose, "where it may choose:\n  B42.1  Title of B42.1: a note\n");
  assert.match(verbose, "no echo: B12.1, B12.2, B12.3, B12.4, B12.5\n");
  const warned = made(result("B25", "warning"), result("B22", "warning"));
  assert.match(textReport(warned, { colour: true }), "\x1b[33mWARNING\x1b[0m");
  assert.match(textReport(warned, { colour: true }), "\x1b[33m2 warnings\x1b[0m");
});

test("textCase() is a line for a case", () => {
  assert.is(textCase(result("B04", "fail"), false), "FAIL  B04.1  §1  Title of B04.1");
  const untested = textCase(result("B12", "not testable"), true);
  assert.is(untested, "\x1b[2mNOT TESTABLE\x1b[0m  B12.1  §1  Title of B12.1");
});

test("textFacts() has the software that the server names", () => {
  assert.match(textFacts(broken.target, broken.facts), /^Server {7}ws:.*, a<b>\n/);
});

test("htmlReport() counts clauses and cases, and says what the server does not do", () => {
  const page = htmlReport(broken);
  assert.match(page, 'A MUST is broken in 2 clauses: <a href="#B04">B04</a> <a href="#B05">B05');
  assert.match(page, /id="B04">[^]*, 2 cases<\/small>[^]*id="B05">[^]*, 1 case<\/small>/);
  assert.match(page, "<h2>Warnings</h2>\n<section class=\"group warning\">");
  assert.match(page, "<dt>Server</dt><dd>a&#60;b&#62;</dd>");
  assert.match(page, "<dt>Echo</dt><dd>none: what needs one is not testable</dd>");
  assert.match(page, "<dt>Compression</dt><dd>permessage-deflate is not accepted</dd>");
});

test("htmlReport() shows the handshake where the case is about it", () => {
  assert.match(htmlReport(method), '<code class="http">POST /a?b=1&#38;c=%3Ci%3E HTTP/1.1</code>');
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
