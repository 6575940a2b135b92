// Memory that is given away, on a real socket: it is free when the kernel has the bytes.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { Chance } from "../frame/support.ts";
import { frame } from "../support/frame.ts";
import { handshake } from "../support/handshake.ts";
import { describe } from "../support/raw_client.ts";
import { TestServer } from "../support/server.ts";
import type { Connection } from "../support/server.ts";
import { until } from "../support/with_timeout.ts";

const test = suite("server/transfer");

const MIB = 1024 * 1024;

const options = { transfer: true };

test("transfer: messages of all sizes come back as they were", async () => {
  await using server = await TestServer.start({
    upgrade: { limits: { messageSizeMax: 4 * MIB } },
    run: (connection) => connection.forEach((message) => connection.write(message, options)),
  });
  await using client = await server.open();
  const chance = new Chance(20261126);
  for (let round = 0; round < 40; round++) {
    const payload = randomBytes(round % 4 === 0 ? 65_500 + round : chance.below(2 * MIB));
    client.send(frame("82", payload));
    assert.is(await client.readEvent(), describe(2, payload));
  }
});

test("transfer: 128 messages of 1 MiB are never held together", async () => {
  let peak = 0;
  const send = async (connection: Connection): Promise<void> => {
    const before = process.memoryUsage().arrayBuffers;
    for (let count = 0; count < 128; count++) {
      await connection.write(new Uint8Array(MIB), options);
      peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
    }
    await connection.close();
  };
  await using server = await TestServer.start({ run: send });
  let read = 0;
  const count = (size: number): boolean => {
    read += size;
    return true;
  };
  // One buffer for all that it reads: its memory is not to be counted with ours.
  const onread = { buffer: new Uint8Array(MIB), callback: count };
  const client = connect({ port: server.port, host: "127.0.0.1", onread });
  await once(client, "connect");
  client.write(handshake());
  try {
    await until(() => read > 128 * MIB, "all of it", 20_000);
  } finally {
    client.destroy();
  }
  assert.ok(peak <= 8 * MIB, `${peak} bytes`);
});

test.run();
