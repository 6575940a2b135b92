// What is thrown may throw itself when somebody looks at it. It is told like any other error, the
// client gets the answer that it gets to any other, and nothing ends the process.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { upgradeWebSocket } from "../../src/mod.ts";
import type { ConnectionHandler } from "../../src/mod.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { handshake, request } from "../support/handshake.ts";
import { HOSTILE } from "../support/hostile.ts";
import { printed } from "../support/printed.ts";
import { eventLoopTurn } from "../support/raw_client.ts";
import { TestServer } from "../support/server.ts";
import { watchUncaught } from "../support/uncaught.ts";
import { connected } from "./connected.ts";

const test = suite("server/hostile_error");
const escaped = watchUncaught(test);

/** Ways in which a handler of a connection throws `value`. */
const THROWERS: readonly (readonly [what: string, (value: unknown) => ConnectionHandler])[] = [
  ["at once", (value) => () => { throw value; }], // prettier-ignore
  ["later", (value) => async () => Promise.reject(value)],
  ["in forEach()", (value) => (open) => open.forEach(() => { throw value; })], // prettier-ignore
  ["in forEach(), later", (value) => (open) => open.forEach(() => Promise.reject(value))],
];

for (const [what, value] of HOSTILE) {
  for (const [when, thrower] of THROWERS) {
    test(`a handler that throws ${what} ${when}: 1011, and onError is told once`, async () => {
      escaped.length = 0;
      const told: unknown[] = [];
      const onError = (error: unknown): void => void told.push(error);
      await using server = await TestServer.start({
        respond: (request) => upgradeWebSocket(request, { onError }, thrower(value)).response,
      });
      await using client = await server.open();
      client.send(frame("81", "Hello"), closeFrame(1011));
      assert.equal(await client.transcript(), ["close 1011", "FIN"]);
      await eventLoopTurn();
      assert.is(told.length, 1);
      assert.ok(told[0] === value);
      assert.is(escaped.length, 0);
    });
  }

  const raise = (): never => {
    throw value;
  };

  test(`${what}, thrown by handler and onError: 500, 1011, and both are printed`, async () => {
    escaped.length = 0;
    const lines = await printed(async () => {
      await using server = await TestServer.start({
        serve: { onError: raise },
        respond: (request) => {
          if (request.url.endsWith("/throw")) raise();
          return upgradeWebSocket(request, { onError: raise }, raise).response;
        },
      });
      const line = "GET /throw HTTP/1.1";
      for (const wire of [request(line), handshake({}, line)]) {
        await using client = await server.connect();
        client.send(wire);
        assert.is((await client.readHead()).status, 500);
      }
      await using client = await server.open();
      assert.is(await client.readEvent(), "close 1011");
      await eventLoopTurn();
    });
    assert.is(lines.length, 6);
    assert.is(escaped.length, 0);
  });

  test(`${what}, thrown by origin with { socket, head }: 500, and it is told`, async () => {
    escaped.length = 0;
    const told: unknown[] = [];
    const onError = (error: unknown): void => void told.push(error);
    const client = await connected((incoming, socket, head) => {
      upgradeWebSocket(incoming, { socket, head, origin: raise, onError });
    });
    client.send(handshake());
    assert.is((await client.readHead()).status, 500);
    await client.stop();
    assert.ok(told.length === 1 && told[0] === value);
    assert.is(escaped.length, 0);
  });
}

test.run();
