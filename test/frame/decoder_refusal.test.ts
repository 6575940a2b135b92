// What the decoder refuses: at which byte it knows, and which byte it names. §5.1, §5.2, §5.5.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FrameDecoder } from "../../src/frame/decoder.ts";
import { ProtocolError } from "../../src/frame/error.ts";
import type { Role } from "../../src/frame/rules.ts";
import { bytes, concat } from "../support/bytes.ts";
import { frame } from "../support/frame.ts";
import { FrameLog, thrown, violation } from "./support.ts";

const test = suite("frame/decoder (refusals)");

/** `known` is how many bytes must have come: the last of them is where the rule is broken. */
type Refused = readonly [
  what: string,
  role: Role,
  wire: string,
  known: number,
  rule: string,
  offset: number,
];

const REFUSED: readonly Refused[] = [
  ["an unmasked text", "server", "81 05 48656c6c6f", 2, "1002 RFC 6455 §5.1", 1],
  ["an unmasked empty text", "server", "81 00", 2, "1002 RFC 6455 §5.1", 1],
  ["an unmasked binary", "server", "82 7f", 2, "1002 RFC 6455 §5.1", 1],
  ["an unmasked continuation", "server", "80 00", 2, "1002 RFC 6455 §5.1", 1],
  ["an unmasked ping", "server", "89 00", 2, "1002 RFC 6455 §5.1", 1],
  ["an unmasked pong", "server", "8a 00", 2, "1002 RFC 6455 §5.1", 1],
  ["an unmasked Close", "server", "88 00", 2, "1002 RFC 6455 §5.1", 1],
  ["a masked text", "client", "81 85 37fa213d 7f9f4d5158", 2, "1002 RFC 6455 §5.1", 1],
  ["a masked ping", "client", "89 80 37fa213d", 2, "1002 RFC 6455 §5.1", 1],
  ["RSV1", "server", "c1 85 00000000", 1, "1002 RFC 6455 §5.2", 0],
  ["RSV2", "server", "a1 85 00000000", 1, "1002 RFC 6455 §5.2", 0],
  ["RSV3", "server", "91 85 00000000", 1, "1002 RFC 6455 §5.2", 0],
  ["RSV1 on a continuation", "server", "40 80 00000000", 1, "1002 RFC 6455 §5.2", 0],
  ["RSV1 on a Close", "client", "c8 00", 1, "1002 RFC 6455 §5.2", 0],
  ["RSV1 on a ping", "server", "c9 80 00000000", 1, "1002 RFC 6455 §5.2", 0],
  ["opcode 3", "server", "83 80 00000000", 1, "1002 RFC 6455 §5.2", 0],
  ["opcode 3, huge", "server", "83 ff 00ffffffffffffff", 1, "1002 RFC 6455 §5.2", 0],
  ["opcode 7 as a fragment", "server", "07 80", 1, "1002 RFC 6455 §5.2", 0],
  ["opcode B", "server", "8b 80 00000000", 1, "1002 RFC 6455 §5.2", 0],
  ["opcode F", "client", "8f 00", 1, "1002 RFC 6455 §5.2", 0],
  ["a ping without FIN", "server", "09 80 00000000", 1, "1002 RFC 6455 §5.5", 0],
  ["a pong without FIN", "server", "0a 80 00000000", 1, "1002 RFC 6455 §5.5", 0],
  ["a Close without FIN", "client", "08 00", 1, "1002 RFC 6455 §5.5", 0],
  ["a ping of 126 bytes", "server", "89 fe 007e 00000000", 2, "1002 RFC 6455 §5.5", 1],
  ["a pong of 65,536", "server", "8a ff 0000000000010000", 2, "1002 RFC 6455 §5.5", 1],
  ["a Close of 126 bytes", "client", "88 7e 007e", 2, "1002 RFC 6455 §5.5", 1],
  ["125 bytes in 16 bits", "server", "82 fe 007d 00000000", 4, "1002 RFC 6455 §5.2", 2],
  ["65,535 in 64 bits", "client", "82 7f 000000000000ffff", 10, "1002 RFC 6455 §5.2", 2],
  ["the top bit", "server", "82 ff 8000000000000000", 10, "1002 RFC 6455 §5.2", 2],
  ["2^53 bytes", "server", "82 ff 0020000000000000", 10, "1009 RFC 6455 §10.4", 2],
];

/** Good frames to stand in front; the last one has every form of length before it. */
function before(role: Role): Uint8Array {
  return role === "server"
    ? concat(frame("81", "a"), frame("89"), frame("82", new Uint8Array(126)))
    : concat(bytes("81 01 61 89 00 82 7e 007e"), new Uint8Array(126));
}

