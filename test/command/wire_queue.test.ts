// The queue between what is observed and a page: its bounds, and what it drops at them.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FrameSplitter } from "../../src/command/frame_splitter.ts";
import type { WireFrame } from "../../src/command/frame_splitter.ts";
import type { WireEvent } from "../../src/command/wire_event.ts";
import { WireQueue } from "../../src/command/wire_queue.ts";
import { bytes } from "../support/bytes.ts";

const test = suite("command/wire_queue");

const EVENTS_MAX = 2000;

/** Frames of `size` bytes, 4 at least. */
function frames(count: number, size = 4): WireFrame[] {
  const splitter = new FrameSplitter();
  const wire = new Uint8Array(size);
  wire.set([0x82, 126, (size - 4) >> 8, (size - 4) & 0xff]);
  return Array.from({ length: count }, () => splitter.push(wire)[0]);
}

function frameEvent({ number, size }: WireFrame): WireEvent {
  return { event: "frame", connection: 0, at: 0, from: "client", number, size, bytes: "" };
}

/** All that leaves, in words. */
function drain(queue: WireQueue): string[] {
  const words: string[] = [];
  while (!queue.isEmpty) {
    for (const event of queue.take()) {
      if (event.event === "gap") words.push(`gap ${event.count}`);
      else if (event.event === "frame") words.push(`frame ${event.number}`);
      else words.push(event.event);
    }
  }
  return words;
}

function push(queue: WireQueue, all: readonly WireFrame[]): void {
  for (const frame of all) queue.pushFrame(frame, () => frameEvent(frame));
}

test("WireQueue gives events in their order", () => {
  const queue = new WireQueue();
  push(queue, frames(2));
  queue.push(() => ({ event: "refused", why: "no" }));
  assert.equal(drain(queue), ["frame 0", "frame 1", "refused"]);
  assert.ok(queue.isEmpty);
});

test("WireQueue tells a frame once while it waits, as it is when it leaves", () => {
  const queue = new WireQueue();
  const splitter = new FrameSplitter();
  const [frame] = splitter.push(bytes("81"));
  push(queue, [frame]);
  push(queue, splitter.push(bytes("02")));
  const [told] = queue.take();
  assert.is(told.event === "frame" && told.size, 2);
  push(queue, splitter.push(bytes("48")));
  assert.equal(drain(queue), ["frame 0"]);
});

test("WireQueue drops the oldest frames when there are too many, and counts them", () => {
  const queue = new WireQueue();
  queue.push(() => ({ event: "fin", connection: 0, at: 0, from: "client" }));
  push(queue, frames(EVENTS_MAX));
  const words = drain(queue);
  assert.equal(words.slice(0, 2), ["gap 201", "fin"]);
  assert.is(words[2], "frame 201");
  assert.is(words.at(-1), `frame ${EVENTS_MAX - 1}`);
  assert.is(words.length, 2 + EVENTS_MAX - 201);
});

test("WireQueue holds no more than a MiB", () => {
  const queue = new WireQueue();
  push(queue, frames(1000, 4000));
  const words = drain(queue);
  assert.match(words[0], /^gap \d+$/);
  const kept = words.length - 1;
  assert.is(Number(words[0].slice(4)) + kept, 1000);
  assert.ok(kept * 3 * 4000 < 1024 * 1024, `${kept} frames`);
  assert.ok(kept > 50, `${kept} frames`);
});

test("WireQueue drops anything where there are no frames", () => {
  const queue = new WireQueue();
  for (let count = 0; count < EVENTS_MAX + 1; count++) {
    queue.push(() => ({ event: "refused", why: "" }));
  }
  const words = drain(queue);
  assert.is(words[0], "gap 201");
  assert.is(words.length, 1 + EVENTS_MAX + 1 - 201);
});

test.run();
