// The clause table: every demand of the RFCs, with the lines of the source that obey it and the
// tests that show it. It is put together from three things that each say their part only:
//
//   scripts/clauses/clauses.txt    the clauses: id, level, sections, a sentence
//   tags in src                    // §5.2 [B04]: this line obeys it
//   names of the tests             "B04 RSV2": this test observes or breaks it
//
// An error is printed for a clause that has no line or no test, for a tag or a test of a clause
// that there is not, for a tag whose section is not the clause's, and for a literal that looks like
// the name of a test but is none; and when src/CLAUSES.md, which shows it all, is not up to date.
//
// `node dist/scripts/check_clauses.js [--write] [DIRECTORY]`: --write writes src/CLAUSES.md. The
// default is this repository. Needs `dist`.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, posix, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { clauseTable, WRITE_COMMAND } from "./clauses/clause_table.ts";
import type { Evidence, Place } from "./clauses/clause_table.ts";
import { readInventory } from "./clauses/inventory.ts";
import type { Clause, ClauseGroup } from "./clauses/inventory.ts";
import { readTags } from "./clauses/source_tags.ts";
import { collectTestNames } from "./clauses/test_names.ts";
import { idsIn, isMeantForName, readTitles } from "./clauses/test_titles.ts";
import type { TestTitle } from "./clauses/test_titles.ts";
import { readSource } from "./source_imports.ts";

const INVENTORY = "scripts/clauses/clauses.txt";
const TABLE = "src/CLAUSES.md";

/** Tests of what is no part of the server. They may name a clause, and show nothing of it. */
const OF_TOOLS = /^test\/(?:scripts|conformance_runner)\//;

const [directory] = process.argv.slice(2).filter((argument) => argument !== "--write");
const root = resolve(directory ?? fileURLToPath(new URL("../..", import.meta.url)));
const errors: string[] = [];

const groups = inventory();
const clauses = new Map(groups.flatMap(({ clauses }) => clauses.map((one) => [one.id, one])));
/** Letters that ids begin with: A05 or L12 in the name of a test mean something else. */
const letters = new Set([...clauses.keys()].map((id) => id[0]));

const code = collectCode();
const tests = await collectTests();
const evidence = new Map<string, Evidence>();
for (const { id, isClients } of clauses.values()) {
  if (isClients) continue;
  const places = code.get(id) ?? [];
  const { titles, count } = tests.get(id) ?? { titles: [], count: 0 };
  if (places.length === 0) errors.push(`${INVENTORY}: no line in src is tagged with ${id}`);
  if (count === 0) errors.push(`${INVENTORY}: no test has ${id} in its name`);
  evidence.set(id, { code: places, titles, testCount: count });
}
const table = clauseTable(groups, evidence);
if (process.argv.includes("--write")) writeFileSync(join(root, TABLE), table);
else if (!existsSync(join(root, TABLE)) || read(TABLE) !== table) {
  errors.push(`${TABLE} is not up to date: ${WRITE_COMMAND}`);
}
for (const error of errors) console.error(error);
if (errors.length > 0) process.exit(1);
console.log(`Clauses: ${evidence.size}, each with its code and its tests`);

/** What is wrong with it leaves nothing to be checked. */
function inventory(): ClauseGroup[] {
  try {
    return readInventory(read(INVENTORY));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    console.error(`${INVENTORY}:${error.message}`);
    process.exit(1);
  }
}

/** The tags in src, by the id of their clause. */
function collectCode(): Map<string, (Place & { symbol: string })[]> {
  const found = new Map<string, (Place & { symbol: string })[]>();
  for (const file of filesBelow("src")) {
    try {
      for (const { id, section, line, symbol } of readTags(read(file))) {
        const at = `${file}:${line}`;
        const clause = known(id, at);
        if (clause === undefined) continue;
        const { sections } = clause;
        if (!sections.includes(section)) {
          errors.push(`${at}: ${id} is of ${sections.join(", ")}, found ${section}`);
        }
        found.set(id, [...(found.get(id) ?? []), { file, line, symbol }]);
      }
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      errors.push(`${file}:${error.message}`);
    }
  }
  return found;
}

/** The tests, by the id of their clause: where their names are written, and how many there are. */
async function collectTests(): Promise<Map<string, { titles: Place[]; count: number }>> {
  const files = filesBelow("test").filter((file) => !OF_TOOLS.test(file));
  const titles = new Map(files.map((file) => [file, titlesOf(file)]));
  const used = new Set<TestTitle>();
  const counts = new Map<string, number>();
  for (const { file, name } of await collectTestNames(root)) {
    if (OF_TOOLS.test(file)) continue;
    const near = [file, ...importsOf(file)].flatMap((path) => titles.get(path) ?? []);
    for (const id of idsIn(name).filter((id) => letters.has(id[0]))) {
      if (known(id, `${file}: test "${name}"`) === undefined) continue;
      counts.set(id, (counts.get(id) ?? 0) + 1);
      const matching = near.filter(({ ids, pattern }) => ids.includes(id) && pattern.test(name));
      for (const title of matching) used.add(title);
      if (matching.length === 0) {
        errors.push(`${file}: no literal has ${id} and is a part of the name "${name}"`);
      }
    }
  }
  const found = new Map<string, { titles: Place[]; count: number }>();
  for (const [file, list] of [...titles].sort(conformanceFirst)) {
    for (const title of list) {
      if (!used.has(title)) {
        if (isMeantForName(title)) {
          errors.push(`${file}:${title.line}: no test is named "${title.text}"`);
        }
        continue;
      }
      for (const id of title.ids.filter((id) => counts.has(id))) {
        const one = found.get(id) ?? { titles: [], count: counts.get(id) ?? 0 };
        one.titles.push({ file, line: title.line });
        found.set(id, one);
      }
    }
  }
  return found;
}

/** Those with a clause of the inventory. */
function titlesOf(file: string): TestTitle[] {
  return readTitles(read(file)).filter(({ ids }) => ids.some((id) => letters.has(id[0])));
}

/** The files of this repository that `file` imports. */
function importsOf(file: string): string[] {
  return readSource(read(file)).imports.flatMap(({ specifier }) =>
    specifier?.startsWith(".") ? [posix.join(posix.dirname(file), specifier)] : [],
  );
}

/** What is tested on the wire comes before what is tested of one module. */
function conformanceFirst([left]: [string, unknown], [right]: [string, unknown]): number {
  const isFirst = (file: string): number => (file.startsWith("test/conformance/") ? 0 : 1);
  return isFirst(left) - isFirst(right) || (left < right ? -1 : 1);
}

function known(id: string, where: string): Clause | undefined {
  const clause = clauses.get(id);
  if (clause === undefined) errors.push(`${where}: there is no clause ${id} in ${INVENTORY}`);
  else if (clause.isClients) errors.push(`${where}: ${id} binds a client, and there is none`);
  else return clause;
  return undefined;
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => `${folder}/${path.split(sep).join("/")}`)
    .sort();
}

function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}
