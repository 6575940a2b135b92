// `sluice explain` as a process; what it prints of which bytes is in explanation.test.ts.

import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { devNull } from "node:os";
import type { Readable } from "node:stream";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { explainCommand } from "../../src/command/explain.ts";
import { UsageError } from "../../src/command/command.ts";
import { explain } from "../../src/frame/mod.ts";
import { bytes } from "../support/bytes.ts";
import { COMMAND_TIMEOUT_MS, RunningCommand, sluice } from "../support/command.ts";
import { rejects } from "../support/rejects.ts";
import { withTimeout } from "../support/with_timeout.ts";

const test = suite("command/explain");

const HELLO = "81 85 37 fa 21 3d 7f 9f 4d 51 58"; // §5.7
const HELLO_SHORT = '    0  text, final, masked, 5 bytes: "Hello"\n';

test("sluice explain HEX draws what explain() draws, and ends with 0", async () => {
  const { code, stdout, stderr } = await sluice(["explain", ...HELLO.split(" ")]);
  assert.equal([code, stderr], [0, ""]);
  assert.is(stdout, `${explain(bytes(HELLO))}\n`);
});

test("sluice explain reads bytes and dumps from a pipe, and ends with 1 at a cut", async () => {
  const raw = await sluice(["explain", "--short"], bytes(HELLO));
  assert.equal([raw.code, raw.stdout], [0, HELLO_SHORT]);
  const dump = "00000000: 8185 37fa 213d 7f9f 4d51 5889                    ..7.!=..MQX.\n";
  const cut = await sluice(["explain", "--short"], dump);
  const due = `${HELLO_SHORT}   11  cut in the header: 1 byte, at least 1 missing\n`;
  assert.equal([cut.code, cut.stdout], [1, due]);
});

test("sluice explain writes in colour into a pipe when FORCE_COLOR wants it", async () => {
  const { stdout } = await sluice(["explain", HELLO], "", { env: { FORCE_COLOR: "1" } });
  assert.is(stdout, `${explain(bytes(HELLO), { colour: true })}\n`);
});

test("sluice explain points at what is no hex, and ends with 2", async () => {
  const { code, stdout, stderr } = await sluice(["explain", "81", "3z"]);
  assert.equal([code, stdout], [2, ""]);
  assert.is(
    stderr,
    'Character 5: found "z", must be a hex digit\n  81 3z\n      ^\nTry: sluice explain --help\n',
  );
});

test("sluice explain ends in silence when nobody reads on, as before head", async () => {
  await using command = new RunningCommand(["explain", "--short"]);
  command.child.stdout?.destroy();
  command.write("8900".repeat(50_000));
  const { code, stderr } = await command.ended();
  assert.equal([code, stderr], [0, ""]);
});

test("sluice explain prints all of it, however slowly it is read", async () => {
  const count = 20_000;
  await using command = new RunningCommand(["explain", "--short"]);
  command.child.stdout?.pause();
  command.write("8900".repeat(count));
  command.child.stdin?.end();
  const output = once(command.child.stdout as Readable, "readable");
  await withTimeout(output, "output", COMMAND_TIMEOUT_MS);
  command.child.stdout?.resume();
  const { code, stdout } = await command.ended();
  assert.is(code, 0);
  assert.is(stdout.split("\n").length, count + 1);
  assert.match(stdout, /\n39998  ping, final, not masked, empty\n$/);
});

test("sluice explain fails where its output cannot be written", async () => {
  const stdout = openSync(devNull, "r");
  const { code, stderr } = await sluice(["explain", "8900"], "", { stdout });
  closeSync(stdout);
  assert.is(code, 1);
  assert.match(stderr, /EBADF: bad file descriptor, write/);
});

test("sluice explain takes options for what is drawn, and how", async () => {
  const drawn = await sluice(["explain", "--drawn", "1", "--no-color", HELLO]);
  assert.equal([drawn.code, drawn.stdout], [0, `${explain(bytes(HELLO), { drawnMax: 1 })}\n`]);
  const read = await sluice(["explain", "--role", "client", "--base64", "--short", "iQA="]);
  assert.equal([read.code, read.stdout], [0, "    0  ping, final, not masked, empty\n"]);
  const json = await sluice(["explain", "--json", "--role", "server", "8900"]);
  assert.is(json.code, 1);
  assert.match(JSON.parse(json.stdout).problems[0].message, /client did not mask it/);
});

const MISUSE: readonly (readonly [args: readonly string[], due: RegExp])[] = [
  [["--role", "proxy", "8900"], /^Role is "proxy", must be server or client$/],
  [["--drawn=few", "8900"], /^--drawn is "few", must be a number of bytes$/],
  [["--raw", "8900"], /^--raw is for a file or the standard input$/],
  [["--raw", "--hex"], /^One of --hex, --base64 and --raw, not several$/],
  [["--file", "x", "8900"], /^Bytes come from --file or as HEX, not both$/],
  [["./package.json"], /^That is a file: try --file \.\/package\.json$/],
  [["--file", "/nonexistent"], /^Cannot read the file: ENOENT/],
  [[" "], /^There is no byte to explain: try 81 05 48 65 6c 6c 6f$/],
];

for (const [args, due] of MISUSE) {
  test(`sluice explain ${args.join(" ")} is misuse`, async () => {
    const error = await rejects(explainCommand.run(args));
    assert.ok(error instanceof UsageError);
    assert.match(error.message, due);
  });
}

test.run();
