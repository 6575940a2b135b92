// What the server compresses, as a client reads it: RFC 7692 §7.2.1. D27 and so on are its clauses.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { CompressionOptions } from "../../src/mod.ts";
import { Chance } from "../frame/support.ts";
import { FAR_BACK, jsonBytes } from "../message/compressed.ts";
import { bytes, hex } from "../support/bytes.ts";
import { frame } from "../support/frame.ts";
import { describe } from "../support/raw_client.ts";
import { TestServer } from "../support/server.ts";

const test = suite("conformance/deflate_answers");

const KIB = 1024;
const MIB = 1024 * KIB;
const OFFER = "permessage-deflate; client_max_window_bits";

/** Payloads of the frames that an echo server sends for `messages`. */
async function echoes(
  compression: CompressionOptions,
  messages: readonly Uint8Array[],
  offer: string = OFFER,
): Promise<{ payload: Uint8Array; event: string }[]> {
  const limits = { messageSizeMax: 64 * MIB };
  await using server = await TestServer.start({ upgrade: { compression, limits } });
  const fields = { "Sec-WebSocket-Extensions": offer };
  await using raw = await server.open(fields);
  await using reader = await server.open(fields);
  const found: { payload: Uint8Array; event: string }[] = [];
  for (const message of messages) {
    raw.send(frame("82", message));
    reader.send(frame("82", message));
    const { payload, fin } = await raw.readFrame();
    assert.ok(fin, "D28: no fragment, so none ends in a tail that must stay");
    found.push({ payload, event: await reader.readEvent() });
  }
  return found;
}

test("D27 a message is deflated, flushed, and its last four bytes are left out", async () => {
  const chance = new Chance(27);
  const messages = [100, 1000, 20_000, 300_000].map((size) => jsonBytes(chance, size));
  const found = await echoes({ threshold: 0 }, messages);
  for (const [index, { payload, event }] of found.entries()) {
    assert.is(event, `* ${describe(2, messages[index])}`);
    assert.is.not(hex(payload.slice(-4)), "0000ffff");
  }
});

test("D28 a message of many slices is one frame, and only its own end is left out", async () => {
  const message = jsonBytes(new Chance(28), 2 * MIB);
  const [{ payload, event }] = await echoes({ threshold: 0 }, [message]);
  assert.ok(payload.length > 256 * KIB, `${payload.length} bytes`);
  assert.is.not(hex(payload.slice(-4)), "0000ffff");
  assert.is(event, `* ${describe(2, message)}`);
});

test("D30 the same message twice: the same bytes, or far fewer with context takeover", async () => {
  const message = jsonBytes(new Chance(30), 3000);
  const twice = [message, message];
  const [first, second] = await echoes({ threshold: 0 }, twice);
  assert.is(hex(first.payload), hex(second.payload));
  const takeover = { threshold: 0, contextTakeover: true };
  const [, shorter] = await echoes(takeover, twice);
  assert.ok(shorter.payload.length < 150, `${shorter.payload.length}`);
  assert.is(shorter.event, `* ${describe(2, message)}`);
  const offer = "permessage-deflate; server_no_context_takeover";
  const [, asked] = await echoes(takeover, twice, offer);
  assert.is(hex(asked.payload), hex(first.payload), "D19: what the client asked for");
});

for (let bits = 8; bits <= 15; bits++) {
  test(`D03 D23 D29 a client with ${bits} bits reads 1 MiB, and what follows`, async () => {
    const chance = new Chance(bits);
    const messages = [jsonBytes(chance, MIB), jsonBytes(chance, 500), jsonBytes(chance, 70_000)];
    const offer = `permessage-deflate; server_max_window_bits=${bits}`;
    for (const contextTakeover of [false, true]) {
      const compression = { threshold: 0, contextTakeover, windowBits: 15 };
      const found = await echoes(compression, messages, offer);
      const events = messages.map((message) => `* ${describe(2, message)}`);
      assert.equal(found.map(({ event }) => event), events);
    }
  });
}

test("D24 where a client says nothing of a window the server refers back 32 KiB", async () => {
  const compression = { threshold: 0, windowBits: 15 };
  const [{ payload, event }] = await echoes(compression, [FAR_BACK], "permessage-deflate");
  assert.ok(payload.length < FAR_BACK.length - 900, `${payload.length} bytes`);
  assert.is(event, `* ${describe(2, FAR_BACK)}`);
  const offer = "permessage-deflate; server_max_window_bits=14";
  const [limited] = await echoes(compression, [FAR_BACK], offer);
  assert.is(limited.event, describe(2, FAR_BACK), "there is nothing to refer to within 16 KiB");
});

test("A55 messages below 1 KiB are sent as they are, where nothing else is said", async () => {
  const sizes = [0, 1, 100, 1023, 1024, 5000];
  const messages = sizes.map((size) => new Uint8Array(size));
  for (const contextTakeover of [false, true]) {
    const found = await echoes({ contextTakeover }, messages);
    const marks = found.map(({ event }) => event.startsWith("*"));
    assert.equal(marks, [false, false, false, false, true, true]);
  }
});

test("D37 an empty message goes out as it is, in every mode", async () => {
  for (const contextTakeover of [false, true]) {
    const [{ payload, event }] = await echoes({ threshold: 0, contextTakeover }, [bytes("")]);
    assert.equal([payload.length, event], [0, "binary "]);
  }
});

test.run();
