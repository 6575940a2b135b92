// What an endpoint says that it holds, step by step: what has come of a head, of a message, of a
// control frame; the past of compressed messages; what waits while its owner is full.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Inflater } from "../../src/message/inflate.ts";
import { Endpoint } from "../../src/protocol/endpoint.ts";
import { memoryInUse } from "../frame/support.ts";
import { flushed } from "../message/compressed.ts";
import { concat, utf8 } from "../support/bytes.ts";
import { closeFrame, frame, frameHeader } from "../support/frame.ts";
import { SinkLog } from "./support.ts";

const test = suite("protocol/endpoint_retained");

const HEAD = 14; // room for the longest one, from the first that is cut on
const BUFFER = 1000; // of a message: the limit here

type Step = readonly [what: string, chunk: Uint8Array, heads: number, size: number];

const STEPS: readonly Step[] = [
  ["nothing", new Uint8Array(0), 0, 0],
  ["a whole message", frame("81", "Hello"), 0, 0],
  ["half a head", frameHeader("01", 5).subarray(0, 3), HEAD, 0],
  ["the rest of it", frameHeader("01", 5).subarray(3), HEAD, 0],
  ["a byte of a message", utf8("H"), HEAD, BUFFER],
  ["the rest of a fragment", utf8("ello"), HEAD, BUFFER],
  ["a head of a ping between fragments", frameHeader("89", 100), HEAD, BUFFER + 100],
  ["the ping", new Uint8Array(100), HEAD, BUFFER],
  ["the last fragment", frame("80", "!"), HEAD, 0],
  ["a Close", closeFrame(1000), 0, 0],
];

test("Endpoint.retained counts what it holds, at every step, and nothing once it has ended", () => {
  const endpoint = new Endpoint(new SinkLog(), "server", 1000);
  for (const [what, chunk, heads, size] of STEPS) {
    endpoint.receive(chunk.slice());
    assert.is(endpoint.retained, heads + size, `behind ${what}`);
    assert.is(endpoint.unfinished, size, `unfinished behind ${what}`);
  }
});

test("Endpoint.retained counts the past of compressed messages", () => {
  const inflater = new Inflater({ windowBits: 9, contextTakeover: true });
  const endpoint = new Endpoint(new SinkLog(), "server", 1000, { inflater });
  assert.is(endpoint.retained, 0);
  endpoint.receive(frame("c1", flushed(utf8("Hello"))));
  assert.is(endpoint.retained, 512, "a window of 9 bits");
});

test("Endpoint.retained counts what waits until its owner is no more full", () => {
  const sink = Object.assign(new SinkLog(), { isFull: () => true });
  const inflater = new Inflater({ windowBits: 15, contextTakeover: false });
  const endpoint = new Endpoint(sink, "server", 1000, { inflater });
  const text = frame("81", "Hello");
  endpoint.receive(concat(frame("c1", flushed(utf8("Hello"))), text));
  assert.is(endpoint.retained, text.length);
  endpoint.receive(text.slice());
  assert.equal([endpoint.retained, endpoint.unfinished], [2 * text.length, 2 * text.length]);
  endpoint.goOn();
  assert.is(endpoint.retained, 0);
});

test("Endpoint.retained is what endpoints hold, by the count of the process", async () => {
  const wire = concat(frameHeader("01", 100_000), utf8("x".repeat(40_000)));
  const before = await memoryInUse();
  const endpoints = Array.from({ length: 100 }, () => {
    const endpoint = new Endpoint(new SinkLog(), "server", 100_000);
    for (let at = 0; at < wire.length; at += 1500) endpoint.receive(wire.slice(at, at + 1500));
    return endpoint;
  });
  const held = (await memoryInUse()) - before;
  const counted = endpoints.reduce((sum, { retained }) => sum + retained, 0);
  assert.ok(counted >= 100 * 40_000, `${counted} bytes`);
  assert.ok(Math.abs(held - counted) < 0.1 * counted, `${held} are held, ${counted} counted`);
});

test.run();
