// What the tests must reach of each folder of src/, in percent of its lines and of its branches: so
// much they do reach, so that it can only grow. Fails when they reach less.
//
// A branch is one of V8's blocks. It counts one, too, behind a `catch` that always throws.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Lines and branches. Whatever is not listed has no bound. */
const LEAST: Readonly<Record<string, readonly [lines: number, branches: number]>> = {
  frame: [100, 100],
  channel: [100, 100],
  message: [100, 100],
  protocol: [100, 100],
  connection: [100, 100],
  server: [100, 99],
  client: [100, 100],
  testing: [100, 100],
  conformance: [100, 100],
  command: [100, 99.5],
};

interface Count {
  readonly total: number;
  readonly covered: number;
}

type Summary = Readonly<Record<string, { readonly lines: Count; readonly branches: Count }>>;

const file = new URL("../../../.tmp/coverage/report/coverage-summary.json", import.meta.url);
const summary = JSON.parse(readFileSync(file, "utf8")) as Summary;
const source = fileURLToPath(new URL("../../../src/", import.meta.url));

console.log("folder         lines  least  branches  least");
for (const [folder, [lines, branches]] of Object.entries(LEAST)) {
  const found = [reached(folder, "lines"), reached(folder, "branches")];
  const cells = [found[0], lines, found[1], branches].map((percent, at) =>
    (at % 2 === 0 ? percent.toFixed(2) : String(percent)).padStart(at === 2 ? 10 : 7),
  );
  const isLess = found[0] < lines || found[1] < branches;
  console.log(`${folder.padEnd(13)}${cells.join("")}${isLess ? "  too little" : ""}`);
  if (isLess) process.exitCode = 1;
}

/** In percent. */
function reached(folder: string, what: "lines" | "branches"): number {
  let [total, covered] = [0, 0];
  for (const [path, counts] of Object.entries(summary)) {
    if (!path.startsWith(`${source}${folder}/`)) continue;
    total += counts[what].total;
    covered += counts[what].covered;
  }
  if (total === 0) throw new Error(`Found no coverage of src/${folder}`);
  return (100 * covered) / total;
}
