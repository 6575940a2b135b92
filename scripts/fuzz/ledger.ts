// The ledger: a line of JSON for every run, so that anybody can tell what was tried and go on
// behind it.

import { execFileSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** What is kept of a run. */
export interface Entry {
  readonly target: string;
  /** The first seed and the last; a seed is an input. */
  readonly seeds: readonly [string, string];
  readonly inputs: number;
  readonly seconds: number;
  readonly findings: readonly {
    readonly seed: string | null;
    readonly what: string;
    readonly minimised: string;
  }[];
}

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** Where it is, beside the source of this file. */
export const LEDGER: string = `${ROOT}scripts/fuzz/LEDGER.jsonl`;

/** Appends `entry`, with the date, the version of Node and the commit. */
export function append(entry: Entry, file: string = LEDGER): void {
  const date = new Date().toISOString().slice(0, 19) + "Z";
  const line = { date, ...entry, node: process.version, ...revision() };
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}

/** The commit, and whether files are otherwise than there; `null` where Git knows of none. */
function revision(): { commit: string | null; changed: boolean | null } {
  const git = (...rest: string[]): string => {
    const stdio = ["ignore", "pipe", "ignore"] as const;
    return execFileSync("git", rest, { cwd: ROOT, encoding: "utf8", stdio: [...stdio] }).trim();
  };
  try {
    const paths = ["src", "scripts", "test", ":!scripts/fuzz/LEDGER.jsonl"];
    const commit = git("rev-parse", "HEAD");
    return { commit, changed: git("status", "--porcelain", "--", ...paths) !== "" };
  } catch {
    return { commit: null, changed: null };
  }
}
