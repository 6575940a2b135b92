// The first connections: whether the server is there, and what it does, so that the suite knows
// what can be tested. A server that only pushes, and echoes nothing, can be tested in most ways.

import type { Exchange, Facts, Finding } from "./case.ts";
import { fromLatin1 } from "./bytes.ts";
import { frame } from "./client_frame.ts";
import { FloodError } from "./flood.ts";
import type { ResponseHead } from "./response_head.ts";
import type { Target } from "./target.ts";
import { NotTestableError, Trial, UnreachableError } from "./trial.ts";
import type { RunSettings } from "./trial.ts";
import { within } from "./within.ts";

/** What Chromium offers. */
const OFFER = "permessage-deflate; client_max_window_bits";

/** What the first connections have shown. */
export interface Probed {
  readonly facts: Facts;
  /** What the server did wrong already. It may be why it does not seem to echo. */
  readonly findings: readonly Finding[];
  readonly exchanges: readonly Exchange[];
}

const QUIET_MS_MIN = 60;
const QUIET_MS_MAX = 1000;

/**
 * Tells what the server does.
 *
 * @throws {UnreachableError} When nothing listens there, or a valid handshake is refused.
 */
export async function probe(target: Target, settings: RunSettings): Promise<Probed> {
  const unknown: Facts = {
    echo: false,
    isTalkative: false,
    deflate: null,
    software: "",
    quietMs: 0,
  };
  const trial = new Trial({ clause: "B58", level: "MUST" }, target, unknown, settings);
  const late = (limit: string): Error =>
    new UnreachableError(`The first three handshakes take longer than ${limit}`);
  const facts = await within(look(trial), settings, late)
    .catch((error: unknown) => {
      if (!(error instanceof NotTestableError || error instanceof FloodError)) throw error;
      throw new UnreachableError(error.message, { cause: error });
    })
    .finally(() => trial.end());
  return { facts, findings: trial.findings, exchanges: trial.exchanges };
}

async function look(trial: Trial): Promise<Facts> {
  const start = performance.now();
  const head = await firstHandshake(trial);
  const answerMs = performance.now() - start;
  trial.end(); // some servers take one connection at a time
  const isTalkative = await talks(trial);
  trial.end();
  const deflate = head.all("Sec-WebSocket-Extensions").join(", ");
  return {
    echo: await echoes(trial),
    isTalkative,
    deflate: deflate.includes("permessage-deflate") ? deflate : null,
    software: head.all("Server").join(", "),
    quietMs: Math.min(Math.max(4 * answerMs, QUIET_MS_MIN), QUIET_MS_MAX),
  };
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
    const isHttp = error.message.includes("HTTP/");
    const advice = isHttp
      ? "Is the path right? Does it want a header, such as an Origin or a token?"
      : "Is it a WebSocket server, and the scheme right (ws: or wss:)?";
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
  const end = performance.now() + trial.settings.timeoutMs;
  for (let echoes = 0; echoes < 2;) {
    if (performance.now() > end) return false;
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
    const leftMs = end - performance.now();
    const event = await client.next(Math.max(leftMs, 0));
    if (event === null || typeof event === "string") return false;
    if (event.type === "text" || event.type === "binary") return true;
    if (leftMs <= 0) return false; // pings without end
  }
}
