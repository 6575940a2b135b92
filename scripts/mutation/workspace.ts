// A copy of what the tests need, in which one module after another is made wrong: the repository
// itself is never touched.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { compiled } from "./mutant.ts";
import type { Mutant } from "./mutant.ts";

/** What became of a mutant. What does not even parse is a mistake in `faults`. */
export type Verdict = "killed" | "timed out" | "survived" | "invalid";

/** Exit code of run_tests: the module does not parse. */
export const INVALID = 3;

/** A loop that fills memory ends here, and not the machine. */
const HEAP_MIB_MAX = 768;

/** A test counts as endless when it takes so many times as long as without a fault, and so long. */
const PATIENCE = 5;
const PATIENCE_MS = 5000;

const COPIED = ["package.json", "dist/src", "dist/test", "dist/scripts"];
const LINKED = ["node_modules", "src", "test", "scripts", "README.md"];

/** What a run of tests has come to. */
interface Run {
  /** The exit code, `null` when it had to be ended. */
  readonly code: number | null;
  /** The test file that ran last. */
  readonly last: string | null;
}

/** One copy. */
export class Workspace {
  readonly #directory: string;
  readonly #durations: Map<string, number>;
  #running: ChildProcess | null = null;

  /** @param durations How long each test file takes without a fault, in ms: see `measure`. */
  constructor(root: string, directory: string, durations: Map<string, number>) {
    this.#directory = directory;
    this.#durations = durations;
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
    for (const path of COPIED) cpSync(join(root, path), join(directory, path), { recursive: true });
    for (const path of LINKED) symlinkSync(join(root, path), join(directory, path));
  }

  /** Runs the test files without a fault, and notes how long each takes. Throws if one fails. */
  async measure(tests: readonly string[]): Promise<void> {
    const { code, last } = await this.#run("mod", tests);
    if (code !== 0) throw new Error(`Without any fault this test fails already: ${last}`);
  }

  /** Runs the test files until one of them notices the fault, and says which. */
  async try(mutant: Mutant, tests: readonly string[]): Promise<[Verdict, by: string | null]> {
    const name = `${mutant.folder}/${mutant.name}`;
    const file = compiled(this.#directory, name);
    const sound = readFileSync(file, "utf8");
    writeFileSync(file, mutant.script);
    const { code, last } = await this.#run(name, tests);
    writeFileSync(file, sound);
    if (code === 0) return ["survived", null];
    return [code === INVALID ? "invalid" : code === null ? "timed out" : "killed", last];
  }

  /** Ends what runs, with what the tests have started. */
  stop(): void {
    const pid = this.#running?.pid;
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  }

  #run(module: string, tests: readonly string[]): Promise<Run> {
    const script = join(this.#directory, "dist/scripts/mutation/run_tests.js");
    const flags = [`--max-old-space-size=${HEAP_MIB_MAX}`, script];
    const parameters = [...flags, compiled(this.#directory, module), ...tests];
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, parameters, {
        cwd: this.#directory,
        stdio: ["ignore", "pipe", "ignore"],
        detached: true, // a process group
      });
      this.#running = child;
      let last: string | null = null;
      let isLate = false;
      let since = performance.now();
      const patience = (): number => {
        const known = last === null ? 0 : (this.#durations.get(last) ?? Infinity);
        return Math.min(PATIENCE_MS + PATIENCE * known, 2 ** 31 - 1);
      };
      const giveUp = (): void => {
        isLate = true;
        this.stop();
      };
      let timer = setTimeout(giveUp, patience());
      const ended = (test: string | null): void => {
        const now = performance.now();
        if (last !== null && !this.#durations.has(last)) this.#durations.set(last, now - since);
        clearTimeout(timer);
        [last, since] = [test ?? last, now];
      };
      createInterface(child.stdout).on("line", (test) => {
        ended(test);
        timer = setTimeout(giveUp, patience());
      });
      child.on("error", reject);
      child.on("close", (code) => {
        ended(null);
        this.#running = null;
        resolve({ code: isLate ? null : (code ?? 1), last });
      });
    });
  }
}
