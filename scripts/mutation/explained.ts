// Which mutants may survive, and why. explained.txt has blocks: a reason, each line of it behind a
// `#`, and the ids of the mutants that it holds for.

import { readFileSync } from "node:fs";

/** The ids with their reasons. */
export function readExplained(file: string): Map<string, string> {
  return parseExplained(readFileSync(file, "utf8"));
}

/** Throws a SyntaxError for an id without a reason, or one that comes twice. */
export function parseExplained(text: string): Map<string, string> {
  const explained = new Map<string, string>();
  for (const block of text.split(/\n{2,}/)) {
    const lines = block.split("\n").filter((line) => line !== "");
    const reason = lines.filter((line) => line.startsWith("#"));
    for (const id of lines.filter((line) => !line.startsWith("#"))) {
      if (reason.length === 0) throw new SyntaxError(`There is no reason for ${id}`);
      if (explained.has(id)) throw new SyntaxError(`Explained twice: ${id}`);
      explained.set(id, reason.map((line) => line.slice(1).trim()).join(" "));
    }
  }
  return explained;
}
