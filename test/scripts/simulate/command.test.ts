// `npm run simulate`: what it takes, and that it takes no notice of nothing.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("scripts/simulate/command");

const MAIN = fileURLToPath(new URL("../../../scripts/simulate/main.js", import.meta.url));

/** What the command prints, and its exit code. */
function simulate(args: readonly string[]): readonly [code: number | null, printed: string] {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    encoding: "utf8",
    timeout: 60_000,
  });
  return [status, stdout + stderr];
}

const SENSELESS: readonly (readonly [args: readonly string[], why: string])[] = [
  [["nosuch"], 'found "nosuch", which is for --faults'],
  [["--seconds", "1", "extra"], 'found "extra", which is for --faults'],
  [["--faults", "nosuch"], 'no case is named "nosuch"'],
  [["--faults", "one", "two"], 'found "two", must be one case'],
  [["--seconds", "0"], '--seconds is "0", must be a whole number from 1'],
  [["--runs", "0"], '--runs is "0", must be a whole number from 1'],
  [["--seed", "x"], '--seed is "x", must be a whole number from 1'],
  [["--steps", "1,x"], '--steps is "1,x", must be none, or whole numbers with commas'],
];

for (const [args, why] of SENSELESS) {
  test(`simulate ${args.join(" ")} is refused with 2 and the reason`, () => {
    assert.equal(simulate(args), [2, `Cannot run: ${why}\n`]);
  });
}

test("simulate --minutes 1 is refused with 2, without a stack", () => {
  const [code, printed] = simulate(["--minutes", "1"]);
  assert.is(code, 2);
  assert.match(printed, /^Cannot run: Unknown option '--minutes'/);
  assert.not.match(printed, /\n {4}at /);
});

test("simulate runs as many seeds as it is told, one of ten digits the first", () => {
  const [code, printed] = simulate(["--runs", "2", "--seed", "2147483647"]);
  assert.is(code, 0, printed);
  assert.match(printed, /^2 runs from seed 2147483647 on, [1-9]\d* steps, /);
});

test("simulate has some steps of a seed again, or none of them", () => {
  for (const steps of ["0,2", "none"]) {
    const [code, printed] = simulate(["--seed", "1", "--steps", steps]);
    assert.is(code, 0, printed);
    assert.match(printed, /It keeps all promises\n$/);
  }
});

test.run();
