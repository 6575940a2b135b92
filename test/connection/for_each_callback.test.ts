// What a callback of `forEach()` may return, and when what it writes leaves.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConnectionClosedError } from "../../src/connection/error.ts";
import { frame } from "../support/frame.ts";
import { Line, turn } from "./support.ts";

const test = suite("connection/for_each (callback)");

function texts(...payloads: readonly string[]): Uint8Array[] {
  return payloads.map((payload) => frame("81", payload));
}

test("forEach() keeps nobody from hearing that another connection is closed", async () => {
  const from = new Line();
  const to = new Line();
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", note);
  void from.connection.forEach((message) => to.connection.write(message));
  to.connection.terminate();
  from.receive(...texts("a"));
  for (let turns = 0; turns < 3; turns++) await turn();
  process.off("unhandledRejection", note);
  assert.is(unhandled.length, 1);
  assert.instance(unhandled[0], ConnectionClosedError);
});

test("forEach() waits for all that `await` would wait for, and for nothing else", async () => {
  const line = new Line();
  const results: unknown[] = [
    Object.assign(() => {}, { then: (resolve: () => void) => setImmediate(resolve) }),
    { then: "no function" },
    null,
  ];
  let calls = 0;
  void line.connection.forEach(() => results[calls++]);
  line.receive(...texts("a", "b", "c"));
  assert.is(calls, 1);
  await turn();
  await turn();
  assert.is(calls, 3);
});

test("forEach(): every single answer leaves within the turn, but one in 256", async () => {
  const line = new Line();
  void line.connection.forEach((message) => line.connection.write(message));
  let late = 0;
  for (let count = 1; count <= 600; count++) {
    line.receive(...texts("a"));
    if (line.transport.take() === "") late++;
    await turn();
    line.transport.take();
  }
  assert.ok(late <= 2, `${late} were late`);
});

test.run();
