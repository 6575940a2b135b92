// What the strict reader of the runner says of a server's frames: the clause that each breaks.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { bytes } from "../../src/conformance/bytes.ts";
import { deflated, readAgreement } from "../../src/conformance/compressed.ts";
import { ServerFrames } from "../../src/conformance/server_frames.ts";
import { concat, hex, utf8 } from "../support/bytes.ts";

const test = suite("conformance_runner/server_frames");

interface Read {
  readonly events: readonly string[];
  readonly findings: readonly string[];
}

function read(wire: Uint8Array, extensions = "", size = wire.length): Read {
  const findings: string[] = [];
  const frames = new ServerFrames((clause, verdict) => findings.push(`${clause} ${verdict}`));
  const agreement = readAgreement([extensions]);
  if (agreement !== null) frames.agreeOn(agreement);
  const events: string[] = [];
  for (let at = 0; at < wire.length; at += size) {
    for (const { text } of frames.push(wire.subarray(at, at + size))) events.push(text);
  }
  return { events, findings: [...new Set(findings)] };
}

const GOOD: readonly (readonly [what: string, wire: string, ...events: string[]])[] = [
  ["the Hello of §5.7", "8105 48656c6c6f", "text Hello"],
  ["fragments, and a ping between them", "0103 48656c 8901 78 8002 6c6f", "ping 78", "text Hello"],
  ["a length in 16 bits", `817e007e${"61".repeat(126)}`, `text ${"a".repeat(126)}`],
  ["empty frames", "8100 8200 8a00", "text ", "binary ", "pong "],
  ["a Close with a reason", "8805 03e8 627965", "close 1000"],
  ["a Close without a code", "8800", "close"],
  ["a pong behind a Close", "8800 8a00", "close", "pong "],
  ["a byte order mark", "8103 efbbbf", "text \uFEFF"],
];

for (const [what, wire, ...events] of GOOD) {
  test(`ServerFrames reads ${what}, at once and byte by byte`, () => {
    const due = { events, findings: [] };
    assert.equal(read(bytes(wire)), due);
    assert.equal(read(bytes(wire), "", 1), due);
  });
}

const BAD: readonly (readonly [what: string, wire: string, ...findings: string[]])[] = [
  ["B02 a masked frame", "8181 00000000 61", "B02 fail"],
  ["B03 a reserved bit", "a100", "B03 fail"],
  ["B03 RSV1 that nobody has agreed on", "c100", "B03 fail"],
  ["B05 a reserved opcode", "8300", "B05 fail"],
  ["B05 a reserved opcode of control frames", "8b00", "B05 fail"],
  ["B08 a length in 16 bits", "817e0001 61", "B08 fail"],
  ["B08 a length in 64 bits", "817f0000000000000001 61", "B08 fail"],
  ["B14 a fragmented ping", "0900", "B14 fail"],
  ["B16 a text within a text", "0100 8100", "B16 fail"],
  ["B17 a continuation of nothing", "8000", "B17 fail"],
  ["B21 a long ping", `897e007e${"00".repeat(126)}`, "B21 fail"],
  ["B22 a Close of one byte", "8801 03", "B22 fail"],
  ["B23 a reason that is no UTF-8", "8803 03e8 ff", "B23 fail"],
  ["B24 text behind the Close", "8800 8100", "B24 fail"],
  ["B24 a continuation behind the Close", "8800 8000", "B24 fail", "B17 fail"],
  ["B24 a ping behind the Close", "8800 8900", "B24 warning"],
  ["B29 a second Close", "8800 8800", "B29 fail"],
  ["B36 text that is no UTF-8", "8101 ff", "B36 fail"],
  ["B51 close code 1005", "8802 03ed", "B51 fail"],
  ["B51 close code 1006", "8802 03ee", "B51 fail"],
  ["B51 close code 1015", "8802 03f7", "B51 fail"],
  ["B52 close code 999", "8802 03e7", "B52 fail"],
  ["B52 close code 2999", "8802 0bb7", "B52 warning"],
  ["B54 close code 5000", "8802 1388", "B54 warning"],
];

for (const [what, wire, ...findings] of BAD) {
  test(`ServerFrames reports ${what}`, () => {
    assert.equal(read(bytes(wire)).findings, findings);
  });
}

test("D06 D30 ServerFrames inflates, each message for itself where that was agreed on", () => {
  const hello = "c107 f248cdc9c90700";
  const again = "c105 f200110000"; // refers to the one before it
  const due = { events: ["text Hello", "text Hello"], findings: [] };
  assert.equal(read(bytes(hello + again), "permessage-deflate"), due);
  const alone = "permessage-deflate; server_no_context_takeover";
  assert.equal(read(bytes(hello + again), alone).findings, ["D30 fail"]);
  assert.equal(read(bytes(`${hello} c900`), alone).findings, ["D07 fail"]);
  assert.equal(read(bytes("c104 ffffffff"), alone).findings, ["D27 fail"]);
  const last = "f348cdc9c90700"; // BFINAL: one octet 00 has to come behind it, RFC 7692 §7.2.3.4
  const cut = { events: ["text Hello"], findings: ["D27 fail"] };
  assert.equal(read(bytes(`c107 ${last}`), alone), cut);
  const whole = read(bytes(`c108 ${last} 00`), alone);
  assert.equal(whole, { events: ["text Hello"], findings: [] });
  const two = read(bytes(`c10e ${last} f248cdc9c90700`), alone);
  assert.equal(two, { events: ["text HelloHello"], findings: [] });
  assert.equal(read(bytes("c100"), alone).findings, ["D37 fail"]);
});

test("readAgreement() takes a window that there is not for the largest", () => {
  const text = "permessage-deflate; server_max_window_bits=16; client_max_window_bits=9";
  const agreement = readAgreement([`x, ${text}`]);
  assert.equal([agreement?.serverWindowBits, agreement?.clientWindowBits], [15, 9]);
  assert.is(agreement?.text, text);
});

test("D29 ServerFrames sees a reference beyond the window", () => {
  const block = Array.from({ length: 700 }, (_, index) => ((index * 7919) % 251).toString(36)).join(
    "",
  );
  const text = utf8(block.slice(0, 1000) + block.slice(0, 1000));
  const payload = deflated(text);
  const wire = concat(Uint8Array.of(0xc1, 126, payload.length >> 8, payload.length & 255), payload);
  assert.equal(read(wire, "permessage-deflate").findings, []);
  const small = "permessage-deflate; server_max_window_bits=9";
  assert.equal(read(wire, small).findings, ["D29 fail"], hex(payload).slice(0, 20));
});

test.run();
