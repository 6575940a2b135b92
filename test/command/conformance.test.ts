// `sluice conformance` as a process: output, files and exit codes.

import { existsSync, mkdirSync, rmSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Fault } from "../conformance_runner/faults.ts";
import { FaultyServer } from "../conformance_runner/faulty_server.ts";
import { makeCertificate } from "../support/certificate.ts";
import { COMMAND_TIMEOUT_MS, RunningCommand, sluice as run } from "../support/command.ts";
import type { Ended } from "../support/command.ts";
import { TestServer } from "../support/server.ts";
import { until } from "../support/with_timeout.ts";

const test = suite("command/conformance");

async function sluice(...args: readonly string[]): Promise<Ended> {
  return await run(["conformance", ...args]);
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

test("a report that cannot be written after all: exit code 1, but it is printed", async () => {
  const directory = await mkdtemp(join(tmpdir(), "sluice-"));
  const path = join(directory, "report.json");
  await using server = await FaultyServer.start("none");
  const url = `ws://127.0.0.1:${server.port}/chat`;
  await using command = new RunningCommand(["conformance", url, "--only", "S01", "--json", path]);
  await until(() => existsSync(path), "the file, made before the run", COMMAND_TIMEOUT_MS);
  rmSync(path);
  mkdirSync(path);
  const { code, stdout, stderr } = await command.ended();
  await rm(directory, { recursive: true });
  assert.is(code, 1);
  assert.match(stdout, /no MUST is broken\n$/);
  assert.match(stderr, /Error: EISDIR: /);
});

test("at a terminal a line tells how far it is, and is gone at the end", async () => {
  await using server = await FaultyServer.start("none");
  const args = ["conformance", `ws://127.0.0.1:${server.port}/chat`, "--only", "S01.1"];
  await using command = new RunningCommand(args, { terminals: ["stderr"] });
  const { code, stdout, stderr } = await command.ended();
  assert.is(code, 0);
  assert.match(stderr, /\r\x1b\[K\[#{24}\] 1\/1  S01\.1 \S[^\r]*\r\x1b\[K$/);
  assert.not.match(stdout, "\x1b");
  await using quiet = new RunningCommand([...args, "--quiet"], { terminals: ["stderr"] });
  assert.is((await quiet.ended()).stderr, "");
  await using nobody = new RunningCommand(["conformance", "ws://127.0.0.1:1/"], {
    terminals: ["stderr"],
  });
  assert.match((await nobody.ended()).stderr, /^\r\x1b\[KCannot connect to ws:/);
});

test("at a terminal the report is in colour", async () => {
  await using server = await FaultyServer.start("none");
  const args = ["conformance", `ws://127.0.0.1:${server.port}/chat`, "--only", "S01.1"];
  const terminal = { terminals: ["stdout"], env: { TERM: "xterm" } } as const;
  await using command = new RunningCommand([...args, "--verbose"], terminal);
  assert.match((await command.ended()).stdout, "\x1b[3");
  const plain = { ...terminal, env: { NO_COLOR: "1" } };
  await using other = new RunningCommand([...args, "--verbose"], plain);
  assert.not.match((await other.ended()).stdout, "\x1b");
});

test("wss: a certificate that nobody has signed is taken with --insecure alone", async () => {
  await using server = await TestServer.start({ serve: makeCertificate() });
  const url = `wss://127.0.0.1:${server.port}/`;
  const { code, stderr } = await sluice(url, "--only", "S01.1");
  assert.is(code, 1);
  assert.match(stderr, /self-signed certificate.*: --insecure takes any certificate\n$/);
  assert.is((await sluice(url, "--only", "S01.1", "--insecure")).code, 0);
});

test("--list says what a case needs of the server", async () => {
  const { code, stdout } = await sluice("--list", "--only", "B04.36");
  assert.is(code, 0);
  assert.is(stdout, "B04.36  §5.2               MUST   RSV2 beside RSV1  (needs deflate)\n");
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

test("an error of the runner itself is told as such: no server is blamed for it", async () => {
  await using server = await FaultyServer.start("none");
  const plant = "console.log=()=>{throw%20Error('planted')}"; // by which it tells what it found
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${plant}` };
  const url = `ws://127.0.0.1:${server.port}/chat`;
  const { code, stdout, stderr } = await run(["conformance", url, "--only", "S01.1"], "", { env });
  assert.equal([code, stdout], [1, ""]);
  assert.match(stderr, /^Error: planted\n {4}at /m);
});

const MISUSE: readonly (readonly [args: readonly string[], due: RegExp])[] = [
  [[], /^There is no URL to test/],
  [["http://h/"], /^Cannot connect: scheme is "http:"/],
  [["nonsense"], /^Cannot connect: "nonsense" is no URL/],
  [["ws://h/", "ws://i/"], /^One URL at a time/],
  [["ws://h/", "--only", "X99zz"], /^No case matches "X99zz"/],
  [["ws://h/", "--timeout", "0"], /^--timeout is "0"/],
  [["ws://h/", "--timeout", "3600001"], /^--timeout is "3600001", must be .* from 1 to 3600000\n/],
  [["ws://h/", "--parallel", "few"], /^--parallel is "few", must be a number from 1 to 1000\n/],
  [["ws://h/", "--parallel", "4294967296"], /^--parallel is "4294967296"/],
  [["ws://h/", "--keys", "9999999999"], /^--keys is "9999999999"/],
  [["ws://h/", "--message-size-max", "1073741825"], /^--message-size-max is "1073741825"/],
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
