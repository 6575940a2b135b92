// Anything may happen in any order. Whatever does: what leaves is a sound stream of frames, what is
// acknowledged leaves once and in order, every promise settles, and no timer is left behind.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Message } from "../../src/message/message.ts";
import { Random } from "../../src/testing/random.ts";
import { concat, hex } from "../support/bytes.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { FrameReader } from "../support/frame_reader.ts";
import { withTimeout } from "../support/with_timeout.ts";
import { Line, turn } from "./support.ts";

const test = suite("connection/model");

const RUNS = 400;
const STEPS = 80;

/** In place of a message that was refused, or never came. */
const NONE = "none";

/** A connection, all that was done to it, and what must come of it. */
class Play {
  readonly line: Line;
  readonly below: (limit: number) => number;
  readonly promises: Promise<unknown>[] = [];
  /** What was accepted; the wire must begin with as many of them as left, in this order. */
  readonly accepted: string[] = [];
  /** What each read got, in the order of the calls, or {@linkcode NONE}. */
  readonly delivered: string[] = [];
  /** A close() of ours lets messages be dropped that find the inbox full. */
  mayDrop = false;
  #isOpen = false;
  /** The peer has sent FIN. */
  inputEnded = false;
  #written = 0;
  #received = 0;

  constructor(seed: number) {
    const random = new Random(seed);
    this.below = (limit) => random.below(limit);
    this.line = new Line({
      isOpen: false,
      keepalive: { interval: 80, timeout: 50 },
      limits: {
        inboxMessagesMax: 1 + this.below(6),
        outboxMessagesMax: 1 + this.below(6),
        outboxWaitingMax: 2000,
        stallTimeoutMs: 500,
        closeTimeoutMs: 300,
      },
    });
    if (this.below(4) > 0) this.open();
  }

  /** Opens the connection, once. */
  open(): void {
    if (!this.#isOpen) this.line.open();
    this.#isOpen = true;
  }

  /** A message of its own number: text or bytes, short or in slices. */
  message(): Message {
    const number = String(this.#written++).padStart(4, "0");
    const kind = this.below(12);
    if (kind === 0) return new Uint8Array(100_000).fill(Number(number));
    return kind < 6 ? number : new Uint8Array(Buffer.from(`bytes ${number}`));
  }

  write(): void {
    const message = this.message();
    const bytes = typeof message === "string" ? Buffer.from(message) : message;
    const text = hex(bytes);
    const { connection } = this.line;
    if (this.below(2) === 0) {
      if (connection.tryWrite(message)) this.accepted.push(text);
      return;
    }
    const index = this.accepted.push(text) - 1; // its place among the others is that of its call
    this.note(connection.write(message).catch(() => (this.accepted[index] = NONE)));
  }

  read(): void {
    const { connection } = this.line;
    const index = this.delivered.push(NONE) - 1; // as above
    const note = (message: Message = NONE): void => void (this.delivered[index] = String(message));
    if (this.below(2) === 0) note(connection.tryRead());
    else this.note(connection.read().then(note, () => {}));
  }

  receive(): void {
    const frames = Array.from({ length: 1 + this.below(4) }, () => {
      if (this.below(4) === 0) return frame("89", "ping");
      return frame("81", String(this.#received++));
    });
    this.line.receive(...frames);
  }

  note(promise: Promise<unknown>): void {
    this.promises.push(promise);
  }

  /** One thing that may happen. */
  async step(): Promise<void> {
    const choice = this.below(100);
    if (choice < 25) this.write();
    else if (choice < 45) this.read();
    else if (choice < 55) await turn();
    else if (choice < 60) await Promise.resolve();
    else if (choice < 63) this.note(this.line.connection.ping().catch(() => {}));
    else if (choice < 67) this.line.clock.advanceSync(this.below(60));
    else if (choice < 68) this.close();
    else if (choice < 69 && this.below(3) === 0) this.line.connection.terminate();
    else if (!this.#isOpen) this.open();
    else this.tell(this.below(100));
  }

  /** One thing that the socket may tell, or be. */
  tell(choice: number): void {
    const { line } = this;
    const { transport } = line;
    if (transport.destroys > 0) return;
    if (choice < 20) transport.full = true;
    else if (choice < 40) transport.drain();
    else if (choice < 47) transport.flushed = !transport.flushed;
    else if (this.inputEnded) return;
    else if (choice < 97) this.receive();
    else if (choice < 98) line.receive(closeFrame(1001));
    else if (choice < 99) line.receive(frame("83"));
    else {
      this.inputEnded = true;
      line.fin();
    }
  }

  close(): void {
    this.mayDrop = true;
    this.note(this.line.connection.close(3000 + this.below(2)));
  }
}

/** The payloads of the data frames in `wire`, whose last frame may be cut off; in hex. */
function payloads(wire: Uint8Array): string[] {
  const reader = new FrameReader(); // throws at what a server may not send
  const found: string[] = [];
  for (let at = 0; at < wire.length; ) {
    const next = reader.read(wire.subarray(at));
    if (next === null) break;
    if (next.opcode < 8) found.push(hex(next.payload));
    at += next.size;
  }
  return found;
}

async function play(seed: number): Promise<void> {
  const game = new Play(seed);
  const { line } = game;
  let isOver = false;
  void line.connection.closed.then(() => (isOver = true));
  for (let step = 0; step < STEPS && !isOver; step++) await game.step();
  const { destroys, ends } = line.transport;
  const isLost = isOver || game.inputEnded || destroys + ends > 0;
  if (!isLost) {
    game.open();
    line.transport.drain();
    await turn();
    game.close();
    await turn();
    line.receive(closeFrame(3000));
  }
  await turn();
  line.disconnect();
  const end = Promise.all([line.connection.closed, ...game.promises]);
  await withTimeout(end, `every promise of run ${seed} to settle`);
  const sent = payloads(concat(...line.transport.writes));
  const accepted = game.accepted.filter((text) => text !== NONE);
  assert.equal(sent, accepted.slice(0, sent.length), `run ${seed}`);
  if (!isLost) assert.is(sent.length, accepted.length, `run ${seed}`);
  const delivered = game.delivered.filter((text) => text !== NONE).map(Number);
  const sorted = [...delivered].sort((one, other) => one - other);
  assert.equal(delivered, sorted, `run ${seed}`);
  if (!game.mayDrop) assert.equal(sorted, [...sorted.keys()], `run ${seed}`);
  assert.is(line.transport.writesAfterEnd, 0, `run ${seed}`);
  assert.is(line.clock.pending, 0, `run ${seed}`);
  assert.equal(line.connection.stats().outbox, { messages: 0, size: 0 }, `run ${seed}`);
}

test(`Connection keeps its promises in ${RUNS} random lives`, async () => {
  for (let seed = 0; seed < RUNS; seed++) await play(seed);
});

test.run();
