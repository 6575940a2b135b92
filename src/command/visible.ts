// Text of a stranger on a terminal. An escape sequence in a message could move the cursor, set the
// title of the window or hide what follows, so nothing that is not seen is written as it is.

/** C0 and C1 but for the tab; what turns the direction of text or has no width; half a pair. */
const UNSEEN =
  /[\0-\x08\x0a-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu;

/** `text` with a `\u{1b}` for each character that is not seen. */
export function visible(text: string): string {
  return text.replace(UNSEEN, escaped);
}

/** The same, but a line may end. */
export function visibleLines(text: string): string[] {
  return text.split(/\r?\n/).map(visible);
}

function escaped(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\r") return "\\r";
  return `\\u{${(character.codePointAt(0) as number).toString(16)}}`;
}
