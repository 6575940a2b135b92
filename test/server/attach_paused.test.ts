// `upgradeWebSocket(incoming, { socket, head })` on a socket that its owner has paused while he
// decided, as one does who must not lose what comes meanwhile.

import type { Socket } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { upgradeWebSocket } from "../../src/mod.ts";
import { Deferred } from "../support/deferred.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { handshake } from "../support/handshake.ts";
import { eventLoopTurn } from "../support/raw_client.ts";
import { withTimeout } from "../support/with_timeout.ts";
import { connected } from "./connected.ts";

const test = suite("server/attach_paused");

for (const inboxMessagesMax of [1, 100]) {
  const queue = `an inbox of ${inboxMessagesMax}`;
  test(`a socket that its owner has paused flows when it is upgraded, with ${queue}`, async () => {
    const [go, read] = [new Deferred(), new Deferred()];
    const paused = new Deferred<Socket>();
    const client = await connected(async (incoming, socket, head) => {
      socket.pause();
      paused.resolve(socket);
      await go.promise;
      const options = { socket, head, limits: { inboxMessagesMax } };
      upgradeWebSocket(incoming, options, async (connection) => {
        await read.promise;
        for await (const message of connection) await connection.write(message);
      });
    });
    client.send(handshake(), frame("81", "one"), frame("81", "two"));
    const socket = await withTimeout(paused.promise, "the handshake");
    client.send(frame("81", "three"));
    for (let turn = 0; turn < 4; turn++) await eventLoopTurn();
    go.resolve();
    assert.is((await client.readHead()).status, 101);
    for (let turn = 0; turn < 4; turn++) await eventLoopTurn();
    assert.is(socket.isPaused(), inboxMessagesMax === 1); // then by us, for want of room
    read.resolve();
    client.send(frame("81", "four"), closeFrame(1000));
    const all = ["text one", "text two", "text three", "text four", "close 1000", "FIN"];
    assert.equal(await client.transcript(), all);
    await client.stop();
  });
}

test.run();
