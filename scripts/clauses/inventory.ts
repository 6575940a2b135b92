// Reads clauses.txt, the inventory of what the RFCs demand.
//
//   == RFC 6455: Fragmentation (§5.4)           begins a group
//
//   B13 MUST §5.4, §5.5                         id, level, "Client" if it binds one, sections
//       A control frame between fragments ...   the sentence, on one line or several

/** How binding a clause is: RFC 2119. */
export type Level = "MUST" | "MUST NOT" | "SHOULD" | "SHOULD NOT" | "MAY";

/** One demand of an RFC. */
export interface Clause {
  readonly id: string;
  readonly level: Level;
  /** Whether it binds a client only. */
  readonly isClients: boolean;
  /** As in "§5.4", "RFC 7692 §6" or "RFC 9931"; the first one gives it its place. */
  readonly sections: readonly string[];
  readonly sentence: string;
}

/** Clauses that belong together. */
export interface ClauseGroup {
  readonly title: string;
  readonly clauses: readonly Clause[];
}

const GROUP = /^== (.+)$/;
const HEAD = /^([A-Z]\d\d) (MUST NOT|MUST|SHOULD NOT|SHOULD|MAY) (Client )?(.+)$/;
const SECTION = /^(?:RFC \d+ )?§\d+(?:\.\d+)*$|^RFC \d+$/;

/**
 * The groups in `text`, in their order. What stands before the first one is for the reader.
 *
 * @throws {SyntaxError} With the line, when something is not in the form above, an id comes twice,
 * or the clauses of a group are not in the order of their sections.
 */
export function readInventory(text: string): ClauseGroup[] {
  const groups: { title: string; clauses: { -readonly [K in keyof Clause]: Clause[K] }[] }[] = [];
  const seen = new Set<string>();
  for (const [index, line] of text.split("\n").entries()) {
    const fail = (why: string): never => {
      throw new SyntaxError(`${index + 1}: ${why}`);
    };
    const [, title] = GROUP.exec(line) ?? [];
    if (title !== undefined) groups.push({ title, clauses: [] });
    const group = groups.at(-1);
    if (title !== undefined || group === undefined || line === "") continue;
    const clause = group.clauses.at(-1);
    const [head, id, level, client, list] = HEAD.exec(line) ?? [];
    if (head !== undefined) {
      const sections = list.split(", ");
      const bad = sections.find((section) => !SECTION.test(section));
      if (bad !== undefined) fail(`"${bad}" is no section, must be as in "RFC 7692 §6"`);
      if (seen.has(id)) fail(`${id} is there already`);
      if (clause !== undefined && compareSections(clause.sections[0], sections[0]) > 0) {
        fail(`${id} of ${sections[0]} stands behind ${clause.id} of ${clause.sections[0]}`);
      }
      seen.add(id);
      const isClients = client !== undefined;
      group.clauses.push({ id, level: level as Level, isClients, sections, sentence: "" });
    } else if (clause !== undefined && line.startsWith("    ")) {
      clause.sentence += `${clause.sentence === "" ? "" : " "}${line.trim()}`;
    } else {
      fail(`found "${line}", must be a head such as "B13 MUST §5.4", or an indented sentence`);
    }
  }
  return groups;
}

/** Below 0 when `left` comes first: by RFC, then by section, number by number. */
function compareSections(left: string, right: string): number {
  const [leftNumbers, rightNumbers] = [numbersOf(left), numbersOf(right)];
  for (const [index, number] of leftNumbers.entries()) {
    const difference = number - (rightNumbers[index] ?? -1);
    if (difference !== 0) return difference;
  }
  return leftNumbers.length - rightNumbers.length;
}

function numbersOf(section: string): number[] {
  const whole = section.startsWith("§") ? `RFC 6455 ${section}` : section;
  return (whole.match(/\d+/g) ?? []).map(Number);
}
