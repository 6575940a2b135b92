// What we still send when the peer's input has ended, by a Close or a violation: §5.5.1, §7.1.7.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { closeFrame, frame } from "../support/frame.ts";
import { withTimeout } from "../support/with_timeout.ts";
import { closeHex, Line, textHex, turn } from "./support.ts";

const test = suite("connection/answer");

/** Echoes each message in upper case until the end, however it comes. */
async function shout(line: Line): Promise<void> {
  try {
    for await (const message of line.connection) {
      await line.connection.write(String(message).toUpperCase());
    }
  } catch {
    // a violation of the peer's
  }
}

/** What may end the input behind messages in the same chunk, and our Close then. */
const ENDS: readonly (readonly [what: string, end: Uint8Array, close: RegExp])[] = [
  ["a Close", closeFrame(1001, "bye"), new RegExp(`${closeHex(1001, "bye")}$`)],
  ["a Close without a code", frame("88"), /8800$/],
  ["a violation", frame("83"), /88..03ea/],
  ["bad text", frame("81", Uint8Array.of(0xff)), /88..03ef/],
];

for (const [what, end, close] of ENDS) {
  test(`Lifecycle lets answers to the messages before ${what} leave before its Close`, async () => {
    const line = new Line();
    const handler = shout(line);
    await turn();
    line.receive(frame("81", "a"), frame("81", "b"), frame("81", "c"), end);
    await withTimeout(handler, "the handler");
    await turn();
    await turn();
    const echoed = ["A", "B", "C"].map(textHex).join("");
    assert.is(line.transport.sent.slice(0, echoed.length), echoed);
    assert.match(line.transport.sent.slice(echoed.length), close);
    assert.is(line.transport.ends, 1);
  });

  test(`Lifecycle waits for a handler that reads 600 messages before ${what}`, async () => {
    const line = new Line();
    const messages = Array.from({ length: 600 }, (_, index) => `m${index}`);
    line.receive(...messages.map((text) => frame("81", text)), end);
    await withTimeout(shout(line), "the handler");
    for (let count = 0; count < 5; count++) await turn();
    const echoed = messages.map((text) => textHex(text.toUpperCase())).join("");
    assert.is(line.transport.sent.slice(0, echoed.length), echoed);
    assert.match(line.transport.sent.slice(echoed.length), close);
  });

  test(`Lifecycle answers ${what} within a turn when the handler never reads`, async () => {
    const line = new Line();
    line.receive(frame("81", "unread"), end);
    assert.is(line.transport.sent, "");
    await turn();
    assert.match(line.transport.sent, close);
    assert.is(line.transport.ends, 1);
    assert.is(line.connection.tryRead(), "unread");
  });
}

test("Lifecycle waits for no handler that rests: what it writes later is refused", async () => {
  const line = new Line();
  line.receive(frame("81", "a"), frame("81", "b"), closeFrame(1000));
  assert.is(await line.connection.read(), "a");
  assert.is(line.connection.tryWrite("A"), true); // our Close has not left yet
  await turn();
  await turn();
  await turn();
  assert.is(line.transport.sent, textHex("A") + closeHex(1000));
  assert.is(await line.connection.read(), "b");
  assert.is(line.connection.tryWrite("B"), false);
});

test.run();
