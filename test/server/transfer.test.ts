// Memory that is given away, on a real socket: it is free when the kernel has the bytes.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { Chance } from "../frame/support.ts";
import { binaryHex } from "../connection/support.ts";
import { makeCertificate } from "../support/certificate.ts";
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

test("transfer: TLS may read it later than it takes it, and gets it as it was", async () => {
  const sizes = [40_000, 65_536, 300_000, 2 * MIB, 32_768];
  const send = async (connection: Connection): Promise<void> => {
    for (const [index, size] of sizes.entries()) {
      void connection.write(new Uint8Array(size).fill(index + 1), options);
    }
    await connection.close();
  };
  await using server = await TestServer.start({
    serve: makeCertificate(),
    upgrade: { limits: { outboxSizeMax: 4 * MIB } },
    run: send,
  });
  const client = connectTls({ port: server.port, host: "127.0.0.1", rejectUnauthorized: false });
  await once(client, "secureConnect");
  const chunks: Buffer[] = [];
  client.on("data", (chunk: Buffer) => void chunks.push(chunk));
  client.write(handshake());
  const frames = sizes.map((size, index) => binaryHex(new Uint8Array(size).fill(index + 1)));
  const expected = Buffer.from(`${frames.join("")}880203e8`, "hex");
  try {
    const received = (): Buffer => {
      const all = Buffer.concat(chunks);
      return all.subarray(all.indexOf("\r\n\r\n") + 4);
    };
    await until(() => received().length >= expected.length, "all of it", 20_000);
    assert.ok(received().equals(expected));
  } finally {
    client.destroy();
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
