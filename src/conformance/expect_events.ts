// What an echo server must answer: the messages that were sent, and a pong for each ping.

import { closeFrame } from "./client_frame.ts";
import { describe } from "./server_event.ts";
import type { ServerEvent } from "./server_event.ts";
import type { Trial } from "./trial.ts";
import type { Ending, WireClient } from "./wire_client.ts";

/**
 * Waits for `expected`, each as `describe()` says it. Messages keep their order among each other,
 * and so do pongs; a pong may overtake a message, and of several pongs the last is enough: §5.5.3.
 * Returns whether all came.
 */
export async function expectEvents(
  trial: Trial,
  client: WireClient,
  expected: readonly string[],
): Promise<boolean> {
  const pongs = expected.filter((each) => each.startsWith("pong"));
  const messages = expected.filter((each) => !each.startsWith("pong"));
  let stray = "";
  while (pongs.length + messages.length > 0) {
    const due = messages[0] ?? pongs[0];
    const event = await client.next(trial.settings.timeoutMs);
    if (event === null || typeof event === "string") {
      trial.silence(`Expected ${due}, found ${stray}${describeEnd(trial, event)}`);
      return false;
    }
    if (event.type === "ping") continue;
    const at = event.type === "pong" ? pongs.indexOf(event.text) : messages.indexOf(event.text);
    if (event.type === "pong" && at >= 0) pongs.splice(0, at + 1);
    else if (event.type === "pong") {
      stray = `${event.text} and then `; // §5.5.3: a pong may come unasked
    } else if (at === 0) messages.shift();
    else if (!isUnasked(trial, client, event)) {
      trial.violation(`Expected ${due}, found ${show(event)}`);
      return false;
    }
  }
  return true;
}

/** Sends a Close, and sees whether anything comes before the answer that nobody has asked for. */
export async function expectNothingMore(trial: Trial, client: WireClient): Promise<void> {
  client.send(closeFrame(1000));
  for (;;) {
    const event = await client.next(trial.facts.quietMs);
    if (event === null || typeof event === "string" || event.type === "close") return;
    if (event.type === "pong") {
      trial.report("B35", "warning", `Nobody has asked for ${event.text}`);
    } else if (!isUnasked(trial, client, event)) {
      trial.violation(`Expected nothing more, found ${event.text}`);
    }
  }
}

/** Nothing is answered and the connection stays open. */
export async function expectSilence(trial: Trial, client: WireClient): Promise<void> {
  for (;;) {
    const event = await client.next(trial.facts.quietMs);
    if (event === null) return expectNothingMore(trial, client);
    if (typeof event === "string" || event.type === "close") {
      const found = typeof event === "string" ? describeEnd(trial, event) : show(event);
      return trial.violation(`Expected the connection to go on, found ${found}`);
    }
    if (event.type === "pong") trial.warn(`Expected no answer, found ${event.text}`);
    else if (!isUnasked(trial, client, event)) {
      trial.violation(`Expected no answer, found ${event.text}`);
    }
  }
}

/**
 * Whether it is what a server may send unasked, and answers nothing: a ping, a pong for a ping that
 * nobody has sent (§5.5.3), a message where the server speaks by itself.
 */
export function isUnasked(trial: Trial, client: WireClient, event: ServerEvent): boolean {
  if (event.type === "ping") return true;
  if (event.type === "pong") return !client.hasAsked(event);
  return trial.facts.isTalkative && (event.type === "text" || event.type === "binary");
}

/**
 * Whether an event answers one of `before`, each as `describe()` says it, be it of the wrong type
 * or once more: what is wrong with such an answer is for the clauses of messages.
 */
export function isAnswerTo(before: readonly string[], { type, payload }: ServerEvent): boolean {
  const isPong = type === "pong";
  if (!isPong && type !== "text" && type !== "binary") return false;
  const kinds = isPong ? (["pong"] as const) : (["text", "binary"] as const);
  return kinds.some((kind) => before.includes(describe(kind, payload)));
}

/** The end of a connection, or that it did not come, in words. */
export function describeEnd(trial: Trial, ending: Ending | null): string {
  if (ending === null) return `nothing for ${trial.settings.timeoutMs} ms`;
  return `the end of the connection (${ending}), without a Close frame`;
}

/** An event in words; a Close with its reason. */
export function show({ type, text, payload }: ServerEvent): string {
  if (type !== "close" || payload.length < 3) return text;
  return `${text} ${JSON.stringify(Buffer.from(payload.subarray(2)).toString("utf8"))}`;
}
