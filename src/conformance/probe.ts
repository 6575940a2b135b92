// The first connections: whether the server is there, and what it does, so that the suite knows
// what can be tested. A server that only pushes, and echoes nothing, can be tested in most ways.

import type { Facts } from "./case.ts";
import { fromLatin1 } from "./bytes.ts";
import { frame } from "./client_frame.ts";
import type { ResponseHead } from "./response_head.ts";
import type { Target } from "./target.ts";
import { NotTestableError, Trial, UnreachableError } from "./trial.ts";
import type { RunSettings } from "./trial.ts";

/** What Chromium offers. */
const OFFER = "permessage-deflate; client_max_window_bits";

const QUIET_MS_MIN = 60;
const QUIET_MS_MAX = 1000;

/**
 * Tells what the server does.
 *
 * @throws {UnreachableError} When nothing listens there, or a valid handshake is refused.
 */
export async function probe(target: Target, settings: RunSettings): Promise<Facts> {
  const unknown: Facts = {
    echo: false,
    isTalkative: false,
    deflate: null,
    software: "",
    quietMs: 0,
  };
  const trial = new Trial({ clause: "B58", level: "MUST" }, target, unknown, settings);
  try {
    const start = performance.now();
    const head = await firstHandshake(trial);
    const answerMs = performance.now() - start;
    const isTalkative = await talks(trial);
    const deflate = head.all("Sec-WebSocket-Extensions").join(", ");
    return {
      echo: await echoes(trial),
      isTalkative,
      deflate: deflate.includes("permessage-deflate") ? deflate : null,
      software: head.all("Server").join(", "),
      quietMs: Math.min(Math.max(4 * answerMs, QUIET_MS_MIN), QUIET_MS_MAX),
    };
  } finally {
    trial.end();
  }
}

async function firstHandshake(trial: Trial): Promise<ResponseHead> {
  try {
    return (await trial.open({ "Sec-WebSocket-Extensions": OFFER })).head;
  } catch (error) {
    if (!(error instanceof NotTestableError)) throw error;
  }
  try {
    return (await trial.open()).head;
  } catch (error) {
    if (!(error instanceof NotTestableError)) throw error;
    const advice = "Is the path right? Does it want a header, such as an Origin or a token?";
    throw new UnreachableError(`${error.message}. ${advice}`, { cause: error });
  }
}

/**
 * Whether what is sent comes back. The keys are zero, and the type does not matter: unmasking and
 * opcodes are tested later.
 */
async function echoes(trial: Trial): Promise<boolean> {
  const { client } = await trial.open();
  client.send(frame("81", "Hello"), frame("82", "Hello"));
  for (let echoes = 0; echoes < 2;) {
    const event = await client.next(trial.settings.timeoutMs / 2);
    if (event === null || typeof event === "string" || event.type === "close") return false;
    if (fromLatin1(event.payload) === "Hello") echoes++;
  }
  return true;
}

/** Whether messages come that nobody asked for. */
async function talks(trial: Trial): Promise<boolean> {
  const { client } = await trial.open();
  const end = performance.now() + trial.settings.idleMs;
  for (;;) {
    const event = await client.next(Math.max(end - performance.now(), 0));
    if (event === null || typeof event === "string") return false;
    if (event.type === "text" || event.type === "binary") return true;
  }
}
