// How an error shows a value that it did not expect.

/** `value` in a few words: a string in quotes, an object by its kind. */
export function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 100));
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}
