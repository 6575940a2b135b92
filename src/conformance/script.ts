// How tables become cases. A row is what it is, what the client sends, and what must come of it;
// the first word of what it is names the clause.

import { closeFrame, frame, toBytes } from "./client_frame.ts";
import type { Wire } from "./client_frame.ts";
import type { CaseSketch, Level, Need } from "./case.ts";
import { expectClose } from "./expect_close.ts";
import { expectEvents, expectNothingMore, expectSilence } from "./expect_events.ts";
import { expectFailure } from "./expect_failure.ts";
import { pieces } from "./bytes.ts";
import type { Trial } from "./trial.ts";
import type { WireClient } from "./wire_client.ts";

/** `["B12 two fragments", frames, ["text Hello"]]`: the answer is as `describe()` says it. */
export type EchoRow = readonly [what: string, send: readonly Wire[], answer: readonly string[]];

/** The same with what may be answered before the connection fails. */
export type FailureRow = readonly [what: string, send: readonly Wire[], before?: readonly string[]];

/** `code` is that of the Close in `send`; 0 is none. */
export type CloseRow = readonly [
  what: string,
  send: readonly Wire[],
  code: number,
  before?: readonly string[],
];

/** How a script is played. */
export interface Play {
  readonly level?: Level;
  /** Over a connection with permessage-deflate. */
  readonly deflate?: boolean;
  /** Of rows of closing: what would answer something that comes behind the Close. */
  readonly forbidden?: readonly string[];
  /** In segments of one byte. */
  readonly isChopped?: boolean;
}

/**
 * Plays a script byte by byte. What goes wrong all the same when it comes at once is no matter of
 * how TCP cuts it, and left to the other cases.
 */
async function isolate(
  trial: Trial,
  { isChopped = false }: Play,
  play: (isChopped: boolean) => Promise<void>,
): Promise<void> {
  await play(isChopped);
  if (!isChopped || trial.findings.length === 0) return;
  const chopped = trial.findings.splice(0);
  await play(false);
  const isSame = trial.findings.length > 0;
  trial.findings.splice(0);
  if (isSame) trial.note("It goes wrong in one segment too: other cases tell of it");
  else trial.findings.push(...chopped);
}

/** A case by its first words: `B12 two fragments`. */
export function sketch(
  what: string,
  run: (trial: Trial) => Promise<void>,
  options: { readonly level?: Level; readonly needs?: readonly Need[] } = {},
): CaseSketch {
  return { clause: what.slice(0, 3), title: what.slice(4), run, ...options };
}

/** Cases in which the connection survives, and everything is answered. */
export function echoed(rows: readonly EchoRow[], how: Play = {}): CaseSketch[] {
  return rows.map(([what, send, answer]) => {
    const run = (trial: Trial): Promise<void> =>
      isolate(trial, how, async (isChopped) => {
        const client = await play(trial, send, { ...how, isChopped });
        if (answer.length === 0) await expectSilence(trial, client);
        else if (await expectEvents(trial, client, answer)) await expectNothingMore(trial, client);
      });
    return sketch(what, run, optionsOf(how, answer));
  });
}

/** Cases in which the connection must fail, with one of `codes` at best. */
export function failed(
  codes: readonly number[],
  rows: readonly FailureRow[],
  how: Play = {},
): CaseSketch[] {
  return rows.map(([what, send, before = []]) => {
    const run = (trial: Trial): Promise<void> =>
      isolate(trial, how, async (isChopped) => {
        const client = await play(trial, send, { ...how, isChopped });
        await expectFailure(trial, client, { codes, before });
      });
    return sketch(what, run, optionsOf(how, before));
  });
}

/** Cases in which the client closes. */
export function closed(rows: readonly CloseRow[], how: Play = {}): CaseSketch[] {
  return rows.map(([what, send, code, before = []]) => {
    const { forbidden = [] } = how;
    const run = (trial: Trial): Promise<void> =>
      isolate(trial, how, async (isChopped) => {
        const client = await play(trial, send, { ...how, isChopped });
        await expectClose(trial, client, { code, before, forbidden });
      });
    return sketch(what, run, optionsOf(how, before));
  });
}

async function play(trial: Trial, send: readonly Wire[], how: Play): Promise<WireClient> {
  const { client } = how.deflate ? await trial.openDeflate() : await trial.open();
  if (!how.isChopped) client.send(...send);
  else await client.sendApart(send.flatMap((wire) => pieces(toBytes(wire), 1)));
  return client;
}

function optionsOf(how: Play, answer: readonly string[]): { level?: Level; needs: Need[] } {
  const needs: Need[] = how.deflate ? ["deflate"] : [];
  if (answer.some((each) => !each.startsWith("pong"))) needs.push("echo");
  return { needs, ...(how.level === undefined ? {} : { level: how.level }) };
}

/** What a client may have sent already when it learns that its connection has failed. */
export const AFTERMATH: readonly Uint8Array[] = [
  frame("81", "after"),
  frame("89", "after"),
  closeFrame(1000),
];
