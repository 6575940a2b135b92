// The floors of the house, and the form of its files. A violation is printed as `file:line: why`,
// and the exit code is 1.
//
//   floor 6   command                a file in src/ imports from its own folder, from a floor
//   floor 5   pubsub  testing  conformance     below, and of Node's modules those that its folder
//   floor 4   server  client         names; no other package, and, types apart, nothing in a
//   floor 3   connection             circle
//   floor 2   protocol
//   floor 1   message                every mod.ts only re-exports, src/mod.ts stands above all
//   floor 0   frame     channel
//
// `node dist/scripts/check_layers.js [DIRECTORY]`: default is this repository.

import { readdirSync, readFileSync } from "node:fs";
import { join, posix, resolve as absolute, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { readSource } from "./source_imports.ts";
import type { SourceImport } from "./source_imports.ts";

interface Folder {
  readonly floor: number;
  /** The modules of Node that it may import. */
  readonly node: readonly string[] | "any";
}

const FOLDERS: Readonly<Record<string, Folder>> = {
  frame: { floor: 0, node: ["node:buffer"] },
  channel: { floor: 0, node: [] },
  message: { floor: 1, node: ["node:buffer", "node:zlib"] },
  protocol: { floor: 2, node: ["node:buffer", "node:crypto"] },
  connection: { floor: 3, node: ["node:buffer", "node:diagnostics_channel"] },
  server: { floor: 4, node: "any" },
  client: { floor: 4, node: "any" },
  pubsub: { floor: 5, node: ["node:buffer"] },
  testing: { floor: 5, node: ["node:buffer"] },
  conformance: { floor: 5, node: "any" },
  command: { floor: 6, node: "any" },
};

const DOOR = "src/mod.ts";
const LINES_MAX = 250;
const COLUMNS_MAX = 100;

/** A longer file says why, in a comment that begins so, in one of its first lines. */
const REASON = /^(?:\/\/|\/?\*)\s.*Over 250 lines:\s*\S/;
const REASON_WITHIN = 15;

/** Names under which everything is put that has no place. A test is named after what it tests. */
const NO_NAMES = /^(?:utils?|helpers?|types?|constants?|common|misc)$/;

const root = absolute(process.argv[2] ?? fileURLToPath(new URL("../..", import.meta.url)));
const violations: string[] = [];
const sources = filesBelow("src");
const graph = new Map(sources.map((file) => [file, checkImports(file)]));
checkCycles(graph);
const all = [...sources, ...filesBelow("test"), ...filesBelow("scripts")];
for (const file of all) checkForm(file);

for (const violation of violations) console.error(violation);
if (violations.length > 0) process.exit(1);
console.log(`Layers: ${sources.length} files in src, ${all.length} in all, no violation`);

/** Reports what `file` must not import. Returns which files it needs to run, with the line. */
function checkImports(file: string): Map<string, number> {
  const { imports, otherCode } = readSource(read(file));
  if (posix.basename(file) === "mod.ts" && otherCode !== null) {
    report(file, otherCode, "a mod.ts is a door: it only re-exports");
  }
  const folder = folderOf(file);
  if (file !== DOOR && FOLDERS[folder] === undefined) {
    report(file, 1, `folder ${folder || "src"} has no floor: see scripts/check_layers.ts`);
  }
  const targets = new Map<string, number>();
  for (const found of imports) {
    const why = checkImport(file, found);
    if (why !== null) report(file, found.line, why);
    const target = resolve(file, found);
    if (target !== null && !found.isType) targets.set(target, found.line);
  }
  return targets;
}

/** Why `file` must not have this import, or `null`. */
function checkImport(file: string, found: SourceImport): string | null {
  const { specifier } = found;
  if (specifier === null) return "import() must have a literal, so that it can be checked";
  const from = FOLDERS[folderOf(file)];
  const target = resolve(file, found);
  if (target === null) {
    if (!specifier.startsWith("node:")) return `"${specifier}" is a package: there are none`;
    if (from === undefined || from.node === "any" || from.node.includes(specifier)) return null;
    return `${folderOf(file)} must not import ${specifier}`;
  }
  if (!target.startsWith("src/")) return `"${specifier}" is outside src`;
  if (file === DOOR || folderOf(file) === folderOf(target)) return null;
  if (target === DOOR) return `${DOOR} is the door: nothing inside goes through it`;
  const to = FOLDERS[folderOf(target)];
  if (from === undefined || to === undefined || to.floor < from.floor) return null;
  const direction = to.floor > from.floor ? "upwards" : "sideways";
  const floors = `floor ${from.floor} to floor ${to.floor}`;
  return `imports ${direction}: ${folderOf(file)} -> ${folderOf(target)}, ${floors}`;
}

/** Reports each import that closes a circle. */
function checkCycles(graph: ReadonlyMap<string, ReadonlyMap<string, number>>): void {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    path.push(file);
    for (const [target, line] of graph.get(file) ?? []) {
      const at = path.indexOf(target);
      const circle = (): string => [...path.slice(at), target].join(" -> ");
      if (at >= 0) report(file, line, `imports in a circle: ${circle()}`);
      else if (!done.has(target)) visit(target);
    }
    path.pop();
    done.add(file);
  };
  for (const file of graph.keys()) if (!done.has(file)) visit(file);
}

function checkForm(file: string): void {
  const lines = read(file).replace(/\n$/, "").split("\n");
  const hasReason = lines.slice(0, REASON_WITHIN).some((line) => REASON.test(line.trim()));
  if (lines.length > LINES_MAX && !hasReason) {
    report(file, LINES_MAX + 1, `${lines.length} lines, must be <= ${LINES_MAX} or say why`);
  }
  const wide = lines.findIndex((line) => line.length > COLUMNS_MAX);
  if (wide >= 0) {
    report(file, wide + 1, `${lines[wide].length} columns, must be <= ${COLUMNS_MAX}`);
  }
  const name = file.split("/").find((part) => NO_NAMES.test(part.replace(/\.ts$/, "")));
  if (name !== undefined) report(file, 1, `"${name}" says nothing: name the file after its idea`);
}

function report(file: string, line: number, why: string): void {
  violations.push(`${file}:${line}: ${why}`);
}

/** The file that a relative import means, from the root; `null` for packages. */
function resolve(file: string, { specifier }: SourceImport): string | null {
  if (specifier === null || !/^\.{0,2}\//.test(specifier)) return null;
  return posix.join(posix.dirname(file), specifier);
}

/** "frame" of "src/frame/mask.ts", "" of "src/mod.ts". */
function folderOf(file: string): string {
  return /^src\/([^/]+)\//.exec(file)?.[1] ?? "";
}

function filesBelow(directory: string): string[] {
  try {
    return readdirSync(join(root, directory), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
      .map((entry) => join(entry.parentPath, entry.name).slice(join(root, "/").length))
      .map((file) => file.split(sep).join("/"))
      .filter((file) => !file.includes("/node_modules/"))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}
