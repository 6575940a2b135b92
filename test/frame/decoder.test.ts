// Bytes to frames, wherever TCP cut them, in both roles: §5.1 to §5.3, §6.2. What the decoder
// refuses, and how early, is in `decoder_refusal`.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FrameDecoder } from "../../src/frame/decoder.ts";
import type { FrameHeader, FrameSink } from "../../src/frame/mod.ts";
import type { Role } from "../../src/frame/rules.ts";
import { everySplit } from "../../src/testing/mod.ts";
import { bytes, concat, hex } from "../support/bytes.ts";
import { frame, frameHeader } from "../support/frame.ts";
import { Chance, FrameLog, isCollected } from "./support.ts";

const test = suite("frame/decoder");

/** What a fresh decoder logs of these chunks, each one copied, since push() unmasks in place. */
function read(chunks: readonly Uint8Array[], role: Role, rsvAllowed = 0): string[] {
  const log = new FrameLog();
  const decoder = new FrameDecoder(log, { role, rsvAllowed });
  for (const chunk of chunks) decoder.push(chunk.slice());
  return log.entries;
}

const EXAMPLES: readonly (readonly [what: string, role: Role, wire: string, log: string[]])[] = [
  [
    "a text of §5.7",
    "client",
    "81 05 48656c6c6f",
    ["fin opcode 1 length 5", "end 48656c6c6f"],
  ],
  [
    "a masked text of §5.7",
    "server",
    "81 85 37fa213d 7f9f4d5158",
    ["fin masked opcode 1 length 5", "end 48656c6c6f"],
  ],
  [
    "the fragments of §5.7",
    "client",
    "01 03 48656c 80 02 6c6f",
    ["more opcode 1 length 3", "end 48656c", "fin opcode 0 length 2", "end 6c6f"],
  ],
  [
    "the ping of §5.7, and its pong masked",
    "client",
    "89 05 48656c6c6f",
    ["fin opcode 9 length 5", "end 48656c6c6f"],
  ],
  [
    "the masked pong of §5.7",
    "server",
    "8a 85 37fa213d 7f9f4d5158",
    ["fin masked opcode 10 length 5", "end 48656c6c6f"],
  ],
  ["an empty frame", "server", "82 80 37fa213d", ["fin masked opcode 2 length 0", "end "]],
  [
    "empty frames, one behind the other",
    "client",
    "02 00 00 00 80 00",
    [
      "more opcode 2 length 0",
      "end ",
      "more opcode 0 length 0",
      "end ",
      "fin opcode 0 length 0",
      "end ",
    ],
  ],
];

for (const [what, role, wire, log] of EXAMPLES) {
  test(`FrameDecoder, a ${role}, reads ${what} at every cut`, () => {
    const input = bytes(wire);
    assert.equal(read([input], role), log);
    for (const chunks of everySplit(input)) {
      assert.equal(read(chunks, role), log, `cut at ${chunks[0].length}`);
    }
  });
}

/** Every form of header, empty frames, control frames, each with a key of its own. */
const MASKED = concat(
  frame("01", "Hel", "37fa213d"),
  frame("89", "ping", "01020304"),
  frame("00", "", "ffffffff"),
  frame("80", "lo", "80000001"),
  frame("82", new Uint8Array(126).fill(0x5a), "00ff00ff"),
  frame("8a", "", "12345678"),
  frame("82", new Uint8Array(300).fill(0xa5), "deadbeef"),
);

const UNMASKED = concat(
  bytes("01 03 48656c 89 04 70696e67 00 00 80 02 6c6f 82 7e 007e"),
  new Uint8Array(126).fill(0x5a),
  bytes("8a 00 82 7e 012c"),
  new Uint8Array(300).fill(0xa5),
);

const STREAMS = [
  ["server", MASKED],
  ["client", UNMASKED],
] as const;

test("FrameDecoder reads the same frames in both roles", () => {
  const unmasked = read([UNMASKED], "client");
  assert.is(unmasked.length, 14);
  assert.equal(
    read([MASKED], "server").map((entry) => entry.replace(" masked", "")),
    unmasked,
  );
});

for (const [role, stream] of STREAMS) {
  test(`FrameDecoder, a ${role}, reads a stream of frames at every cut, and at every two`, () => {
    const whole = JSON.stringify(read([stream], role));
    for (let cut = 0; cut <= stream.length; cut++) {
      for (let next = cut; next <= stream.length; next += next < 60 ? 1 : 37) {
        const chunks = [stream.slice(0, cut), stream.slice(cut, next), stream.slice(next)];
        const found = JSON.stringify(read(chunks, role));
        if (found !== whole) assert.is(found, whole, `cut at ${cut} and ${next}`);
      }
    }
  });

  test(`FrameDecoder, a ${role}, reads a stream byte by byte, and in pieces by chance`, () => {
    const whole = read([stream], role);
    const singles = [...stream].map((byte) => Uint8Array.of(byte));
    assert.equal(read(singles, role), whole);
    assert.equal(read(singles.flatMap((byte) => [byte, new Uint8Array(0)]), role), whole);
    const chance = new Chance();
    for (let round = 0; round < 500; round++) {
      const chunks = chance.cut(stream, chance.pick([3, 20, 200]));
      assert.equal(read(chunks, role), whole, `seed ${chance.seed}`);
    }
  });
}

