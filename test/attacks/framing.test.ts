// Attacks on frames and messages, A29 to A46. Each sends its bytes to the same server, is answered
// with a close code, and leaves nothing behind.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { bytes, concat, utf8 } from "../support/bytes.ts";
import { closeFrame, frame, frameHeader } from "../support/frame.ts";
import { describe } from "../support/raw_client.ts";
import type { Wire } from "../support/raw_client.ts";
import { allFail, each, frames, framesTo, repeated, sentOrStuck, testAttacks } from "./attack.ts";
import type { Act, Attack } from "./attack.ts";
import { announced, endlessFragments, heldOnce, KIB, MIB } from "./floods.ts";
import { unreadPongs, unsolicitedPongs } from "./floods.ts";

const test = suite("attacks/framing");

const OPCODES = ["0", "1", "2", "8", "9", "a"];

/** Lengths around those where a number loses its last bits or its sign. */
const HUGE: readonly (readonly [length: string, code: number])[] = [
  ["000000007fffffff", 1009],
  ["0000000080000000", 1009],
  ["0000000100000000", 1009],
  ["001fffffffffffff", 1009],
  ["0020000000000000", 1009],
  ["0020000000000001", 1009],
  ["7fffffffffffffff", 1009],
  ["8000000000000000", 1002],
  ["ffffffffffffffff", 1002],
];

const hugeLengths: Act = each(
  HUGE.flatMap(([length, code]) => [
    frames([`82 ff ${length} 00000000`], `close ${code}`),
    frames([frame("02", "x"), `80 ff ${length} 00000000`], `close ${code}`),
  ]),
);

const PINGS = 100_000;

/** All pings are answered, and whoever else is there is, too. */
const pingFlood: Act = async (server) => {
  const client = await server.open();
  const other = await server.open();
  let answers = 0;
  client.socket.on("data", (chunk: Buffer) => (answers += chunk.length));
  client.send(repeated(frame("89"), PINGS));
  other.send(frame("81", "in between"));
  assert.is(await other.readEvent(), "text in between");
  client.send(frame("89", "last"));
  const end = repeated(bytes("8a00"), PINGS).length + bytes("8a04 6c617374").length;
  await sentOrStuck(server, client);
  for (let tries = 0; answers < end && tries < 100; tries++) await sentOrStuck(server, client);
  assert.is(answers, end);
};

const CLOSES: readonly (readonly Wire[])[] = [
  ["88 81 00000000 03"],
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000].map((code) => [closeFrame(code)]),
  [frameHeader("88", 126), new Uint8Array(126)],
  ["08 80 00000000"],
  ["c8 80 00000000"],
];

/** Goes on behind the closing handshake until it is cut off. */
const floodBehindClose: Act = async (server) => {
  const client = await server.open();
  client.send(closeFrame(1000));
  assert.equal(await client.transcript(), ["close 1000", "FIN"]);
  const closed = new Promise<void>((resolve) => client.socket.once("close", () => resolve()));
  const chunk = frame("82", new Uint8Array(256 * KIB));
  const pump = (): void => {
    while (!client.socket.destroyed && client.socket.write(chunk));
  };
  client.socket.on("drain", pump);
  pump();
  await closed;
  const seen = await server.seen();
  assert.equal(seen, ["GET http://h/echo", "closed 1000 remote"]);
};

/** Bytes of UTF-8 that are no characters, with the first that is none. */
const NO_UTF8: readonly (readonly [text: string, bad: number])[] = [
  ["80", 0],
  ["c0af", 0],
  ["e080af", 1],
  ["eda080", 1],
  ["f08080af", 1],
  ["f4908080", 1],
  ["ff", 0],
  ["ce2f", 1],
];

