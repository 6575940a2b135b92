// The clause table as Markdown: what src/CLAUSES.md says.

import type { Clause, ClauseGroup } from "./inventory.ts";

/** A line that a clause links to. */
export interface Place {
  /** From the root, as in "src/frame/rules.ts". */
  readonly file: string;
  readonly line: number;
}

/** Where a clause is obeyed and tested. */
export interface Evidence {
  readonly code: readonly (Place & { readonly symbol: string })[];
  /** Where the names of its tests are written. */
  readonly titles: readonly Place[];
  /** How many tests these make. */
  readonly testCount: number;
}

/** How src/CLAUSES.md is made. */
export const WRITE_COMMAND = "npm run clauses";

/** All of src/CLAUSES.md. `evidence` has every clause that binds a server. */
export function clauseTable(
  groups: readonly ClauseGroup[],
  evidence: ReadonlyMap<string, Evidence>,
): string {
  const all = groups.flatMap(({ clauses }) => clauses);
  const clients = all.filter(({ isClients }) => isClients).map(({ id }) => id);
  const tables = groups.map(({ title, clauses }) => {
    const rows = clauses.flatMap((clause) => {
      const found = evidence.get(clause.id);
      return found === undefined ? [] : [rowOf(clause, found)];
    });
    return [`## ${title}`, "", ...HEADER, ...rows, ""].join("\n");
  });
  return [introduction(evidence, clients), ...tables].join("\n");
}

const HEADER = [
  "| clause | section | level | what it demands | code | tests |",
  "|---|---|---|---|---|---|",
];

function introduction(evidence: ReadonlyMap<string, Evidence>, clients: readonly string[]): string {
  const found = [...evidence.values()];
  const lines = sum(found.map(({ code }) => code.length));
  const tests = sum(found.map(({ testCount }) => testCount));
  const text = `# Clauses

What the RFCs demand of a WebSocket server, clause by clause, in our own words: ${evidence.size}
clauses, ${lines} places in the source that obey them, and ${tests} tests that break them or watch
them (one that is about two clauses counts twice).

- **section** leads to the RFC, **code** to the line that obeys, **tests** to the lines that name
  its tests: how many there are, then where. A line in a table of cases may make many tests.
- Ids are for life. In the source a clause is tagged, as in \`§5.2 [B04]\`; in a test it is in the
  name, as in "B04 RSV2".
- Made of [the inventory](../scripts/clauses/clauses.txt), the tags, and the names of the tests as
  they run, by [\`check_clauses.ts\`](../scripts/check_clauses.ts), which fails when a clause has no
  code or no test. Do not edit: \`${WRITE_COMMAND}\`.
`;
  if (clients.length === 0) return text;
  const all = clients.join(", ");
  return `${text}- ${all} bind a client only. They join with the other clauses of a client.\n`;
}

function rowOf({ id, level, sections, sentence }: Clause, found: Evidence): string {
  const cells = [
    `<a id="${id}"></a>${id}`,
    sections.map((section) => `[${section}](${rfcLink(section)})`).join(", "),
    level,
    sentence.replace(/[|<>]/g, "\\$&"),
    codeLinks(found.code),
    `${found.testCount} ${found.testCount === 1 ? "test" : "tests"}<br>${titleLinks(found.titles)}`,
  ];
  return `| ${cells.join(" | ")} |`;
}

/** Where a section can be read. */
export function rfcLink(section: string): string {
  const rfc = /RFC (\d+)/.exec(section)?.[1] ?? "6455";
  const number = /§([\d.]+)/.exec(section)?.[1];
  const anchor = number === undefined ? "" : `#section-${number}`;
  return `https://www.rfc-editor.org/rfc/rfc${rfc}${anchor}`;
}

/** Each with its file and symbol; a second line of the same symbol, with its number. */
function codeLinks(code: Evidence["code"]): string {
  const seen = new Set<string>();
  const links = code.map(({ file, line, symbol }) => {
    const module = file.replace(/^src\/|\.ts$/g, "");
    const name = `${module} \`${symbol}\``;
    const text = seen.has(name) ? `line ${line}` : name;
    seen.add(name);
    return `[${text}](${file.replace(/^src\//, "")}#L${line})`;
  });
  return links.join("<br>");
}

/** Each file by its name, with its lines; those that follow each other are one link. */
function titleLinks(titles: readonly Place[]): string {
  const byFile = new Map<string, number[]>();
  for (const { file, line } of titles) byFile.set(file, [...(byFile.get(file) ?? []), line]);
  const files = [...byFile].map(([file, lines]) => {
    const name = file.replace(/^.*\/|(?:\.test)?\.ts$/g, "");
    const links = runsOf(lines).map(([first, last]) => {
      return first === last
        ? `[${first}](../${file}#L${first})`
        : `[${first}-${last}](../${file}#L${first}-L${last})`;
    });
    return `${name} ${links.join(" ")}`;
  });
  return files.join("<br>");
}

/** First and last of the numbers that follow each other. */
function runsOf(numbers: readonly number[]): [first: number, last: number][] {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const run = runs.at(-1);
    if (run !== undefined && number - run[1] <= 1) run[1] = number;
    else runs.push([number, number]);
  }
  return runs;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
