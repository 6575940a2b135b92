// Compressed messages that the server sends: RFC 7692 §7.2.1. What it compresses of its echoes is
// its own choice; the reader inflates what comes compressed, within the window that was agreed on.

import { hex, utf8 } from "./bytes.ts";
import type { CaseSketch } from "./case.ts";
import { frame } from "./client_frame.ts";
import { isUnasked } from "./expect_events.ts";
import { describe } from "./server_event.ts";
import type { ServerEvent } from "./server_event.ts";
import { NotTestableError } from "./trial.ts";
import type { Trial } from "./trial.ts";
import type { Ending, WireClient } from "./wire_client.ts";
import { noise } from "./noise.ts";
import { sketch } from "./script.ts";

/**
 * What repeats just beyond the window must not be referred to. The reader inflates with a window of
 * so many bits, and sees when that is not enough.
 */
function keepsToWindow(bits: number): (trial: Trial) => Promise<void> {
  return async (trial) => {
    const offer = `permessage-deflate; server_max_window_bits=${bits}`;
    const { client } = await trial.openDeflate(offer);
    const block = noise(2 ** bits + 200);
    const texts = [utf8(block + block), utf8(block), utf8("Hello Hello Hello Hello Hello Hello")];
    client.send(...texts.map((text) => frame("81", text)));
    const due = texts.map((text) => describe("text", text));
    await expectCompressed(trial, client, due);
  };
}

/** The same text again and again: each compressed message must be readable by itself. */
async function forgets(trial: Trial): Promise<void> {
  const offer = "permessage-deflate; server_no_context_takeover";
  const { client, agreement } = await trial.openDeflate(offer);
  if (agreement.serverTakesOver) return trial.note("The answer does not say so: see D19");
  const text = utf8(noise(3000));
  client.send(frame("81", text), frame("81", text), frame("81", text));
  await expectCompressed(
    trial,
    client,
    Array.from({ length: 3 }, () => describe("text", text)),
  );
}

/** All lengths of messages, as the server compresses them. */
async function compresses(trial: Trial): Promise<void> {
  const { client } = await trial.openDeflate();
  const texts = [0, 1, 10, 100, 1000, 20_000, 100_000].map((size) =>
    utf8(noise(size / 2).repeat(2)),
  );
  client.send(...texts.map((text) => frame("81", text)));
  const all = texts.map((text) => describe("text", text));
  await expectCompressed(trial, client, all);
}

/** Waits for the echoes. The reader reports what cannot be inflated, under its own clause. */
async function expectCompressed(
  trial: Trial,
  client: WireClient,
  due: readonly string[],
): Promise<void> {
  let compressed = 0;
  for (const each of due) {
    const event = await nextAnswer(trial, client, each);
    if (event === null || typeof event === "string" || event.type === "close") {
      return trial.violation(`Expected ${each}, found the end, or nothing`);
    }
    if (event.compressed) compressed++;
    if (event.type === "unknown") return; // it is reported
    if (event.text !== each) return trial.violation(`Expected ${each}, found ${event.text}`);
  }
  if (compressed === 0) throw new NotTestableError("The server compresses none of its echoes");
}

/** The next event but for what comes unasked; a message is, when it is not the one that is due. */
async function nextAnswer(
  trial: Trial,
  client: WireClient,
  due: string,
): Promise<ServerEvent | Ending | null> {
  for (;;) {
    const event = await client.next(trial.settings.timeoutMs);
    if (event === null || typeof event === "string") return event;
    if (event.text === due || !isUnasked(trial, client, event)) return event;
  }
}

/** RFC 7692 §7.2.3.6. */
async function emptyMessage(trial: Trial): Promise<void> {
  const { client } = await trial.openDeflate();
  client.send(frame("81", "Hello Hello Hello Hello Hello"), frame("81"));
  for (let count = 0; count < 2; count++) {
    const due = count === 0 ? "text Hello Hello Hello Hello Hello" : "text ";
    const event = await nextAnswer(trial, client, due);
    if (event === null || typeof event === "string") {
      return trial.violation("Expected the echo of an empty message, found none");
    }
    if (count === 0) continue;
    const how = event.compressed ? hex(event.wire) : "uncompressed";
    trial.note(`The echo of an empty message is ${how}`);
    if (event.text !== due) trial.violation(`Expected an empty text, found ${event.text}`);
  }
}

const ECHO = { needs: ["deflate", "echo"] } as const;

export const DEFLATE_ECHO: readonly CaseSketch[] = [
  sketch("D27 messages of 0 to 100,000 bytes, as the server compresses them", compresses, ECHO),
  ...[8, 9, 10, 11, 12, 13, 14].map((bits) =>
    sketch(`D29 a window of ${bits} bits`, keepsToWindow(bits), ECHO),
  ),
  sketch("D30 the same text three times, nothing taken over", forgets, ECHO),
  sketch("D37 the echo of an empty message", emptyMessage, ECHO),
  sketch(
    "D24 the whole window without server_max_window_bits",
    async (trial) => {
      const { client } = await trial.openDeflate("permessage-deflate");
      const block = noise(32_000);
      const text = utf8(block + block);
      client.send(frame("81", text));
      await expectCompressed(trial, client, [describe("text", text)]);
    },
    ECHO,
  ),
  sketch(
    "D03 the connection does what the answer says",
    async (trial) => {
      const { client } = await trial.openDeflate();
      const text = "Hello, and once more: ".repeat(100);
      client.send(frame("81", text), frame("81", text));
      const due = describe("text", utf8(text));
      await expectCompressed(trial, client, [due, due]);
    },
    ECHO,
  ),
];