/** A text with one bad byte, cut at every place. The Close comes at that byte, not at the end. */
const badUtf8: Act = async (server) => {
  for (const [bad, at] of NO_UTF8) {
    const text = concat(utf8("κόσ"), bytes(bad).subarray(0, at + 1));
    for (let cut = 0; cut <= text.length; cut++) {
      const client = await server.open();
      client.send(frame("01", text.subarray(0, cut)), frameHeader("00", 1000), text.subarray(cut));
      assert.equal(await client.transcript(), ["close 1007", "FIN"], `${bad}, cut at ${cut}`);
    }
  }
};

/** Eight times the bytes in chunks of 64 take eight times the work, and not 64 times. */
const chunksAreLinear: Act = async (server) => {
  const work = async (size: number): Promise<number> => {
    const { processor } = await server.census();
    const client = await server.open();
    const payload = new Uint8Array(size);
    await client.sendChopped(frame("82", payload), 64);
    assert.is(await client.readEvent(), describe(2, payload));
    return (await server.census()).processor - processor;
  };
  await work(64 * KIB);
  const [small, large] = [await work(128 * KIB), await work(MIB)];
  assert.ok(large <= 30 * Math.max(small, 10_000), `${small} µs, then ${large} µs`);
};

const ATTACKS: readonly Attack[] = [
  [
    "A29 a frame of every opcode that is not masked",
    allFail(OPCODES.map((o) => [`8${o} 00`]), 1002),
  ],
  [
    "A30 a reserved opcode with a huge length",
    allFail([["83 ff 00ffffffffffffff 00000000"]], 1002),
  ],
  [
    "A30 reserved opcodes fail on their first byte",
    allFail([["83"], ["87"], ["8b"], ["0f"]], 1002),
  ],
  ["A31 lengths where numbers lose bits, also behind a fragment", hugeLengths],
  ["A32 100 clients announce 1 MiB each and send a byte", announced],
  [
    "A33 16 KiB in segments of a byte",
    heldOnce(frame("02", new Uint8Array(16 * KIB)), 16 * KIB, 1),
  ],
  [
    "A34 500,000 fragments of a byte",
    heldOnce(concat(frame("01", "a"), repeated(frame("00", "a"), 500_000)), MIB, 64 * KIB),
  ],
  [
    "A35 100,000 empty fragments",
    frames([frame("01"), repeated(frame("00"), 100_000)], "close 1009"),
  ],
  ["A36 fragments without end", endlessFragments],
  [
    "A37 lengths that take more bytes than they need",
    allFail([["82 fe 007d"], ["82 ff 000000000000ffff"]], 1002),
  ],
  ["A38 100,000 pings, whose pongs are read", pingFlood],
  ["A39 200,000 pings, whose pongs are not read", unreadPongs],
  ["A40 500,000 pongs that nobody asked for", unsolicitedPongs],
  ["A41 Close frames that may not be", allFail(CLOSES, 1002)],
  [
    "A41 a Close whose reason is cut within a character",
    allFail([["88 83 00000000 03e8 ce"]], 1007),
  ],
  ["A42 data without end behind the closing handshake", floodBehindClose],
  [
    "A43 a client that never answers our Close",
    async (server) => {
      const client = await server.open("/leave");
      assert.equal(await client.transcript(), ["close 1001", "FIN"]);
      const seen: string[] = [];
      while (!seen.includes("closed 1006 local")) seen.push(...(await server.seen()));
    },
  ],
  ["A44 bytes that are no UTF-8, at every split", badUtf8],
  ["A45 1 MiB in segments of 64 bytes takes linear time", chunksAreLinear],
  [
    "A46 a byte order mark is kept, and a lone surrogate of ours is U+FFFD",
    each([
      frames([frame("81", "\ufeffA"), "83"], "text \ufeffA", "close 1002"),
      framesTo("/surrogate", [closeFrame(1000)], "text \ufffd", "close 1000"),
    ]),
  ],
];

testAttacks(test, ATTACKS, { upgrade: { limits: { closeTimeoutMs: 200 } } });

test.run();
