// What escapes: an exception or a rejection that nobody handles, of which there must be none.

/** What escaped since the last look. */
const escaped: unknown[] = [];
const note = (error: unknown): void => void escaped.push(error);

/** Has `test`, a suite of uvu, note what escapes while it runs. Returns the list, which grows. */
export function watchUncaught(test: {
  before(hook: () => void): void;
  after(hook: () => void): void;
}): unknown[] {
  test.before(() => {
    process.on("uncaughtException", note);
    process.on("unhandledRejection", note);
  });
  test.after(() => {
    process.off("uncaughtException", note);
    process.off("unhandledRejection", note);
  });
  return escaped;
}
