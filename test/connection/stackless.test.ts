// Errors without a stack, and the one that is made whenever a peer goes.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConnectionClosedError } from "../../src/connection/error.ts";
import { stackless } from "../../src/connection/stackless.ts";
import { rejects } from "../support/rejects.ts";
import { Line } from "./support.ts";

const test = suite("connection/stackless");

const PLACE = /\n\s+at /;

test("stackless() makes an error that names no place; those behind it do", () => {
  const error = stackless(() => new RangeError("too far"));
  assert.is(error.stack, "RangeError: too far");
  assert.match(new Error("near").stack!, PLACE);
});

test("stackless() leaves the limit as it was, also when it throws, and where it is frozen", () => {
  const { stackTraceLimit } = Error;
  const fail = (): Error => {
    throw new TypeError("no");
  };
  assert.throws(() => stackless(fail), "no");
  assert.is(Error.stackTraceLimit, stackTraceLimit);
  const was = Object.getOwnPropertyDescriptor(Error, "stackTraceLimit")!;
  Object.defineProperty(Error, "stackTraceLimit", { writable: false });
  try {
    assert.is(stackless(() => new Error("frozen")).message, "frozen");
  } finally {
    Object.defineProperty(Error, "stackTraceLimit", was);
  }
});

test("a peer that goes without a Close makes errors that name no place", async () => {
  const line = new Line();
  const each = line.connection.forEach(() => {});
  const next = async (): Promise<void> => {
    for await (const _ of line.connection) assert.unreachable();
  };
  const reads = [each, line.connection.read(), next()];
  line.fin();
  for (const read of [...reads, line.connection.read()]) {
    const error = await rejects(read);
    assert.instance(error, ConnectionClosedError);
    assert.not.match(error.stack!, PLACE);
    assert.is((error.cause as Error).stack, `Error: ${(error.cause as Error).message}`);
  }
});

test("a write() that comes too late tells where it was called", async () => {
  const line = new Line();
  line.fin();
  const writeHere = (): Promise<void> => line.connection.write("x");
  assert.match((await rejects(writeHere())).stack!, /writeHere/);
});

test.run();
