// Every ProtocolError that the floors can throw. Its message travels to the peer as the reason of
// the Close frame, so it must be short, cite a section, and repeat nothing of what came: §5.5.1.

import { readdirSync, readFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { encodeClosePayload, FrameDecoder, ProtocolError } from "../../src/frame/mod.ts";
import type { Role } from "../../src/frame/mod.ts";
import { MessageAssembler } from "../../src/message/assembler.ts";
import { Inflater } from "../../src/message/inflate.ts";
import { bytes, concat, utf8 } from "../support/bytes.ts";
import { frame, frameHeader } from "../support/frame.ts";
import { thrownAs } from "./support.ts";

const test = suite("frame/error");

const SECRET = "SECRET";
const LIMIT = 1000;
const LONG = new Uint8Array(2000);
const LONGEST = Number.MAX_SAFE_INTEGER;

/** A stream that breaks a rule, with a payload that nobody may repeat. */
type Bad = readonly [
  what: string,
  wire: Uint8Array,
  closeCode: number,
  section: string,
  role?: Role,
  limit?: number,
];

const BAD: readonly Bad[] = [
  ["an unmasked frame", concat(bytes("8106"), utf8(SECRET)), 1002, "§5.1"],
  ["a masked frame", frame("81", SECRET), 1002, "§5.1", "client"],
  ...[0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7].map(
    (rsv): Bad => [`RSV ${rsv}`, frame((0x81 | (rsv << 4)).toString(16), SECRET), 1002, "§5.2"],
  ),
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map(
    (op): Bad => [`opcode ${op}`, frame((0x80 | op).toString(16), SECRET), 1002, "§5.2"],
  ),
  ["a fragmented ping", frame("09", SECRET), 1002, "§5.5"],
  ["a long ping", frame("89", SECRET.repeat(21)), 1002, "§5.5"],
  ["125 bytes in 16 bits", bytes("82fe007d"), 1002, "§5.2"],
  ["65,535 bytes in 64 bits", bytes("82ff000000000000ffff"), 1002, "§5.2"],
  ["the top bit of the length", bytes("82ff8000000000000000"), 1002, "§5.2"],
  ["a length of 2^53", bytes("82ff0020000000000000"), 1009, "§10.4"],
  ["a continuation of nothing", frame("80", SECRET), 1002, "§5.4"],
  ["a message inside a message", concat(frame("01", SECRET), frame("81", SECRET)), 1002, "§5.4"],
  ["a large message", frame("82", SECRET.repeat(200)), 1009, "§10.4"],
  ["the largest message", frameHeader("82", LONGEST), 1009, "§10.4"],
  [
    "more than the largest message, and the largest limit",
    concat(frame("02", SECRET), frameHeader("80", LONGEST)),
    1009,
    "§10.4",
    "server",
    LONGEST - 1,
  ],
  ["text that is no UTF-8", frame("81", concat(utf8(SECRET), bytes("ff"))), 1007, "§8.1"],
  ["text cut in a character", frame("81", concat(utf8(SECRET), bytes("f09f"))), 1007, "§8.1"],
  ["a Close of 1 byte", frame("88", "S"), 1002, "§5.5.1"],
  ["a Close with code 0", frame("88", bytes("0000")), 1002, "§7.4"],
  ["a Close with code 65535", frame("88", concat(bytes("ffff"), utf8(SECRET))), 1002, "§7.4"],
  ["a Close that is no UTF-8", frame("88", concat(bytes("03e8ff"), utf8(SECRET))), 1007, "§5.5.1"],
  ["a Close cut in a character", frame("88", bytes("03e8 53 f09f")), 1007, "§5.5.1"],
];

/** The sizes beyond a limit that are known. */
const FOUND: ReadonlyMap<string, number> = new Map([
  ["a large message", 200 * SECRET.length],
  ["the largest message", LONGEST],
  ["more than the largest message, and the largest limit", SECRET.length + LONGEST],
]);

/** A compressed message that breaks a rule. It is no stream, so its error has no offset. */
type BadCompressed = readonly [what: string, payload: Uint8Array, closeCode: number, string];

const BAD_COMPRESSED: readonly BadCompressed[] = [
  ["a message that is no DEFLATE", bytes("ffffffff"), 1007, "RFC 7692 §7.2.2"],
  ["a message that is cut in a block", bytes("00ff0000ff53"), 1007, "RFC 7692 §7.2.2"],
  ["a message of 1,032 last blocks", bytes("0300".repeat(1032)), 1009, "RFC 6455 §10.4"],
  ["a message that inflates to 2,000 bytes", deflateRawSync(LONG), 1009, "RFC 6455 §10.4"],
];

function refuseCompressed(payload: Uint8Array): ProtocolError {
  const inflater = new Inflater({ windowBits: 15, contextTakeover: false });
  return thrownAs(ProtocolError, () => inflater.inflate(payload, LIMIT));
}

for (const [what, payload, closeCode, section] of BAD_COMPRESSED) {
  test(`ProtocolError for ${what} can be the reason of a Close, and says ${section}`, () => {
    const error = refuseCompressed(payload);
    assert.equal([error.closeCode, error.section], [closeCode, section]);
    checkMessage(error);
  });
}

function checkMessage({ message, closeCode }: ProtocolError): void {
  assert.match(message, /^Cannot accept [a-zA-Z ]+: .+[^.] \((?:RFC \d+ )?§[\d.]+\)$/);
  const size = utf8(message).length;
  assert.ok(size <= 123, message);
  assert.is(encodeClosePayload(closeCode, message).length, 2 + size);
  assert.not.match(message, /SECRET|�|[\0-\x1f]/);
}

function refuse(
  wire: Uint8Array,
  role: Role = "server",
  limit: number = LIMIT,
  rsvAllowed: number = 0,
): ProtocolError {
  const sink = { message() {}, ping() {}, pong() {}, closeReceived() {} };
  const decoder = new FrameDecoder(new MessageAssembler(sink, limit), { role, rsvAllowed });
  return thrownAs(ProtocolError, () => decoder.push(wire.slice()));
}

/** A frame with RSV1 where compression was agreed on, but not for such a frame. */
const BAD_RSV1: readonly (readonly [what: string, wire: Uint8Array, offset: number])[] = [
  ["a ping", frame("c9", SECRET), 0],
  ["a Close", frame("c8"), 0],
  ["a continuation", concat(frame("41", "a"), frame("c0", SECRET)), 7],
];

for (const [what, wire, offset] of BAD_RSV1) {
  test(`ProtocolError for ${what} with RSV1 can be the reason of a Close`, () => {
    const error = refuse(wire, "server", LIMIT, 0b100);
    assert.equal([error.closeCode, error.section], [1002, "RFC 7692 §6.1"]);
    assert.is(error.offset, offset);
    checkMessage(error);
  });
}

for (const [what, wire, closeCode, section, role, limit] of BAD) {
  test(`ProtocolError for ${what} can be the reason of a Close, and says ${section}`, () => {
    const error = refuse(wire, role, limit);
    assert.is(error.closeCode, closeCode);
    assert.is(error.section, `RFC 6455 ${section}`);
    assert.ok(error.offset >= 0, "it has an offset");
    assert.is(error.found, FOUND.get(what) ?? -1);
    checkMessage(error);
  });
}

/** The literals of the sources that end in a section: what is filled in stands as `${...}`. */
function literals(): string[] {
  const found: string[] = [];
  for (const folder of ["frame", "message"]) {
    const directory = new URL(`../../src/${folder}/`, import.meta.url);
    for (const name of readdirSync(directory)) {
      if (!/^\w+\.(?:js|ts)$/.test(name)) continue;
      const source = readFileSync(new URL(name, directory), "utf8");
      const code = source.replace(/^\s*(?:\/\/|\*).*$/gm, "");
      const matches = code.matchAll(/["`]([^"`\n]*\((?:RFC \d+ )?§[\d.]+\))["`]/g);
      for (const [, literal] of matches) found.push(literal);
    }
  }
  // "Cannot close" and "Cannot write" are for the caller, "Cannot read" for the handshake.
  return found.filter((literal) => !/^Cannot (?:close|read|write)\b/.test(literal));
}

test("ProtocolError: the list above has every message that the sources can make", () => {
  const messages = BAD.map(([, wire, , , role, limit]) => refuse(wire, role, limit).message)
    .concat(BAD_COMPRESSED.map(([, payload]) => refuseCompressed(payload).message))
    .concat(BAD_RSV1.map(([, wire]) => refuse(wire, "server", LIMIT, 0b100).message));
  const all = literals();
  assert.ok(all.length >= 16, `found ${all.length} literals`);
  for (const literal of all) {
    const parts = literal.split(/\$\{.*?\}/);
    const escaped = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const shape = new RegExp(`(?:^|: )${escaped.join(".*")}$`);
    assert.ok(messages.some((message) => shape.test(message)), `nothing above says "${literal}"`);
  }
});

for (const [message, section] of [
  ["Cannot accept frame: FIN is not set (§5.5)", "RFC 6455 §5.5"],
  ["Cannot accept frame: found (§5.4), must be (§5.5.1)", "RFC 6455 §5.5.1"],
  ["Cannot inflate message: it has no end (RFC 7692 §7.2.2)", "RFC 7692 §7.2.2"],
  ["Cannot accept frame: (§5.5) is not at the end", ""],
  ["Cannot accept frame", ""],
] as const) {
  test(`ProtocolError.section is "${section}" for "${message}"`, () => {
    assert.is(new ProtocolError("MASK_MISSING", message).section, section);
  });
}

test("ProtocolError is an Error with a close code, and no offset unless it is given", () => {
  const error = new ProtocolError("MASK_MISSING", "Cannot accept it (§5.2)");
  assert.ok(error instanceof Error);
  assert.is(String(error), "ProtocolError: Cannot accept it (§5.2)");
  assert.equal([error.closeCode, error.offset], [1002, -1]);
  const other = new ProtocolError("TEXT_INVALID", "Cannot accept it (§8.1)", 3);
  assert.equal([other.closeCode, other.offset], [1007, 3]);
});

test.run();
