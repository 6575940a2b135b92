// An option of a script that is a count.

/** The number in `text`, from 1; anything else ends the process, as a misuse. */
export function wholeNumber(name: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  console.error(`Cannot run: --${name} is "${text}", must be a whole number from 1`);
  process.exit(2);
}
