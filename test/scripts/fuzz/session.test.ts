// The fuzzer of sessions finds nothing in a server that echoes, and something in one that does so
// wrongly.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { SessionTarget } from "../../../scripts/fuzz/session.ts";
import { ConnectionClosedError } from "../../../src/mod.ts";
import type { Connection, ConnectionHandler, Message } from "../../../src/mod.ts";
import { fuzzed } from "./fuzzed.ts";

const test = suite("scripts/fuzz/session");

/** To minimise takes many sessions, and is not what is tried here. */
const PLAN = { seed: 1n, minimiseMs: 200 };

test("SessionTarget finds nothing in an echo, and nothing left behind", async () => {
  assert.is((await fuzzed(new SessionTarget(), { ...PLAN, inputs: 300 })).failure, null);
});

/** An echo that does `act` for each message. */
function echo(act: (connection: Connection, message: Message) => Promise<void>): ConnectionHandler {
  return async (connection) => {
    try {
      for await (const message of connection) await act(connection, message);
    } catch (error) {
      if (!(error instanceof ConnectionClosedError)) throw error;
    }
  };
}

const FAULTY_ECHOES: Readonly<Record<string, readonly [RegExp, ConnectionHandler]>> = {
  "echoes twice": [
    /echoes/,
    echo(async (connection, message) => {
      await connection.write(message);
      await connection.write(message);
    }),
  ],
  "echoes texts as bytes": [
    /echoes/,
    echo((connection, message) => connection.write(Buffer.from(message as string))),
  ],
  "throws at a message of four bytes": [
    /four bytes/,
    echo((connection, message) => {
      if (message.length === 4) throw new RangeError("four bytes");
      return connection.write(message);
    }),
  ],
};

for (const [fault, [what, handler]] of Object.entries(FAULTY_ECHOES)) {
  test(`SessionTarget finds a server that ${fault}`, async () => {
    const { failure } = await fuzzed(new SessionTarget(handler), { ...PLAN, inputs: 2000 });
    assert.match((failure?.error as Error).message, what);
  });
}

test.run();
