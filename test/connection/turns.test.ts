// What one client may make us do before others have their turn: a millisecond, whatever it sends.
// And what was put aside for that comes before the FIN behind it.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { KeepaliveOptions } from "../../src/connection/keepalive.ts";
import { Chance } from "../frame/support.ts";
import { flushed } from "../message/compressed.ts";
import { bytes, concat, utf8 } from "../support/bytes.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { Line, turn } from "./support.ts";

const test = suite("connection/turns");

const CLOSE_TIMEOUT_MS = 1000;
const LIMITS = { closeTimeoutMs: CLOSE_TIMEOUT_MS };

async function turns(count: number): Promise<void> {
  for (let done = 0; done < count; done++) await turn();
}

/** Messages that have arrived. */
function arrived(line: Line): number {
  return line.connection.stats().received.messages;
}

/** A MiB in a KiB, and what is hardly anything but 39 last blocks: 40 streams of zlib. */
const COSTLY: readonly (readonly [what: string, payload: Uint8Array])[] = [
  ["messages that inflate to 1 MiB", flushed(new Uint8Array(1024 * 1024))],
  [
    "messages of 39 last blocks",
    concat(bytes("0300".repeat(39)), flushed(new Chance(48).bytes(32 * 1024))),
  ],
];

for (const [what, payload] of COSTLY) {
  test(`A48 one in a turn of ${what}, although somebody reads`, async () => {
    const line = new Line({ compression: {} });
    void line.connection.forEach(() => {});
    line.receive(...Array.from({ length: 5 }, () => frame("c2", payload)));
    for (let count = 1; count <= 5; count++) {
      assert.is(arrived(line), count);
      await turn();
    }
    assert.is(line.connection.stats().paused, false);
    assert.is(line.transport.resumes, 1);
  });
}

test("RFC 7692 short compressed messages share a turn: 32 of a zlib stream each", async () => {
  const line = new Line({ compression: {} });
  void line.connection.forEach(() => {});
  line.receive(...Array.from({ length: 40 }, () => frame("c1", flushed(utf8("Hello")))));
  assert.is(arrived(line), 32);
  await turn();
  assert.is(arrived(line), 40);
});

/** Frames of which a read of the socket brings ten thousand, in 64 KiB. */
const SHORT: readonly (readonly [what: string, one: Uint8Array])[] = [
  ["empty texts", frame("81")],
  ["texts of a byte", frame("81", "a")],
  ["empty binary messages", frame("82")],
];

const NO_INBOX_LIMITS = { inboxSizeMax: Infinity, inboxMessagesMax: Infinity };

/** What is short enough waits to become a string together with others. */
const TURN_MAX = 1200;

for (const [what, one] of SHORT) {
  test(`a thousand in a turn of ${what}`, async () => {
    const line = new Line({ limits: NO_INBOX_LIMITS });
    line.receive(...new Array<Uint8Array>(10_000).fill(one));
    const counts: number[] = [];
    for (let before = 0; before < 10_000; before += counts.at(-1) ?? 0) {
      counts.push(arrived(line) - before);
      await turn();
    }
    assert.ok(Math.max(...counts) <= TURN_MAX, `${counts}`);
    assert.ok(Math.min(...counts.slice(0, -1)) >= 1000, `${counts}`);
    assert.is(line.transport.resumes, 1);
  });
}

test("short messages that were put aside come before what was under way then", async () => {
  const line = new Line({ limits: NO_INBOX_LIMITS });
  line.receive(...new Array<Uint8Array>(TURN_MAX).fill(frame("81", "a")));
  line.receive(frame("81", "b"));
  assert.ok(arrived(line) < TURN_MAX);
  await turn();
  const texts = Array.from({ length: TURN_MAX + 1 }, () => line.connection.tryRead());
  assert.equal(texts.join(""), `${"a".repeat(TURN_MAX)}b`);
});

for (const [what, end, due] of [
  ["FIN", [], [1006, ""]],
  ["a Close and FIN", [closeFrame(4001)], [4001, "88020fa1"]],
] as const) {
  test(`short messages that were put aside come in their order, then ${what}`, async () => {
    const line = new Line({ limits: LIMITS });
    const seen: string[] = [];
    line.connection.forEach((message) => void seen.push(String(message))).catch(() => {});
    const texts = Array.from({ length: 5000 }, (_, number) => `${number}`);
    line.receive(...texts.map((text) => frame("81", text)), ...end);
    line.fin();
    while (line.transport.ends === 0) await turn();
    await turns(30); // forEach() takes 256 in each
    assert.equal(seen, texts);
    assert.is(line.transport.sent, due[1]);
    line.disconnect();
    assert.is((await line.connection.closed).code, due[0]);
    assert.is(line.clock.pending, 0);
  });
}

