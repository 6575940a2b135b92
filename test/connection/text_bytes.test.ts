// `write()` of a text that nobody has decoded: it goes out as a text, whichever way it takes.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { encodeFrame, Opcode } from "../../src/frame/mod.ts";
import { TextBytes } from "../../src/message/text_bytes.ts";
import { hex } from "../support/bytes.ts";
import { fullLine, Line, short, turn } from "./support.ts";

const test = suite("connection/text_bytes");

function encoded(payload: Uint8Array): string {
  return hex(encodeFrame({ opcode: Opcode.TEXT, payload }));
}

for (const size of [0, 5, 125, 126, 16_000, 17_000, 200_000]) {
  const text = TextBytes.from(Buffer.alloc(size, "a"));
  if (size > 2) text.set(Buffer.from("é"), 1);
  test(`write() sends ${size} bytes of text as text, at once and from the outbox`, async () => {
    const line = new Line();
    for (const write of [() => line.connection.write(text), () => line.connection.tryWrite(text)]) {
      void write();
      await turn();
      assert.is(short(line.transport.take()), short(encoded(text)));
    }
    const full = await fullLine({ outboxSizeMax: 1024 * 1024 });
    const mine = new TextBytes(text);
    void full.connection.write(mine);
    mine.fill(0xff); // it is the caller's again
    full.transport.drain();
    await turn();
    assert.is(short(full.transport.take()), short(encoded(text)));
  });
}

test("write() goes on with a text that the socket took half of", async () => {
  const line = new Line();
  const text = TextBytes.from(Buffer.alloc(200_000, "x"));
  line.transport.fullAfter = 1;
  void line.connection.write(text);
  text.fill(0);
  await turn();
  line.transport.fullAfter = Infinity;
  line.transport.drain();
  await turn();
  assert.is(short(line.transport.sent), short(encoded(Buffer.alloc(200_000, "x"))));
});

test("write() refuses bytes that are no UTF-8", () => {
  const line = new Line();
  assert.throws(
    () => line.connection.write(TextBytes.of(0xff)),
    (error: Error) => error instanceof TypeError && error.message.includes("not valid UTF-8"),
  );
  assert.is(line.transport.sent, "");
});

test.run();
