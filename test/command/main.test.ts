import { suite } from "uvu";
import * as assert from "uvu/assert";
import { connectCommand } from "../../src/command/connect.ts";
import { explainCommand } from "../../src/command/explain.ts";
import { nearest } from "../../src/command/nearest.ts";
import { serveCommand } from "../../src/command/serve.ts";
import { tapCommand } from "../../src/command/tap.ts";
import { sluice } from "../support/command.ts";

const test = suite("command/main");

const COMMANDS = {
  serve: serveCommand,
  connect: connectCommand,
  tap: tapCommand,
  explain: explainCommand,
};

test("sluice --help and no argument say which commands there are", async () => {
  const { code, stdout, stderr } = await sluice(["--help"]);
  assert.equal([code, stderr], [0, ""]);
  for (const [name, { summary }] of Object.entries(COMMANDS)) {
    assert.match(stdout, new RegExp(`^  ${name} +${summary.replace(/[/]/g, "\\/")}$`, "m"));
  }
  assert.is((await sluice([])).stdout, stdout);
});

test("sluice help COMMAND prints its help", async () => {
  const { code, stdout } = await sluice(["help", "explain"]);
  assert.equal([code, stdout], [0, `${explainCommand.help}\n`]);
});

for (const [name, { help, summary }] of Object.entries(COMMANDS)) {
  test(`sluice ${name} --help has usage and examples, within 100 columns`, () => {
    assert.match(help, new RegExp(`^Usage: sluice ${name} `));
    assert.match(help, /^Examples?: +sluice /m);
    assert.is(help.split("\n").find((line) => line.length > 100), undefined);
    assert.ok(summary.length <= 60);
  });
}

test("sluice refuses a command that there is not, with exit code 2 and advice", async () => {
  const { code, stdout, stderr } = await sluice(["help", "explian"]);
  assert.equal([code, stdout], [2, ""]);
  assert.is(stderr, 'There is no command "explian"\nTry: sluice explain --help\n');
  const other = await sluice(["toString"]);
  assert.equal([other.code, other.stderr], [
    2,
    'There is no command "toString"\nTry: sluice --help\n',
  ]);
});

test("sluice --version prints the version alone", async () => {
  const { code, stdout } = await sluice(["--version"]);
  assert.is(code, 0);
  assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
});

test("nearest() finds what was begun or misspelt, and nothing else", () => {
  const names = ["serve", "connect", "conformance", "tap", "explain"];
  const found = ["exp", "servve", "tpa", "co", "conect", "t", "x", "", "tapestry"].map((text) => {
    return nearest(text, names);
  });
  assert.equal(found, ["explain", "serve", "tap", null, "connect", null, null, null, null]);
});

test.run();