test("short messages that were put aside wait while the inbox is full", async () => {
  const line = new Line();
  line.receive(...new Array<Uint8Array>(3000).fill(frame("82")));
  await turns(5);
  const first = arrived(line);
  assert.ok(first >= 1000 && first <= TURN_MAX);
  while (line.connection.stats().inbox.messages > 500) line.connection.tryRead();
  await turns(5);
  assert.equal([arrived(line), line.transport.resumes], [2 * first, 0]);
});

test("A48 behind our Close none is inflated that the inbox has no room for", async () => {
  const line = new Line({ compression: {}, limits: { ...LIMITS, inboxMessagesMax: 2 } });
  void line.connection.close(4001, "go away");
  const hello = frame("c1", flushed(utf8("Hello")));
  const broken = frame("c1", bytes("ffffffff")); // it would be 1007
  line.receive(hello, hello, broken, hello, closeFrame(4001, "go away"));
  await turn();
  assert.equal([arrived(line), line.connection.stats().inbox.messages], [2, 2]);
  line.disconnect();
  const { code, wasClean } = await line.connection.closed;
  assert.equal([code, wasClean], [4001, true]);
});

test("behind our Close a full read ends the turn, a short one does not", async () => {
  const line = new Line({ limits: LIMITS });
  void line.connection.close();
  line.receive(frame("82", new Uint8Array(64 * 1024)));
  assert.equal([line.transport.pauses, line.transport.resumes], [1, 0]);
  await turn();
  assert.equal([line.transport.pauses, line.transport.resumes], [1, 1]);
  line.receive(frame("82", "short"));
  assert.is(line.transport.pauses, 1);
  line.connection.terminate();
  await turn();
});

/** Compressed messages, of which an inbox of two leaves most in what has arrived; then FIN. */
function withRest(end: readonly Uint8Array[], keepalive: KeepaliveOptions | false = false): Line {
  const limits = { ...LIMITS, inboxMessagesMax: 2 };
  const line = new Line({ compression: {}, limits, keepalive });
  const texts = Array.from({ length: 9 }, (_, number) => `${number}`);
  line.receive(...texts.map((text) => frame("c1", flushed(utf8(text)))), ...end);
  line.fin();
  return line;
}

for (const [what, end, due] of [
  ["FIN", [], [1006, false]],
  ["a Close and FIN", [closeFrame(4001)], [4001, true]],
] as const) {
  test(`what came before ${what} is read, however slowly, and not one is lost`, async () => {
    const line = withRest(end);
    const seen: unknown[] = [];
    for (let message; (message = line.connection.tryRead()) !== undefined; ) {
      seen.push(message);
      await line.clock.advance(CLOSE_TIMEOUT_MS - 1);
      await turns(2);
    }
    assert.is(seen.join(""), "012345678");
    line.disconnect();
    const { code, wasClean } = await line.connection.closed;
    assert.equal([code, wasClean], due);
    assert.is(line.clock.pending, 0);
  });
}

test("whoever reads nothing for closeTimeoutMs is not waited for behind FIN", async () => {
  const line = withRest([]);
  await line.clock.advance(CLOSE_TIMEOUT_MS - 1);
  assert.is(line.transport.ends, 0);
  await line.clock.advance(1);
  await turns(2);
  assert.is(line.transport.ends, 1);
  assert.is(arrived(line), 2);
  line.disconnect();
  assert.is(line.clock.pending, 0);
  assert.equal([line.connection.tryRead(), line.connection.tryRead()], ["0", "1"]);
});

test("keepalive asks nothing of a peer that has ended TCP, while its rest is read", async () => {
  const line = withRest([], { interval: 100, timeout: 100 });
  for (let count = 0; count < 3; count++) {
    line.connection.tryRead();
    await turns(2);
    await line.clock.advance(CLOSE_TIMEOUT_MS - 1);
  }
  assert.equal([line.transport.sent, line.transport.destroys], ["", 0]);
  line.connection.terminate();
  await turns(2);
});

test("a connection that is cut while a rest waits behind FIN leaves no timer", async () => {
  const line = withRest([]);
  assert.is(line.clock.pending, 1);
  line.connection.terminate();
  line.disconnect();
  await turns(2);
  assert.is(line.clock.pending, 0);
  assert.is((await line.connection.closed).code, 1006);
});

test.run();
