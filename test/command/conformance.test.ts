// `sluice conformance` as a process: output, files and exit codes.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Fault } from "../conformance_runner/faults.ts";
import { FaultyServer } from "../conformance_runner/faulty_server.ts";

const MAIN = fileURLToPath(new URL("../../src/command/main.js", import.meta.url));

const test = suite("command/conformance");

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function sluice(...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, "conformance", ...args]);
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const [code] = (await once(child, "close")) as [number];
  return { code, stdout, stderr };
}

async function against(fault: Fault, ...args: string[]): Promise<Ended> {
  await using server = await FaultyServer.start(fault);
  return await sluice(`ws://127.0.0.1:${server.port}/chat`, ...args);
}

test("a server that breaks no rule: exit code 0, plain text, nothing on stderr", async () => {
  const { code, stdout, stderr } = await against("none", "--only", "S01, B06");
  assert.equal([code, stderr], [0, ""]);
  assert.match(stdout, /^Server +ws:\/\/127\.0\.0\.1:\d+\/chat\nEcho +text and binary\n/);
  assert.match(stdout, /no MUST is broken\n$/);
  assert.not.match(stdout, "\x1b");
});

test("a MUST that is broken: exit code 1, and the reports in their files", async () => {
  const directory = await mkdtemp(join(tmpdir(), "sluice-"));
  const [json, html] = [join(directory, "report.json"), join(directory, "report.html")];
  const args = ["--only", "B01", "--quiet", "--json", json, "--html", html];
  const { code, stdout } = await against("unmasked frames are accepted", ...args);
  assert.is(code, 1);
  assert.is(stdout.trimEnd().split("\n").length, 2);
  assert.match(stdout, "a MUST is broken in 1: B01");
  assert.ok(JSON.parse(await readFile(json, "utf8")).totals.fail > 0);
  assert.match(await readFile(html, "utf8"), /^<!doctype html>/);
  await rm(directory, { recursive: true });
});

test("a warning alone: exit code 0", async () => {
  const args = ["--only", "B09", "--timeout", "1500"];
  const { code, stdout } = await against("long forms of lengths are accepted", ...args);
  assert.is(code, 0);
  assert.match(stdout, "WARNING  B09.1");
});

test("--verbose prints each case, and every failure in full", async () => {
  const { stdout } = await against("any method", "--only", "S03", "--verbose");
  assert.match(stdout, /^FAIL {2}S03\.1 {2}§4\.2\.1 {2}POST/m);
  assert.match(stdout, /sent +DELETE \/chat HTTP\/1\.1/);
});

test("a report that cannot be written is told before the run", async () => {
  const { code, stdout, stderr } = await sluice("ws://127.0.0.1:1/", "--json", "no/such/folder/a");
  assert.equal([code, stdout], [2, ""]);
  assert.match(stderr, /^Cannot write the report: ENOENT/);
});

test("--list prints the cases, and needs no server", async () => {
  const { code, stdout } = await sluice("--list", "--only", "B22");
  assert.is(code, 0);
  assert.is(stdout, "B22.1   §5.5.1             MUST   a Close of 1 byte\n");
});

test("--header comes with each handshake", async () => {
  const { code, stderr } = await against("unknown fields are refused", "--header", "Cookie: a=b");
  assert.is(code, 1);
  assert.match(stderr, /answered with HTTP\/1\.1 400 Bad Request\. Is the path right\?/);
});

test("nobody there: exit code 1, and why", async () => {
  const { code, stdout, stderr } = await sluice("ws://127.0.0.1:1/");
  assert.equal([code, stdout], [1, ""]);
  assert.match(stderr, /^Cannot connect to ws:\/\/127\.0\.0\.1:1\/: .*ECONNREFUSED/);
});

const MISUSE: readonly (readonly [args: readonly string[], due: RegExp])[] = [
  [[], /^There is no URL to test/],
  [["http://h/"], /^Cannot connect: scheme is "http:"/],
  [["nonsense"], /^Cannot connect: "nonsense" is no URL/],
  [["ws://h/", "ws://i/"], /^One URL at a time/],
  [["ws://h/", "--only", "X99zz"], /^No case matches "X99zz"/],
  [["ws://h/", "--timeout", "0"], /^--timeout is "0"/],
  [["ws://h/", "--header", "nonsense"], /^Header is "nonsense"/],
  [["ws://h/", "--color"], /^Unknown option '--color'/],
];

for (const [args, due] of MISUSE) {
  test(`${args.join(" ") || "no argument"}: exit code 2`, async () => {
    const { code, stdout, stderr } = await sluice(...args);
    assert.equal([code, stdout], [2, ""]);
    assert.match(stderr, due);
    assert.match(stderr, /\nTry: sluice conformance --help$/m);
  });
}

test.run();
