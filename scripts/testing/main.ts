// The README's tests, in three runners: `node:test`, uvu and vitest. Each example that imports
// "node:test" is written out for each of them as the README says that it differs, and run by it as
// its user would. Then once more with a handler that is wrong: a test that cannot fail proves
// nothing.
//
// Needs `npm ci --prefix scripts/testing`, which has vitest, and `dist`. Works in `.tmp/testing`,
// inside of this package, for only there does "sluice" mean it.

import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** How to run one compiled file, and what the runner says of its tests. */
interface Runner {
  readonly adapt: (source: string) => string;
  readonly command: (file: string) => readonly string[];
  /** How many passed, in the first group of the match. */
  readonly passed: RegExp;
}

const IMPORT = `import { test } from "node:test";`;

/** Lies beside this file, and is run by vitest alone. */
const FAKE_TIMERS = "fake_timers.test.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const work = join(root, ".tmp", "testing");
const vitest = join(root, "scripts", "testing", "node_modules", "vitest");

const RUNNERS: Readonly<Record<string, Runner>> = {
  "node:test": {
    adapt: (source) => source,
    command: (file) => ["--test", "--test-reporter=tap", join(work, file)],
    passed: /^# pass (\d+)$/m,
  },
  uvu: {
    adapt: (source) => `${source.replace(IMPORT, `import { test } from "uvu";`)}\ntest.run();\n`,
    command: (file) => [join(root, "node_modules", "uvu", "bin.js"), work, `^${file}$`],
    passed: /^ *Passed: +(\d+)/m,
  },
  vitest: {
    adapt: (source) => source.replace(IMPORT, `import { test } from "vitest";`),
    command: (file) => [join(vitest, "vitest.mjs"), "run", "--root", work, file],
    passed: /^ *Tests +.*?(\d+) passed/m,
  },
};

const examples = readExamples();
writeTests(examples);
let failures = 0;
for (const [name, runner] of Object.entries(RUNNERS)) {
  for (const [index, example] of examples.entries()) {
    const due = example.split(/^test\(/m).length - 1;
    check(name, runner, fileOf(name, index, "right"), due, true);
    if (isEcho(example)) check(name, runner, fileOf(name, index, "wrong"), due - 1, false);
  }
}
check("vitest", RUNNERS["vitest"], FAKE_TIMERS, 2, true);
rmSync(work, { recursive: true, force: true });
if (failures > 0) process.exit(1);
const names = Object.keys(RUNNERS).join(", ");
console.log(`Test runners: ${examples.length} examples of the README pass in ${names}`);

function readExamples(): string[] {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const blocks = [...readme.matchAll(/^```ts run\n([^]*?)^```$/gm)].map(([, text]) => text);
  const examples = blocks.filter((text) => text.includes(IMPORT));
  if (!examples.some(isEcho)) throw new Error(`README.md has no test of a handler that echoes`);
  return examples;
}

/** Whether there is a handler in it that can be made wrong. */
function isEcho(example: string): boolean {
  return example.includes("connection.write(message)");
}

/** Compiles each example for each runner, with the handler as it is and with a wrong one. */
function writeTests(examples: readonly string[]): void {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(join(work, "node_modules"), { recursive: true });
  symlinkSync(vitest, join(work, "node_modules", "vitest"), "dir");
  copyFileSync(join(root, "scripts", "testing", FAKE_TIMERS), join(work, FAKE_TIMERS));
  for (const [name, { adapt }] of Object.entries(RUNNERS)) {
    for (const [index, example] of examples.entries()) {
      const source = adapt(example);
      const wrong = source.replace("connection.write(message)", 'connection.write("wrong")');
      writeFileSync(join(work, fileOf(name, index, "right").replace(/js$/, "ts")), source);
      writeFileSync(join(work, fileOf(name, index, "wrong").replace(/js$/, "ts")), wrong);
    }
  }
  const compilerOptions = { target: "es2022", module: "nodenext", noCheck: true };
  writeFileSync(join(work, "tsconfig.json"), JSON.stringify({ compilerOptions }));
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", work], { encoding: "utf8" });
  if (status !== 0) throw new Error(`Cannot compile the examples:\n${stdout}`);
}

/** `uvu_0_right.test.js`, compiled of the same in TypeScript. */
function fileOf(runner: string, index: number, handler: "right" | "wrong"): string {
  return `${runner.replace(":", "_")}_${index}_${handler}.test.js`;
}

/** Runs a file, of whose tests so many must pass, and all of them when it `mustPass`. */
function check(name: string, runner: Runner, file: string, due: number, mustPass: boolean): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, runner.command(file), {
    cwd: work,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", NODE_TEST_CONTEXT: undefined },
    timeout: 120_000,
  });
  const count = Number(runner.passed.exec(stdout)?.[1] ?? 0);
  if (count === due && (status === 0) === mustPass) return;
  failures++;
  const expected = `${due} must pass, and the run ${mustPass ? "too" : "must fail"}`;
  console.error(`${name}, ${file}: ${count} passed, exit code ${status}; ${expected}`);
  console.error(stdout + stderr);
}
