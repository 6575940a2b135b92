// Tables that a command measures and writes into a page: they stand between two marks there, and
// are written by nobody else.

/** `text` with what stands between the marks of `command` replaced; throws when there are none. */
export function withMarked(text: string, command: string, content: string): string {
  const [begin, end] = [beginOf(command), endOf(command)];
  const [from, to] = placeOf(text, command);
  return `${text.slice(0, from)}${begin}\n\n${content}\n\n${end}${text.slice(to + end.length)}`;
}

/** What stands between the marks of `command`; throws when there are none. */
export function marked(text: string, command: string): string {
  const [from, to] = placeOf(text, command);
  return text.slice(from + beginOf(command).length, to).trim();
}

function placeOf(text: string, command: string): readonly [from: number, to: number] {
  const [from, to] = [text.indexOf(beginOf(command)), text.indexOf(endOf(command))];
  if (from >= 0 && to > from) return [from, to];
  throw new Error(`Cannot write: ${beginOf(command)} ... ${endOf(command)} is missing`);
}

function beginOf(command: string): string {
  return `<!-- ${command}: begin -->`;
}

function endOf(command: string): string {
  return `<!-- ${command}: end -->`;
}
