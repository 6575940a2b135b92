// A connection that is busy leaves room for the rest of the process.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { frame } from "../support/frame.ts";
import { withTimeout } from "../support/with_timeout.ts";
import { Line, turn } from "./support.ts";

const test = suite("connection/pump");

const MESSAGES = 100_000;
/** A loop of promises alone would let everything else wait for all of them. */
const STRETCH_MAX = 2000;

/** The largest step that `count()` makes from one turn of the event loop to the next. */
async function longestStretch(count: () => number, work: Promise<unknown>): Promise<number> {
  let longest = 0;
  let before = 0;
  const look = (): void => {
    const now = count();
    longest = Math.max(longest, now - before);
    before = now;
    next = setImmediate(look);
  };
  let next = setImmediate(look);
  await withTimeout(work, "the work to end", 60_000);
  look();
  clearImmediate(next);
  return longest;
}

/** A line on which all of them have come. */
function fullInbox(): Line {
  const line = new Line({ limits: { inboxMessagesMax: 2 * MESSAGES, inboxSizeMax: 2 ** 30 } });
  const chunk = Array.from({ length: 1000 }, () => frame("82", "Hello"));
  for (let left = MESSAGES; left > 0; left -= chunk.length) line.receive(...chunk);
  return line;
}

test("Connection hands out 100,000 messages, and others have their turn behind a few", async () => {
  const line = fullInbox();
  let read = 0;
  const reader = (async () => {
    for await (const _ of line.connection) if (++read === MESSAGES) break;
  })();
  const longest = await longestStretch(() => read, reader);
  assert.is(read, MESSAGES);
  assert.ok(longest <= STRETCH_MAX, `${longest} in one turn`);
});

test("Connection echoes 100,000 messages, and others have their turn behind a few", async () => {
  const line = fullInbox();
  let bytes = 0;
  line.transport.write = (batch) => {
    bytes += batch.length;
    return true;
  };
  const echo = (async () => {
    let left = MESSAGES;
    for await (const message of line.connection) {
      await line.connection.write(message);
      if (--left === 0) break;
    }
  })();
  const longest = await longestStretch(() => line.connection.stats().sent.messages, echo);
  assert.ok(longest <= STRETCH_MAX, `${longest} in one turn`);
  for (let turns = 0; turns < 3; turns++) await turn();
  assert.is(line.connection.stats().sent.messages, MESSAGES);
  assert.is(bytes, MESSAGES * 7);
});

test("Connection writes 100,000 messages, and others have their turn behind a few", async () => {
  const line = new Line();
  line.transport.write = () => true;
  const writer = (async () => {
    for (let left = MESSAGES; left > 0; left--) await line.connection.write("Hello");
  })();
  const longest = await longestStretch(() => line.connection.stats().sent.messages, writer);
  assert.ok(longest <= STRETCH_MAX, `${longest} in one turn`);
  for (let turns = 0; turns < 3; turns++) await turn();
  assert.is(line.connection.stats().sent.messages, MESSAGES);
});

test.run();
