// How an error shows a value that it did not expect.

/** Control characters that JSON lets pass: a terminal takes some of them for commands (C1). */
const CONTROLS = /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** `value` in a few words: a string in quotes, an object by its kind. */
export function describe(value: unknown): string {
  if (typeof value === "string") return quoted(value.slice(0, 100));
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}

/** `text` in quotes, with escapes for all that would be no text on a terminal or in a log. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(CONTROLS, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
