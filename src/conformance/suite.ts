// The suite: all cases, in the order of the clauses, each with an id.

import type { Case, CaseSketch } from "./case.ts";
import { ANSWERS } from "./answers_cases.ts";
import { CLOSING } from "./closing_cases.ts";
import { CONTROL } from "./control_cases.ts";
import { DEFLATE } from "./deflate_cases.ts";
import { DEFLATE_ECHO } from "./deflate_echo_cases.ts";
import { DEFLATE_HANDSHAKE } from "./deflate_handshake_cases.ts";
import { FAILING } from "./failing_cases.ts";
import { FRAGMENTATION } from "./fragmentation_cases.ts";
import { FRAMING } from "./framing_cases.ts";
import { LIMITS } from "./limits_cases.ts";
import { REQUESTS } from "./requests_cases.ts";
import { SEGMENTATION } from "./segmentation_cases.ts";
import { TEXT } from "./text_cases.ts";
import { CLAUSES, clauseOf } from "./clauses.ts";

const TABLES: readonly (readonly CaseSketch[])[] = [
  REQUESTS,
  ANSWERS,
  FRAMING,
  FRAGMENTATION,
  CONTROL,
  TEXT,
  CLOSING,
  FAILING,
  SEGMENTATION,
  LIMITS,
  DEFLATE_HANDSHAKE,
  DEFLATE,
  DEFLATE_ECHO,
];

/** All cases. An id is a clause and a number: it stays as long as nothing is put before it. */
export const SUITE: readonly Case[] = numbered(TABLES.flat());

function numbered(sketches: readonly CaseSketch[]): Case[] {
  return CLAUSES.flatMap(({ id: clause }) =>
    sketches
      .filter((sketch) => sketch.clause === clause)
      .map((sketch, index) => ({
        id: `${clause}.${index + 1}`,
        clause,
        title: sketch.title,
        level: sketch.level ?? clauseOf(clause).level,
        needs: sketch.needs ?? [],
        run: sketch.run,
      })),
  );
}

/** The cases of which id, section or title match a word of `pattern`; all for "". */
export function selectCases(pattern: string): Case[] {
  const words = pattern.split(/[\s,]+/).filter((word) => word !== "");
  if (words.length === 0) return [...SUITE];
  return SUITE.filter((each) => words.some((word) => matches(each, word)));
}

/** `B`, `B04`, `B04.7` and `§5.2` mean what begins so; another word is looked for in the title. */
function matches({ id, clause, title }: Case, word: string): boolean {
  if (/^[SBD](?:\d{1,2}|\d{2}\.\d+)?$/.test(word)) {
    return word.includes(".") ? id === word : clause.startsWith(word);
  }
  const { section } = clauseOf(clause);
  if (word.startsWith("§")) return section === word || section.startsWith(`${word}.`);
  return title.toLowerCase().includes(word.toLowerCase());
}
