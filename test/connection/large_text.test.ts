// A large text is encoded slice by slice, through a page that all connections share, while the
// socket may become full behind any of them. The oracle encodes it at once.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeFrames, encodeFrame, Opcode } from "../../src/frame/mod.ts";
import { hex } from "../support/bytes.ts";
import { randomFrom } from "../channel/support.ts";
import { frame } from "../support/frame.ts";
import { fullLine, Line, short, turn } from "./support.ts";

const test = suite("connection/large_text");

const SLICE = 6 * 1024;

/** What `line` sends for its messages, however often its socket becomes full on the way. */
async function sent(line: Line): Promise<string> {
  for (let turns = 0; turns < 1000; turns++) {
    await turn();
    if (!line.transport.full) break;
    line.transport.fullAfter = 0;
    line.transport.drain();
  }
  return short(line.transport.sent);
}

function encoded(...texts: readonly string[]): string {
  return short(texts.map((payload) => hex(encodeFrame({ opcode: Opcode.TEXT, payload }))).join(""));
}

for (const [what, character] of [
  ["two bytes", "é"],
  ["three bytes", "€"],
  ["four bytes, a surrogate pair", "😀"],
  ["a lone high surrogate", "\ud83d"],
  ["a lone low surrogate", "\ude00"],
]) {
  test(`write() cuts a large text wherever a character of ${what} lies`, async () => {
    for (let before = SLICE - 2; before <= SLICE + 1; before++) {
      const text = "a".repeat(before) + character + "b".repeat(2 * SLICE);
      const line = new Line();
      void line.connection.write(text);
      assert.is(await sent(line), encoded(text), `${before} characters before it`);
    }
  });
}

test("write() sends a large text the same wherever the socket becomes full", async () => {
  const seed = Date.now() & 0xffff;
  const random = randomFrom(seed);
  const pieces = ["a".repeat(3000), "é".repeat(700), "€", "😀".repeat(2000), "\ud83d", "z"];
  for (let run = 0; run < 60; run++) {
    let text = "";
    const length = 20_000 + random() * 200_000;
    while (text.length < length) text += pieces[Math.floor(random() * pieces.length)];
    const line = new Line();
    const other = new Line();
    line.transport.fullAfter = Math.floor(random() * 6);
    line.transport.flushed = random() < 0.5;
    line.transport.onWrite = () => void other.connection.tryWrite("beside it");
    for (const message of ["first", text, "last"]) void line.connection.write(message);
    assert.is(await sent(line), encoded("first", text, "last"), `seed ${seed}, run ${run}`);
    line.transport.onWrite = null;
    const count = Number(other.connection.stats().sent.messages);
    const beside = encoded(...Array<string>(count).fill("beside it"));
    assert.is(await sent(other), beside, `seed ${seed}, run ${run}`);
  }
});

for (const [what, large] of [
  ["text", "x".repeat(200_000)],
  ["binary", new Uint8Array(200_000).fill(7)],
] as const) {
  test(`write() lets nothing into a large ${what} while it drains, whatever comes`, async () => {
    const line = await fullLine();
    void line.connection.forEach(() => line.connection.tryWrite("answer"));
    void line.connection.write(large);
    line.transport.onWrite = () => line.receive(frame("81", "message"), frame("89", "ping"));
    line.transport.drain();
    line.transport.onWrite = null;
    for (let turns = 0; turns < 3; turns++) await turn();
    const opcode = what === "text" ? Opcode.TEXT : Opcode.BINARY;
    const wire = line.transport.sent;
    const first = hex(encodeFrame({ opcode, payload: large }));
    assert.is(short(wire.slice(0, first.length)), short(first));
    const rest = decodeFrames(Buffer.from(wire.slice(first.length), "hex"), { role: "client" });
    const opcodes = new Set(rest.map((one) => one.opcode));
    assert.equal([...opcodes].sort(), [Opcode.TEXT, Opcode.PONG]);
  });
}

test("write() writes a large text in pieces of 16 to 64 KiB", async () => {
  const line = new Line();
  void line.connection.write("x".repeat(1024 * 1024));
  await turn();
  const sizes = line.transport.writes.map(({ length }) => length);
  assert.is(sizes.reduce((sum, size) => sum + size), 10 + 1024 * 1024);
  assert.ok(Math.max(...sizes) <= 64 * 1024 + 10, `${Math.max(...sizes)} bytes`);
  assert.ok(sizes.length <= 64, `${sizes.length} writes`);
});

test.run();
