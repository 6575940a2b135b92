// What a message is charged: its bytes, and 160 for the item.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { charge, ITEM_COST } from "../../src/message/message.ts";
import type { Message } from "../../src/message/message.ts";

const test = suite("message/message");

const CHARGES: readonly (readonly [what: string, message: Message, expected: number])[] = [
  ["no bytes", new Uint8Array(0), 160],
  ["one byte", new Uint8Array(1), 161],
  ["1 MiB", new Uint8Array(1024 * 1024), 1024 * 1024 + 160],
  ["a view of 3 bytes into many", new Uint8Array(1000).subarray(5, 8), 163],
  ["an empty text", "", 160],
  ["ASCII, two bytes a code unit", "Hello", 170],
  ["a character of three bytes, one code unit", "€", 162],
  ["a character of two code units", "😀", 164],
];

for (const [what, message, expected] of CHARGES) {
  test(`charge() takes ${expected} for ${what}`, () => assert.is(charge(message), expected));
}

test("charge() takes the price of an item for each, so that many small ones are not free", () => {
  assert.is(ITEM_COST, 160);
  assert.is(charge("") * 1000, 160_000);
});

test.run();
