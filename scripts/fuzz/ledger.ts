// The ledger: a line of JSON for every run, so that anybody can tell what was tried and go on
// behind it.

import { execFileSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** What is kept of a run. */
export interface Entry extends Revision {
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

/** What is run. */
export interface Revision {
  readonly node: string;
  /** `null`: Git knows of none. */
  readonly commit: string | null;
  /** Whether files are otherwise than there. */
  readonly changed: boolean | null;
}

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** Where it is, beside the source of this file. */
export const LEDGER: string = `${ROOT}scripts/fuzz/LEDGER.jsonl`;

/** Appends `entry`, with the date. */
export function append(entry: Entry, file: string = LEDGER): void {
  const date = new Date().toISOString().slice(0, 19) + "Z";
  appendFileSync(file, `${JSON.stringify({ date, ...entry })}\n`);
}

/** What is run now: to be asked before a run, behind which there may be another commit. */
export function revision(): Revision {
  const git = (...rest: string[]): string => {
    const stdio = ["ignore", "pipe", "ignore"] as const;
    return execFileSync("git", rest, { cwd: ROOT, encoding: "utf8", stdio: [...stdio] }).trim();
  };
  const node = process.version;
  try {
    const paths = ["src", "scripts", "test", ":!scripts/fuzz/LEDGER.jsonl"];
    const commit = git("rev-parse", "HEAD");
    return { node, commit, changed: git("status", "--porcelain", "--", ...paths) !== "" };
  } catch {
    return { node, commit: null, changed: null };
  }
}
