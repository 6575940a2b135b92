// What a case is, and what becomes of it.
//
//   fail          a MUST or MUST NOT is broken
//   warning       a SHOULD is broken, or it is legal and strict peers do otherwise
//   pass          neither
//   not testable  the server does not do what the case needs: an echo, compression, TLS

import type { Passage } from "./recording.ts";
import type { Ending } from "./wire_client.ts";
import type { Trial } from "./trial.ts";

/** How much a clause binds. A CHOICE leaves it to the server: the report tells what it does. */
export type Level = "MUST" | "SHOULD" | "CHOICE";

/** What became of a case. */
export type Verdict = "pass" | "warning" | "fail" | "not testable";

/** What a case needs of the server or of who runs the suite. */
export type Need = "echo" | "deflate" | "tls" | "plain" | "messageSizeMax";

/** One case of the suite. */
export interface Case {
  /** `B04.7`: the clause, and a number within it. */
  readonly id: string;
  /** See {@linkcode CLAUSES}. */
  readonly clause: string;
  /** What is sent, and where it says so what must come of it. */
  readonly title: string;
  readonly level: Level;
  readonly needs: readonly Need[];
  run(trial: Trial): Promise<void>;
}

/** A case as the tables write it: the level is that of the clause, where it says no other. */
export interface CaseSketch {
  readonly clause: string;
  readonly title: string;
  readonly level?: Level;
  readonly needs?: readonly Need[];
  readonly run: (trial: Trial) => Promise<void>;
}

/** Something that a server did, and the clause that speaks of it. */
export interface Finding {
  readonly clause: string;
  readonly verdict: "fail" | "warning";
  readonly message: string;
}

/** One connection of a case. */
export interface Exchange {
  readonly passages: readonly Passage[];
  readonly ended: Ending | null;
}

/** What became of a case, and everything to judge that by. */
export interface CaseResult {
  readonly id: string;
  readonly clause: string;
  readonly section: string;
  readonly level: Level;
  readonly title: string;
  readonly verdict: Verdict;
  /** What was found, each thing once; or why there was nothing to find. */
  readonly messages: readonly string[];
  /** Its connections; with `pass` only what is worth to be shown: nothing. */
  readonly exchanges: readonly Exchange[];
  readonly durationMs: number;
}

/** What the first connections have shown of the server. */
export interface Facts {
  /** Whether text comes back as text, and bytes as bytes. */
  readonly echo: boolean;
  /**
   * Whether messages come that nobody asked for: then those that nobody expects are no fault. It
   * may turn out late: the runner listens as long as it runs.
   */
  isTalkative: boolean;
  /** What it answers to the offer of permessage-deflate, or `null`. */
  readonly deflate: string | null;
  /** The Server header, or "". */
  readonly software: string;
  /** After so long a silence it will not answer any more: four times what an answer takes. */
  readonly quietMs: number;
}
