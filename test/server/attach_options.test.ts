// `upgradeWebSocket(incoming, options)` on the "upgrade" event with options that mean nothing.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { upgradeWebSocket } from "../../src/mod.ts";
import type { ConnectionHandler, UpgradeOptions } from "../../src/mod.ts";
import { Deferred } from "../support/deferred.ts";
import { frame } from "../support/frame.ts";
import { handshake } from "../support/handshake.ts";
import { printed } from "../support/printed.ts";
import { withTimeout } from "../support/with_timeout.ts";
import { connected } from "./connected.ts";

const test = suite("server/attach_options");

const echo: ConnectionHandler = async (connection) => {
  for await (const message of connection) await connection.write(message);
};

test("an onError that is no function: 500 on the wire, and it is said", async () => {
  const lines = await printed(async () => {
    const client = await connected((incoming, socket, head) => {
      upgradeWebSocket(incoming, { socket, head, onError: "log" as never });
    });
    client.send(handshake());
    assert.is((await client.readHead()).status, 500);
    await client.stop();
  });
  assert.match(String(lines[0]), /^TypeError: .* onError is "log", must be a function$/);
});

test("a head that is no bytes: 500 on the wire, and onError is told", async () => {
  const told: unknown[] = [];
  const onError = (error: unknown): void => void told.push(error);
  const client = await connected((incoming, socket) => {
    upgradeWebSocket(incoming, { socket, head: "abc" as never, onError }, echo);
  });
  client.send(handshake());
  assert.is((await client.readHead()).status, 500);
  const text = 'TypeError: Cannot upgrade: head is "abc", must be a Uint8Array';
  assert.equal(told.map(String), [text]);
  await client.stop();
});

test("no socket, and a request for the second time: the call throws", async () => {
  const thrown = new Deferred<unknown[]>();
  const client = await connected((incoming, socket, head) => {
    const errors: unknown[] = [];
    for (const options of [null, {}, { socket, head }, { socket, head }]) {
      try {
        upgradeWebSocket(incoming, options as UpgradeOptions, echo);
      } catch (error) {
        errors.push(String(error));
      }
    }
    thrown.resolve(errors);
  });
  client.send(handshake(), frame("81", "Hello"));
  assert.equal(await withTimeout(thrown.promise, "errors"), [
    "TypeError: Cannot upgrade: a request of node:http needs the option socket",
    "TypeError: Cannot upgrade: a request of node:http needs the option socket",
    "TypeError: Cannot upgrade: request was upgraded already",
  ]);
  assert.is((await client.readHead()).status, 101);
  assert.is(await client.readEvent(), "text Hello");
  await client.stop();
});

test.run();
