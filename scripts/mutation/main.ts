// `npm run mutation`: do the tests notice? It makes the bottom floors wrong, one token at a time
// (`<` into `<=`, 125 into 126, a `return` that returns nothing), runs the tests each time, and
// lists what they did not notice. Coverage says that a line was run; this says that somebody looked
// at what it did.
//
//   --folder F      below src, or a file in it: frame, frame/mask (several times; default: all)
//   --limit N       only so many, drawn at random
//   --seed S        for --limit; default: 1
//   --survivors     only those that survived the last time
//   --workers N     default: as many as there are cores
//
// A survivor needs a better test, or goes into explained.txt with the reason why no test can tell.
// The exit code is 1 when one is not in there, or when one of those in there does not survive.

import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Random } from "../../src/testing/random.ts";
import { commandLine, misuse, wholeNumber } from "../command_line.ts";
import { readExplained } from "./explained.ts";
import { mutantsOf } from "./mutant.ts";
import type { Mutant } from "./mutant.ts";
import { FOLDERS, TestOrder, testsOf } from "./test_order.ts";
import { Workspace } from "./workspace.ts";
import type { Verdict } from "./workspace.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const work = join(root, ".tmp", "mutation");
const survivorsFile = join(work, "survivors.txt");

const { folders, limit, seed, onlySurvivors, workers } = readOptions();
const explained = readExplained(join(root, "scripts", "mutation", "explained.txt"));
const everything = FOLDERS.flatMap((folder) => mutantsOf(root, folder));
const asked = everything.filter((mutant) => folders.some((folder) => isBelow(mutant, folder)));
if (asked.length === 0) misuse(`no mutant is in ${folders.join(", ")}`);
const mutants = drawn(onlySurvivors ? asked.filter(survivedBefore()) : asked);
console.log(`${mutants.length} of ${everything.length} mutants, ${workers} at a time`);

const verdicts = new Map<Mutant, Verdict>();
const durations = new Map<string, number>();
const spaces = Array.from({ length: workers }, (_, at) => {
  return new Workspace(root, join(work, String(at)), durations);
});
process.on("exit", () => spaces.forEach((space) => space.stop()));
process.on("SIGINT", () => process.exit(130));
process.on("SIGTERM", () => process.exit(143)); // or a mutant that never ends would go on

const start = performance.now();
await spaces[0].measure(testsOf(root, [...new Set(mutants.map(({ folder }) => folder))]));
const order = new TestOrder(root, durations);
const queue = mutants.values();
await Promise.all(spaces.map(tryAll));
report();

/** Every worker takes the next mutant from the same queue. */
async function tryAll(space: Workspace): Promise<void> {
  for (const mutant of queue) {
    const [verdict, by] = await space.try(mutant, order.testsFor(mutant));
    verdicts.set(mutant, verdict);
    if (by !== null) order.noticed(mutant, by);
    const isNews = verdict === "invalid" || (verdict === "survived" && !explained.has(mutant.id));
    if (isNews) console.log(`${verdict}: ${placed(mutant)}`);
    if (verdicts.size % 100 === 0) console.log(`${verdicts.size} of ${mutants.length}`);
  }
}

function report(): void {
  console.log(`\n${"".padEnd(10)} planted  killed  timed out  survived  explained   score`);
  for (const folder of FOLDERS) row(folder, (mutant) => mutant.folder === folder);
  row("all", () => true);
  const minutes = ((performance.now() - start) / 60_000).toFixed(1);
  const survivors = mutants.filter((mutant) => verdicts.get(mutant) === "survived");
  if (!onlySurvivors) writeFileSync(survivorsFile, survivors.map(({ id }) => `${id}\n`).join(""));
  const unexplained = survivors.filter(({ id }) => !explained.has(id));
  const stale = staleIds();
  const invalid = mutants.filter((mutant) => verdicts.get(mutant) === "invalid");
  print("Survived, and nobody says why", unexplained.map(placed));
  print("Explained, but it does not survive", stale);
  print("Does not parse", invalid.map(placed));
  console.log(`\n${minutes} minutes`);
  if (unexplained.length + stale.length + invalid.length > 0) process.exitCode = 1;
}

function row(name: string, isMeant: (mutant: Mutant) => boolean): void {
  const those = mutants.filter(isMeant);
  if (those.length === 0) return;
  const count = (wanted: Verdict): number =>
    those.filter((mutant) => verdicts.get(mutant) === wanted).length;
  const survivors = those.filter((mutant) => verdicts.get(mutant) === "survived");
  const known = survivors.filter(({ id }) => explained.has(id)).length;
  const score = (100 * (1 - survivors.length / those.length)).toFixed(1);
  const counts = [those.length, count("killed"), count("timed out"), survivors.length, known];
  const widths = [8, 8, 11, 10, 11];
  const cells = counts.map((value, at) => String(value).padStart(widths[at]));
  console.log(`${name.padEnd(10)}${cells.join("")}${`${score} %`.padStart(9)}`);
}

/** What is explained and was tried but noticed, or is no mutant any more. */
function staleIds(): string[] {
  const killed = new Set(mutants.filter((one) => verdicts.get(one) !== "survived").map(idOf));
  const existing = new Set(everything.map(idOf));
  return [...explained.keys()].filter((id) => killed.has(id) || !existing.has(id));
}

function print(title: string, lines: readonly string[]): void {
  if (lines.length > 0) console.log(`\n${title}:\n${lines.join("\n")}`);
}

/** As in explained.txt, with the line and the column. */
function placed({ id, line, column }: Mutant): string {
  return id.replace(":", `:${line}:${column}:`);
}

function idOf({ id }: Mutant): string {
  return id;
}

function isBelow({ folder, name }: Mutant, asked: string): boolean {
  return asked === folder || asked === `${folder}/${name}`;
}

function survivedBefore(): (mutant: Mutant) => boolean {
  const ids = new Set(readFileSync(survivorsFile, "utf8").split("\n"));
  return ({ id }) => ids.has(id);
}

/** `limit` of them, still in their order. */
function drawn(all: readonly Mutant[]): readonly Mutant[] {
  if (limit >= all.length) return all;
  const random = new Random(seed);
  const places = [...all.keys()];
  const chosen = Array.from({ length: limit }, () => {
    return places.splice(random.below(places.length), 1)[0];
  });
  return chosen.sort((a, b) => a - b).map((at) => all[at]);
}

function readOptions(): {
  folders: readonly string[];
  limit: number;
  seed: number;
  onlySurvivors: boolean;
  workers: number;
} {
  const type = "string";
  const { values } = commandLine({
    options: {
      folder: { type, multiple: true },
      limit: { type },
      seed: { type },
      survivors: { type: "boolean" },
      workers: { type },
    },
  });
  const { folder = FOLDERS, limit, seed = "1", workers } = values;
  return {
    folders: folder,
    limit: limit === undefined ? Infinity : wholeNumber("limit", limit),
    seed: wholeNumber("seed", seed),
    onlySurvivors: values.survivors ?? false,
    workers: workers === undefined ? availableParallelism() : wholeNumber("workers", workers),
  };
}
