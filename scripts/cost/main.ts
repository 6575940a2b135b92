// `npm run cost`: what an anonymous client can cost a server, in bytes, files and time, at each
// stage that it can reach; what floods cost the processor; and whether twice the input takes twice
// the time. The first two are written to SECURITY.md, whose numbers come from nowhere else.
//
//   npm run cost               all of it, some minutes
//   npm run cost -- linear     the times alone, which are written nowhere
//   npm run cost -- --print    writes nothing
//
// The exit code is 1 when a time grows faster than its input.

import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { commandLine, knownNames } from "../command_line.ts";
import { measureGrowth, RATIO_MAX } from "./linear.ts";
import { measureFlood, measureStage } from "./measure.ts";
import { FLOODS, STAGES } from "./stages.ts";
import { floodTable, stageTable, withTables } from "./table.ts";

const SECURITY = fileURLToPath(new URL("../../../SECURITY.md", import.meta.url));

const { values, positionals } = commandLine({
  allowPositionals: true,
  options: { print: { type: "boolean", default: false } },
});

if (knownNames(positionals, ["linear"]).length === 0) await writeTables();

const growths = measureGrowth();
for (const { what, sizeMax, ms, ratio } of growths) {
  const verdict = ratio <= RATIO_MAX ? "linear" : "MORE  ";
  const times = `t(2n) / t(n) ${ratio.toFixed(2)}, must be <= ${RATIO_MAX}`;
  console.log(`${verdict}  ${what}: ${times}; ${ms.toFixed(2)} ms for ${sizeMax} bytes`);
}
process.exit(growths.every(({ ratio }) => ratio <= RATIO_MAX) ? 0 : 1);

async function writeTables(): Promise<void> {
  const stages = [];
  for (const stage of STAGES) stages.push([stage, await measureStage(stage)] as const);
  const floods = [];
  for (const flood of FLOODS) floods.push([flood, await measureFlood(flood)] as const);
  const machine = `Node ${process.versions.node}, ${cpus()[0]?.model.trim()}`;
  const tables = `${stageTable(stages)}\n\n${floodTable(floods)}\n\nMeasured on ${machine}.`;
  console.log(tables);
  if (!values.print) writeFileSync(SECURITY, withTables(readFileSync(SECURITY, "utf8"), tables));
}