test("FrameDecoder reads a frame of 65,536 bytes at every cut of its header", () => {
  const payload = new Chance(1).bytes(65536);
  const wire = concat(frame("82", payload, "37fa213d"), frame("89"));
  for (let cut = 0; cut <= 20; cut++) {
    const [header, content, ...rest] = read([wire.slice(0, cut), wire.slice(cut)], "server");
    assert.is(header, "fin masked opcode 2 length 65536");
    assert.ok(content === `end ${hex(payload)}`, `cut at ${cut}`);
    assert.equal(rest, ["fin masked opcode 9 length 0", "end "]);
  }
});

test("FrameDecoder announces a frame when its header is there, before any payload", () => {
  const log = new FrameLog();
  const decoder = new FrameDecoder(log);
  const header = frameHeader("82", 2 ** 53 - 1, "37fa213d");
  decoder.push(header.slice(0, -1));
  assert.equal(log.entries, []);
  decoder.push(header.slice(-1));
  assert.equal(log.entries, ["fin masked opcode 2 length 9007199254740991"]);
});

test("FrameDecoder hands payload over as it comes, and none for an empty frame", () => {
  const log = new FrameLog();
  const decoder = new FrameDecoder(log);
  decoder.push(frame("82"));
  assert.is(log.pieces, 0);
  const wire = frame("82", "abcdef");
  decoder.push(wire.slice(0, 8));
  assert.is(log.pieces, 1);
  decoder.push(new Uint8Array(0));
  assert.is(log.pieces, 1);
  decoder.push(wire.slice(8));
  assert.is(log.pieces, 2);
});

test("FrameDecoder, a server, unmasks in place and leaves the headers alone", () => {
  const chunk = concat(frame("81", "Hello", "37fa213d"), frame("89", "p", "01020304"));
  new FrameDecoder(new FrameLog()).push(chunk);
  assert.is(hex(chunk), hex(bytes("81 85 37fa213d 48656c6c6f 89 81 01020304 70")));
});

test("FrameDecoder, a client, leaves all of the chunk alone", () => {
  const chunk = UNMASKED.slice();
  new FrameDecoder(new FrameLog(), { role: "client" }).push(chunk);
  assert.is(hex(chunk), hex(UNMASKED));
});

test("FrameDecoder hands over the caller's chunk, be it a Buffer or a view into more", () => {
  for (const chunk of [
    Buffer.concat([frame("82", "abc", "37fa213d")]),
    concat(bytes("ffff"), frame("82", "abc", "37fa213d")).subarray(2),
  ]) {
    let seen: unknown = null;
    const sink: FrameSink = {
      frameStart(_: FrameHeader) {},
      framePayload(content, start, end) {
        seen = content;
        assert.is(hex(content.subarray(start, end)), "616263");
      },
      frameEnd() {},
    };
    new FrameDecoder(sink).push(chunk);
    assert.is(seen, chunk);
  }
});

test("FrameDecoder keeps no reference to a chunk, wherever it ended", async () => {
  for (const size of [1, 2, 5, 6, 7, 9, 11]) {
    const decoder = new FrameDecoder({ frameStart() {}, framePayload() {}, frameEnd() {} });
    const push = (): WeakRef<object> => {
      const chunk = frame("81", "Hello").slice(0, size);
      decoder.push(chunk);
      return new WeakRef(chunk);
    };
    assert.ok(await isCollected(push()), `after ${size} bytes`);
    decoder.push(frame("81", "Hello").slice(size));
  }
});

test("FrameDecoder copies the header that it puts aside", () => {
  const wire = frame("81", "Hello", "37fa213d");
  for (let cut = 1; cut < 6; cut++) {
    const log = new FrameLog();
    const decoder = new FrameDecoder(log);
    const first = wire.slice(0, cut);
    decoder.push(first);
    first.fill(0xff); // the caller reads the next bytes into the same memory
    decoder.push(wire.slice(cut));
    assert.equal(log.entries.at(-1), "end 48656c6c6f", `cut at ${cut}`);
  }
});

test("FrameDecoder takes the RSV bits that an extension uses: RFC 7692 §6", () => {
  assert.equal(read([frame("c1", "x")], "server", 4), [
    "fin rsv 4 masked opcode 1 length 1",
    "end 78",
  ]);
});

test.run();
