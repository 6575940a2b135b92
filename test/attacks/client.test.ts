// Attacks on our client, A81: a server that answers without end, without being asked, or not at
// all. Each ends the attempt, and leaves nothing behind.

import { readdirSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { dial } from "../../src/client/dial.ts";
import { FakeClock } from "../../src/testing/fake_clock.ts";
import { accept, closed, FakeServer, head } from "../support/fake_server.ts";
import type { Answer } from "../support/fake_server.ts";
import { SAMPLE_ACCEPT } from "../support/handshake.ts";
import { rejects } from "../support/rejects.ts";
import { until } from "../support/with_timeout.ts";

const test = suite("attacks/client");

const UPGRADED = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"];

const ATTACKS: readonly (readonly [what: string, answer: Answer, due: RegExp])[] = [
  [
    "header fields without end",
    (socket) => {
      const pump = (): void => {
        while (!socket.destroyed && socket.write("X-More: and more\r\n".repeat(100)));
      };
      socket.write("HTTP/1.1 101 X\r\n");
      socket.on("drain", pump);
      pump();
    },
    /larger than 16384 bytes$/,
  ],
  ["a 101 for no key", (socket) => socket.write(head(...UPGRADED)), /Accept is missing/],
  [
    "a 101 for another key",
    (socket) => socket.write(head(...UPGRADED, `Sec-WebSocket-Accept: ${SAMPLE_ACCEPT}`)),
    /Sec-WebSocket-Accept is "s3pPLMBi/,
  ],
  [
    "an extension that nobody offered",
    (socket, request) =>
      socket.write(accept(request, "Sec-WebSocket-Extensions: permessage-deflate")),
    /was not offered/,
  ],
  [
    "answers of status 1xx without end",
    (socket) => socket.write(Buffer.concat(new Array(1000).fill(head("HTTP/1.1 103 Hints")))),
    /too many answers of status 1xx$/,
  ],
];

/** What keeps the process alive, as sockets do, and its file descriptors, as Linux has them. */
function held(): string {
  const descriptors = process.platform === "linux" ? readdirSync("/proc/self/fd").length : 0;
  return `${process.getActiveResourcesInfo().sort().join()} ${descriptors}`;
}

for (const [what, answer, due] of ATTACKS) {
  test(`A81 ${what} ends the attempt, and leaves nothing`, async () => {
    const clock = new FakeClock();
    await using server = await FakeServer.start(answer);
    const url = `ws://127.0.0.1:${server.port}/`;
    const attempt = async (): Promise<void> => {
      assert.match((await rejects(dial(url, { clock }))).message, due);
      for (const socket of server.sockets.splice(0)) await closed(socket);
    };
    await attempt();
    const before = held();
    for (let count = 0; count < 3; count++) await attempt();
    await until(() => held() === before, `${before}, found ${held()}`);
    assert.is(clock.pending, 0);
  });
}

test("A81 a head that never ends is given up in 10 s", async () => {
  const clock = new FakeClock();
  let asked: () => void = () => {};
  const arrived = new Promise<void>((resolve) => (asked = resolve));
  await using server = await FakeServer.start((socket) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n", () => asked());
  });
  const failed = rejects(dial(`ws://127.0.0.1:${server.port}/`, { clock }));
  await arrived;
  await clock.advance(10_000);
  assert.match((await failed).message, /no answer within 10000 ms$/);
  await closed(server.sockets[0]);
  assert.is(clock.pending, 0);
});

test.run();
