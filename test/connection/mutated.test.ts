// Whatever a peer sends, the connection ends in order, and as it would have if TCP had cut the
// bytes elsewhere: same messages, same Close. A failure names its seed.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Message } from "../../src/message/message.ts";
import { misbehavingPeer, mutate, randomChunks } from "../../src/testing/mod.ts";
import type { MisbehavingPeerOptions } from "../../src/testing/mod.ts";
import { flushed } from "../message/compressed.ts";
import { concat, utf8 } from "../support/bytes.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { withTimeout } from "../support/with_timeout.ts";
import { lineOf } from "./support.ts";

const test = suite("connection/mutated");

const SEEDS = 400;

/** Everything that a client may send. */
const STREAM = concat(
  frame("81", "Hello", "37fa213d"),
  frame("01", "Grü", "01020304"),
  frame("89", "ping", "0a0b0c0d"),
  frame("80", "ße 🙂", "f0f0f0f0"),
  frame("82", new Uint8Array(300).fill(7), "37fa213d"),
  frame("8a", "", "12345678"),
  frame("02", "", "12345678"),
  frame("80", "end", "12345678"),
  closeFrame(1000, "done"),
);

const COMPRESSED = concat(
  frame("c1", flushed(utf8("Hello ".repeat(30))), "37fa213d"),
  frame("81", "plain", "37fa213d"),
  frame("42", flushed(new Uint8Array(500)), "01020304"),
  frame("80", "", "01020304"),
  closeFrame(4000),
);

/** What a handler hears and what the peer is told, in one line. */
async function course(options: MisbehavingPeerOptions): Promise<string> {
  const peer = misbehavingPeer({ halfCloses: true, ...options });
  const heard: Message[] = [];
  const reading = (async () => {
    for await (const message of peer.connection) heard.push(message);
  })().catch(() => {});
  const { code, sent } = await withTimeout(peer.connection.closed, "the end");
  await reading;
  return [...heard.map(lineOf), `${code}, sent ${sent?.code} ${sent?.reason}`].join(" | ");
}

const STREAMS: readonly (readonly [string, Uint8Array, MisbehavingPeerOptions])[] = [
  ["a mutated stream", STREAM, {}],
  ["a mutated stream of compressed messages", COMPRESSED, { compression: true }],
];

for (const [what, stream, options] of STREAMS) {
  test(`Connection takes ${what} the same wherever TCP cuts it`, async () => {
    const courses = new Set<string>();
    for (let seed = 0; seed < SEEDS; seed++) {
      const bytes = mutate(stream, { seed });
      const whole = await course({ bytes, ...options });
      const chunking = randomChunks({ seed, sizeMax: 40 });
      const cut = await course({ bytes, ...options, chunking });
      assert.is(cut, whole, `seed ${seed}`);
      courses.add(whole);
    }
    assert.ok(courses.size > SEEDS / 8, `${courses.size} courses are enough to tell`);
  });
}

test.run();
