// Lines on the standard output. Whoever reads it may have enough before the end, as `head` has:
// that is no fault of the command, which ends.

/** Prints a line. Returns false when the reader is slow: then wait for "drain". */
export function print(line: string): boolean {
  return process.stdout.write(`${line}\n`);
}

/** Ends the process, with the exit code that it has by then, once nobody reads its output. */
export function endWithReader(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
}
