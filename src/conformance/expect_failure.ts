// What must become of a connection on which the client broke a rule: §7.1.7. The server ends it, at
// best with a Close frame that says why, and processes nothing that comes behind.

import { frame } from "./client_frame.ts";
import { describeEnd, isAnswerTo, isUnasked, show } from "./expect_events.ts";
import type { Trial } from "./trial.ts";
import type { WireClient } from "./wire_client.ts";

/** Who answers this has taken what it must refuse. */
const STILL_THERE = frame("89", "still there?");

/** What must become of it. */
export interface Failure {
  /** The close codes that say what was wrong; the first one says it best. */
  readonly codes: readonly number[];
  /** What may still be answered: it came before the violation. */
  readonly before?: readonly string[];
}

/**
 * Waits for the connection to fail. A server that is silent is asked with a ping, which only one
 * that took the violation would answer.
 */
export async function expectFailure(
  trial: Trial,
  client: WireClient,
  { codes, before = [] }: Failure,
): Promise<void> {
  const { settings, facts } = trial;
  let wasAsked = false;
  for (;;) {
    const event = await client.next(wasAsked ? settings.timeoutMs : facts.quietMs);
    if (event === null && !wasAsked) {
      wasAsked = true;
      client.send(STILL_THERE);
    } else if (event === null) {
      const found = `neither a Close frame nor an end in ${settings.timeoutMs} ms`;
      return trial.silence(`Expected the connection to fail (Close ${codes[0]}), found ${found}`);
    } else if (typeof event === "string") {
      const what = `A connection that must fail ends with ${event}, without a Close frame`;
      return trial.report("B49", "warning", what);
    } else if (event.type === "close") {
      checkCode(trial, event.code, codes);
      return expectNoAnswer(trial, client);
    } else if (!isAnswerTo(before, event) && !isUnasked(trial, client, event)) {
      const found =
        event.type === "pong"
          ? "an answer to a ping that came behind"
          : `the answer ${show(event)}`;
      return trial.violation(`Expected the connection to fail (Close ${codes[0]}), found ${found}`);
    }
  }
}

function checkCode(trial: Trial, code: number, codes: readonly number[]): void {
  if (codes.includes(code)) return;
  const found = code === 0 ? "a Close without a code" : `Close ${code}`;
  trial.report("B55", "warning", `${found} where ${codes.join(" or ")} would say what was wrong`);
}

/** Behind its Close a server is silent, whatever comes. What it must not send, the reader sees. */
async function expectNoAnswer(trial: Trial, client: WireClient): Promise<void> {
  for (;;) {
    const event = await client.next(trial.facts.quietMs / 2);
    if (event === null || typeof event === "string") return;
    if (event.type !== "pong") continue;
    trial.report("B50", "fail", "The server answers a ping after it has failed the connection");
  }
}

/** A connection that fails is closed: TCP ends, whatever the client does. */
export async function expectTcpEnd(trial: Trial, client: WireClient): Promise<void> {
  for (;;) {
    const event = await client.next(trial.settings.timeoutMs);
    if (event === null) return trial.silence(`Expected FIN, found ${describeEnd(trial, null)}`);
    if (event === "FIN") return;
    if (event === "RST") {
      return trial.report("B45", "warning", "The connection ends with RST, not with FIN");
    }
  }
}
