// Texts that are passed on as they came: `text: "bytes"`.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FrameDecoder, ProtocolError } from "../../src/frame/mod.ts";
import { MessageAssembler } from "../../src/message/assembler.ts";
import { Deflater } from "../../src/message/deflate.ts";
import { Inflater } from "../../src/message/inflate.ts";
import type { Message } from "../../src/message/message.ts";
import { checkUtf8, TextBytes } from "../../src/message/text_bytes.ts";
import { bytes, concat, hex } from "../support/bytes.ts";
import { frame } from "../support/frame.ts";

const test = suite("message/text_bytes");

/** What a server makes of `chunks` with the option. */
function read(...chunks: readonly Uint8Array[]): Message[] {
  const messages: Message[] = [];
  const sink = {
    message: (message: Message) => void messages.push(message),
    ping() {},
    pong() {},
    closeReceived() {},
  };
  const inflater = new Inflater({ windowBits: 15, contextTakeover: false });
  const assembler = new MessageAssembler(sink, 100_000, { inflater, text: "bytes" });
  const decoder = new FrameDecoder(assembler, { rsvAllowed: 0b100 });
  for (const chunk of chunks) decoder.push(chunk.slice());
  return messages;
}

function shown(message: Message): string {
  if (typeof message === "string") return `string ${message}`;
  return `${message.constructor.name} ${hex(message)}`;
}

const LONG = "Grüße 🌊 ".repeat(2000);

for (const text of ["", "a", "Grüße 🌊", "\ufeffBOM", "x".repeat(600), LONG]) {
  const expected = `TextBytes ${hex(Buffer.from(text))}`;
  test(`MessageAssembler hands over a text of ${text.length} code units as its bytes`, () => {
    const whole = frame("81", Buffer.from(text));
    const half = Math.floor(Buffer.byteLength(text) / 2);
    const parts = [Buffer.from(text).subarray(0, half), Buffer.from(text).subarray(half)];
    const fragments = concat(frame("01", parts[0]), frame("80", parts[1]));
    const cuts = [whole.slice(0, 5), whole.slice(5)];
    for (const chunks of [[whole], cuts, [fragments]]) {
      assert.equal(read(...chunks).map(shown), [expected]);
    }
  });
}

test("MessageAssembler hands over binary as ever, and keeps the order", () => {
  const chunk = concat(frame("81", "a"), frame("82", "b"), frame("81", "c"));
  assert.equal(read(chunk).map(shown), ["TextBytes 61", "Uint8Array 62", "TextBytes 63"]);
});

test("MessageAssembler hands over a compressed text as its bytes", () => {
  const options = { windowBits: 15, contextTakeover: false, level: 6, threshold: 0 };
  const payload = new Deflater(options).deflate(Buffer.from(LONG)) as Uint8Array;
  assert.equal(read(frame("c1", payload)).map(shown), [`TextBytes ${hex(Buffer.from(LONG))}`]);
});

test("MessageAssembler still validates: §8.1", () => {
  assert.throws(
    () => read(frame("81", bytes("61ff"))),
    (error: Error) => error instanceof ProtocolError && error.closeCode === 1007,
  );
});

test("TextBytes are memory of their own", () => {
  const chunk = concat(frame("81", "hello"), frame("81", "world"));
  const messages = read(chunk) as TextBytes[];
  for (const message of messages) assert.is(message.buffer.byteLength, 5);
  messages[0].fill(0);
  assert.is(String(messages[1]), "world");
});

test("TextBytes: String() decodes, a part of it is plain bytes", () => {
  const text = TextBytes.from(Buffer.from("\ufeffGrüße"));
  assert.instance(text, TextBytes);
  assert.is(String(text), "\ufeffGrüße");
  for (const part of [text.slice(0, 4), text.subarray(0, 4)]) {
    assert.not.instance(part, TextBytes);
  }
});

test("checkUtf8() refuses what is no text", () => {
  checkUtf8(TextBytes.from(Buffer.from("Grüße")));
  assert.throws(
    () => checkUtf8(TextBytes.of(0x61, 0xff)),
    (error: Error) =>
      error instanceof TypeError &&
      error.message === "Cannot write: text is not valid UTF-8 (§8.1)",
  );
});

test.run();
