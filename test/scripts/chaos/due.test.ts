// The judge of `chaos` must see what is lost, doubled, out of order, or not the same.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Due } from "../../../scripts/chaos/due.ts";
import type { Sent } from "../../../scripts/chaos/messages.ts";
import { Opcode } from "../../../src/frame/mod.ts";
import { Random } from "../../../src/testing/random.ts";

const test = suite("scripts/chaos/due");

/** What is due after three messages, and these. */
function afterThree(): { readonly due: Due; readonly sent: readonly Sent[] } {
  const due = new Due(7, new Random(1), true);
  const sent = ["one", "two", "three"].map((text) => {
    return { opcode: Opcode.TEXT, payload: Buffer.from(text) };
  });
  for (const message of sent) due.expect(message);
  return { due, sent };
}

/** Which of the three come back, and what the last of them is. */
const ECHOES: readonly (readonly [what: string, order: readonly number[], last: RegExp])[] = [
  ["in order", [0, 1, 2], /^echo$/],
  ["one lost", [0, 2], /"three" of 5 bytes comes for "two" of 3 bytes/],
  ["one doubled", [0, 0], /"one" of 3 bytes comes for "two" of 3 bytes/],
  ["two exchanged", [1], /"two" of 3 bytes comes for "one" of 3 bytes/],
  ["one more than were sent", [0, 1, 2, 2], /"three" of 5 bytes comes, which nobody sent/],
];

for (const [what, order, last] of ECHOES) {
  test(`Due.message() judges echoes: ${what}`, () => {
    const { due, sent } = afterThree();
    const judged = order.map((index) => due.message(sent[index].opcode, sent[index].payload));
    assert.match(String(judged[judged.length - 1]), last);
    assert.ok(judged.slice(0, -1).every((judgement) => judgement === "echo"));
  });
}

test("Due.message() tells text from binary, and one byte from another", () => {
  assert.instance(afterThree().due.message(Opcode.BINARY, Buffer.from("one")), Error);
  assert.instance(afterThree().due.message(Opcode.TEXT, Buffer.from("onE")), Error);
});

test("Due.message() counts what the server sends by itself", () => {
  const { due } = afterThree();
  const push = (text: string): unknown => due.message(Opcode.TEXT, Buffer.from(text));
  assert.is(push("#0"), "push");
  assert.is(push("#1"), "push");
  assert.match(String(push("#3")), "#3 comes for #2");
  assert.is(due.pending, 3);
});

test("Due.pong() takes a pong for those before it, too, and none twice", () => {
  const { due } = afterThree();
  const pings = [due.nextPing(), due.nextPing(), due.nextPing()];
  assert.is(due.pong(pings[1]), true);
  assert.is(due.pong(pings[0]), false);
  assert.is(due.pong(pings[2]), true);
  assert.is(due.pong(Buffer.from("none")), false);
});

test("Due.nextMessage() stops where too much is under way", () => {
  const due = new Due(1, new Random(3), false);
  let size = 0;
  for (let message = due.nextMessage(); message !== null; message = due.nextMessage()) {
    size += message.payload.length;
  }
  assert.ok(size > 2 ** 21 && size <= 2 ** 21 + 2 ** 20, `${size} bytes`);
});

test.run();
