// A socket that is cut, in the states in which Node itself would wait or forget it.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { reset } from "../../src/command/reset.ts";
import { withTimeout } from "../support/with_timeout.ts";

const test = suite("command/reset");

/** What the socket has done before; whether its peer then sees RST. */
const CASES: readonly (readonly [what: string, act: (socket: Socket) => void, isReset: boolean])[] =
  [
    ["idle", () => {}, true],
    ["with bytes that the peer does not take", (socket) => write(socket, 64), false],
    ["behind FIN", (socket) => socket.end(), false],
    ["behind bytes and FIN", (socket) => write(socket, 64).end(), false],
  ];

function write(socket: Socket, mebibytes: number): Socket {
  socket.write(new Uint8Array(mebibytes * 1024 * 1024));
  return socket;
}

for (const [what, act, isReset] of CASES) {
  test(`reset() closes a socket ${what}, at once`, async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const accepted = once(server, "connection") as Promise<[Socket]>;
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    const [[peer]] = await Promise.all([accepted, once(socket, "connect")]);
    peer.pause();
    const failed = once(peer, "error") as Promise<[NodeJS.ErrnoException]>;
    act(socket);
    const closed = once(socket, "close");
    reset(socket);
    await withTimeout(closed, "the socket to close", 1000);
    if (isReset) {
      peer.resume();
      assert.is((await withTimeout(failed, "RST"))[0].code, "ECONNRESET");
    } else {
      failed.catch(() => {});
    }
    peer.destroy();
    server.close();
    await withTimeout(once(server, "close"), "the server to close");
  });
}

test.run();
