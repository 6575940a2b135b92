// What a clause is: a rule that binds a server, and how a client can see whether it is kept.

import type { Level } from "./case.ts";

/** A rule, and how it can be tested. */
export interface Clause {
  readonly id: string;
  readonly section: string;
  readonly level: Level;
  /** The rule in a sentence. */
  readonly text: string;
  /** What is watched in each connection, besides the cases; "" for nothing. */
  readonly watched: string;
  /** Why it cannot be seen from outside; "" when it can. */
  readonly hidden: string;
}

/** What is watched, or why nothing can be. */
export interface More {
  readonly watched?: string;
  readonly hidden?: string;
}

/** A clause; a section without § is one of RFC 6455. */
export function clause(
  id: string,
  section: string,
  level: Level,
  text: string,
  more: More = {},
): Clause {
  const cited = section.startsWith("§") || section.startsWith("RFC") ? section : `§${section}`;
  return {
    id,
    section: cited,
    level,
    text,
    watched: more.watched ?? "",
    hidden: more.hidden ?? "",
  };
}

/** In every handshake of the suite. */
export const EVERY_101: More = { watched: "in each 101" };

/** In every frame that comes. */
export const EVERY_FRAME: More = { watched: "in each frame of the server" };