for (const [what, role, wire, known, rule, offset] of REFUSED) {
  test(`FrameDecoder, a ${role}, refuses ${what} on byte ${known}: ${wire}`, () => {
    const input = bytes(wire);
    const decoder = new FrameDecoder(new FrameLog(), { role });
    for (let at = 0; at < known - 1; at++) decoder.push(input.slice(at, at + 1));
    const last = input.slice(known - 1, known);
    assert.is(violation(() => decoder.push(last)), `${rule} at ${offset}`);
  });

  test(`FrameDecoder, a ${role}, names the byte of ${what} wherever TCP cuts`, () => {
    const good = before(role);
    const stream = concat(good, bytes(wire));
    for (let cut = 0; cut <= stream.length; cut += cut < good.length - 20 ? 9 : 1) {
      const log = new FrameLog();
      const decoder = new FrameDecoder(log, { role });
      const found = violation(() => {
        decoder.push(stream.slice(0, cut));
        decoder.push(stream.slice(cut));
      });
      assert.is(found, `${rule} at ${good.length + offset}`, `cut at ${cut}`);
      assert.is(log.entries.length, 6, `cut at ${cut}: the good frames are read, the bad one not`);
    }
  });
}

test("FrameDecoder refuses RSV bits beside those that an extension uses", () => {
  const decoder = new FrameDecoder(new FrameLog(), { rsvAllowed: 4 });
  assert.is(violation(() => decoder.push(bytes("e1"))), "1002 RFC 6455 §5.2 at 0");
});

test("FrameDecoder is a server unless it is told otherwise", () => {
  const decoder = new FrameDecoder(new FrameLog());
  assert.is(violation(() => decoder.push(bytes("81 00"))), "1002 RFC 6455 §5.1 at 1");
});

test("FrameDecoder that has failed throws the same again, and reads nothing (B50)", () => {
  const log = new FrameLog();
  const decoder = new FrameDecoder(log);
  const error = thrown(() => decoder.push(concat(bytes("83"), frame("81", "x"))));
  assert.equal(log.entries, []);
  for (const chunk of [frame("81", "x"), frame("88"), new Uint8Array(0), bytes("83")]) {
    const again = thrown(() => decoder.push(chunk));
    assert.is(again, error);
    assert.is((again as ProtocolError).offset, 0);
  }
  assert.equal(log.entries, []);
});

/** A sink that reads three frames and throws `error` at the fourth. */
class Thrower extends FrameLog {
  readonly #where: "start" | "payload" | "end";
  readonly #error: Error;
  #frames = 0;

  constructor(where: "start" | "payload" | "end", error: Error) {
    super();
    this.#where = where;
    this.#error = error;
  }

  override frameStart(header: Parameters<FrameLog["frameStart"]>[0]): void {
    this.#frames++;
    if (this.#where === "start" && this.#frames === 4) throw this.#error;
    super.frameStart(header);
  }

  override framePayload(content: Uint8Array, start: number, end: number): void {
    if (this.#where === "payload" && this.#frames === 4) throw this.#error;
    super.framePayload(content, start, end);
  }

  override frameEnd(): void {
    if (this.#where === "end" && this.#frames === 4) throw this.#error;
    super.frameEnd();
  }
}

for (const where of ["start", "payload", "end"] as const) {
  test(`FrameDecoder gives a sink's error at ${where} the offset of the frame`, () => {
    const good = before("server");
    const stream = concat(good, frame("82", "abcdef"), frame("82", "x"));
    for (let cut = 0; cut <= good.length + 6; cut++) {
      const error = new ProtocolError("CONTINUATION_EXPECTED", "Cannot accept it (§5.4)");
      const sink = new Thrower(where, error);
      const decoder = new FrameDecoder(sink);
      const found = thrown(() => {
        decoder.push(stream.slice(0, cut));
        decoder.push(stream.slice(cut));
      });
      assert.is(found, error);
      assert.is(error.offset, good.length, `cut at ${cut}`);
      assert.is(thrown(() => decoder.push(frame("81"))), error);
      assert.is(error.offset, good.length, "and does not count it twice");
    }
  });
}

test("FrameDecoder turns an index into the chunk into an offset in the stream", () => {
  const good = before("server");
  for (const cut of [0, 1, ...[-1, 0, 3, 6].map((distance) => good.length + distance)]) {
    const stream = concat(good, frame("82", "abcdef"));
    // The payload begins 6 bytes behind the good frames; the sink names its first byte.
    const index = good.length + 6 - cut;
    const error = new ProtocolError("TEXT_INVALID", "Cannot accept it (§8.1)", index);
    const decoder = new FrameDecoder(new Thrower("payload", error));
    thrown(() => {
      decoder.push(stream.slice(0, cut));
      decoder.push(stream.slice(cut));
    });
    assert.is(error.offset, good.length + 6, `cut at ${cut}`);
  }
});

test("FrameDecoder passes on whatever else a sink throws, and is finished too", () => {
  const error = new RangeError("full");
  const decoder = new FrameDecoder(new Thrower("end", error));
  assert.is(thrown(() => decoder.push(concat(before("server"), frame("82", "x")))), error);
  assert.is(thrown(() => decoder.push(frame("82", "x"))), error);
});

test.run();
