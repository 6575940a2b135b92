// Finds the tags in a source: where it obeys which clause.
//
//   if (isReserved(opcode)) { // §5.2 [B05]        means its own line
//
//   // RFC 7692 §7.2.1 [D27, D28]: why             means the line below the comment,
//   const size = flushed.length - TAIL_SIZE;       and so does one in a doc comment

/** A place that obeys a clause. */
export interface SourceTag {
  readonly id: string;
  /** As in "§5.2". */
  readonly section: string;
  /** The line of code, from 1. */
  readonly line: number;
  /** The function, method or constant that the line is in: "checkFirstByte", "Inflater.inflate". */
  readonly symbol: string;
}

const TAG = /((?:RFC \d+ )?§\d+(?:\.\d+)*|RFC \d+) \[([A-Z]\d\d(?:, [A-Z]\d\d)*)\]/g;

/** What looks like a tag, with or without all that belongs to it. */
const LIKELY_TAG = /\[(?:[A-Z]\d\d(?:, ?)?)+\]/g;

const COMMENT_LINE = /^\s*(?:\/\/|\/\*|\*)/;
const DECLARATION =
  /^(?:export )?(?:declare )?(?:async )?(?:function|class|interface|const|let|type) (\w+)/;
const MEMBER = /^ {2}(?:(?:static|readonly|async|get|set|override) )*(#?\w+)[?!]?[(<:=; ]/;

/**
 * The tags in `text`, in their order.
 *
 * @throws {SyntaxError} With the line, when a tag has no section, is not in a comment (what is in a
 * string may travel to the peer), or has no code below it.
 */
export function readTags(text: string): SourceTag[] {
  const lines = text.split("\n");
  const tags: SourceTag[] = [];
  for (const [index, line] of lines.entries()) {
    const found = [...line.matchAll(TAG)];
    const fail = (why: string): never => {
      throw new SyntaxError(`${index + 1}: ${why}`);
    };
    const [likely] = [...line.matchAll(LIKELY_TAG)].slice(found.length);
    if (likely !== undefined) fail(`${likely[0]} has no section before it, as in "§5.2 [B05]"`);
    if (found.length === 0) continue;
    const isWhole = COMMENT_LINE.test(line);
    const start = line.indexOf(" // ");
    if (!isWhole && (start < 0 || start > found[0].index)) fail("tag must be in a comment");
    let at = index;
    if (isWhole) while (at < lines.length && COMMENT_LINE.test(lines[at])) at++;
    if ((lines[at] ?? "").trim() === "") fail("tag has no code below its comment");
    for (const [, section, ids] of found) {
      for (const id of ids.split(", ")) {
        tags.push({ id, section, line: at + 1, symbol: symbolAt(lines, at) });
      }
    }
  }
  return tags;
}

/** Read off the indentation: what is declared at the left edge, and the member of a class. */
function symbolAt(lines: readonly string[], at: number): string {
  let member: string | undefined;
  for (let index = at; index >= 0; index--) {
    member ??= MEMBER.exec(lines[index])?.[1];
    const name = DECLARATION.exec(lines[index])?.[1];
    if (name === undefined) continue;
    return member !== undefined && /\b(?:class|interface) /.test(lines[index])
      ? `${name}.${member}`
      : name;
  }
  return "";
}
