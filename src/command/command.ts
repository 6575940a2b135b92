// What each command of `npx sluice` is. Exit codes: 0 it went well, 1 it did not, 2 it was called
// in a way that it does not understand.

/** One command. */
export interface Command {
  /** What it does, in one line of at most 60 characters. */
  readonly summary: string;
  /** What `--help` prints: usage, options with their defaults, an example. */
  readonly help: string;
  /** Does it. Fulfils with the exit code, once nothing of it runs any more. */
  run(args: readonly string[]): Promise<number>;
}

/** The command was called in a way that it does not understand: exit code 2. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
}
