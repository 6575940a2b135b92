// The mutants of a folder: each is one module with one fault.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { faultsIn } from "./faults.ts";
import type { Fault } from "./faults.ts";
import { Original } from "./original.ts";

/** One module with one fault. */
export interface Mutant extends Fault {
  /** The folder below src. */
  readonly folder: string;
  /** The TypeScript file in it, without its extension. */
  readonly name: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /**
   * The line of the source with the fault in its place, which stays when lines move:
   * `src/frame/header.ts: if (end - start «< → <=» 2) return 0;`. The same once more ends in (2).
   */
  readonly id: string;
  /** The compiled module with the fault. */
  readonly script: string;
}

/** All mutants of `src/folder`, in the order of the source; a mod.ts only re-exports. */
export function mutantsOf(root: string, folder: string): Mutant[] {
  const mutants: Mutant[] = [];
  const times = new Map<string, number>();
  const files = readdirSync(join(root, "src", folder)).filter((file) => file.endsWith(".ts"));
  for (const file of files.filter((file) => file !== "mod.ts").sort()) {
    const name = file.slice(0, -".ts".length);
    const script = readFileSync(compiled(root, `${folder}/${name}`), "utf8");
    const source = readFileSync(join(root, "src", folder, file), "utf8");
    const map = readFileSync(`${compiled(root, `${folder}/${name}`)}.map`, "utf8");
    const original = new Original(script, map, source);
    for (const fault of faultsIn(script)) {
      const { index, found, planted } = fault;
      const { line, column, text, index: start } = original.placeOf(found, index);
      const before = text.slice(0, start);
      const behind = text.slice(start + found.length);
      const once = `src/${folder}/${file}: ${before}«${found} → ${planted}»${behind}`;
      const count = (times.get(once) ?? 0) + 1;
      times.set(once, count);
      mutants.push({
        ...fault,
        folder,
        name,
        line,
        column,
        id: count === 1 ? once : `${once} (${count})`,
        script: script.slice(0, index) + planted + script.slice(index + found.length),
      });
    }
  }
  return mutants;
}

/** Where the compiler puts a module, as "frame/mask". */
export function compiled(root: string, module: string): string {
  return join(root, "dist", "src", `${module}.js`);
}
