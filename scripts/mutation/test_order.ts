// Which tests hear of a mutant, and in which order, so that most of them need not run: the one that
// noticed the last fault of this file, those named after it, then the quick ones.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Mutant } from "./mutant.ts";

/** The folders below src that can be made wrong, with those below test that must notice it. */
const TESTS: Readonly<Record<string, readonly string[]>> = {
  frame: ["frame", "vectors"],
  protocol: ["protocol", "client", "vectors"],
  channel: ["channel"],
};

/** The folders below src that can be made wrong. */
export const FOLDERS: readonly string[] = Object.keys(TESTS);

/** The test files, below dist/test, that must notice a fault in these folders. */
export function testsOf(root: string, folders: readonly string[]): string[] {
  return [...new Set(folders.flatMap((folder) => TESTS[folder]))].flatMap((folder) => {
    const files = readdirSync(join(root, "dist", "test", folder)).sort();
    return files.filter((file) => file.endsWith(".test.js")).map((file) => `${folder}/${file}`);
  });
}

/** The order of the tests for each mutant. It learns from what becomes of them. */
export class TestOrder {
  readonly #tests: Map<string, readonly string[]>;
  readonly #durations: ReadonlyMap<string, number>;
  /** By file: the tests that have noticed a fault, the last of them first. */
  readonly #noticed: Map<string, string[]> = new Map();

  /** @param durations How long each takes, in ms. */
  constructor(root: string, durations: ReadonlyMap<string, number>) {
    this.#tests = new Map(FOLDERS.map((folder) => [folder, testsOf(root, [folder])]));
    this.#durations = durations;
  }

  /** The test files for `mutant`. */
  testsFor({ folder, name }: Mutant): string[] {
    const noticed = this.#noticed.get(`${folder}/${name}`) ?? [];
    const rank = (test: string): number => {
      const at = noticed.indexOf(test);
      if (at >= 0) return at - noticed.length;
      const isNamed = test.startsWith(`${folder}/${name}`);
      return (isNamed ? 0 : 1e6) + (this.#durations.get(test) ?? 0);
    };
    return [...(this.#tests.get(folder) ?? [])].sort((a, b) => rank(a) - rank(b));
  }

  /** This test has noticed a fault in the file of `mutant`. */
  noticed({ folder, name }: Mutant, test: string): void {
    const others = this.#noticed.get(`${folder}/${name}`) ?? [];
    this.#noticed.set(`${folder}/${name}`, [test, ...others.filter((other) => other !== test)]);
  }
}
