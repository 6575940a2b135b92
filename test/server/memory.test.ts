// A client that sends and does not read costs the server a bounded amount of memory, and loses
// nothing: measured from outside, in a process that does nothing else.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { frame } from "../support/frame.ts";
import { handshake } from "../support/handshake.ts";
import { RawClient } from "../support/raw_client.ts";
import { withTimeout } from "../support/with_timeout.ts";
import { atRest } from "./at_rest.ts";

const MEBIBYTE = 1024 * 1024;

/** What the bounds of a connection allow, all together, and what an allocator keeps besides. */
const HELD_MAX = 8 * MEBIBYTE;
const RESIDENT_MAX = 16 * MEBIBYTE;

const test = suite("server/memory");

/** What the process says next. */
function said(child: ChildProcess): Promise<readonly number[]> {
  const message = new Promise<readonly number[]>((resolve, reject) => {
    child.once("message", (values) => resolve(values as number[]));
    child.once("exit", (code) => reject(new Error(`The server ended with ${code}`)));
  });
  return withTimeout(message, "word from the server");
}

/** What the process holds, and what is resident, in bytes. */
function memoryOf(child: ChildProcess): Promise<readonly number[]> {
  const answer = said(child);
  child.send("memory");
  return answer;
}

/** A client of `/echo` with its 101. */
async function opened(port: number): Promise<RawClient> {
  const client = await RawClient.connect(port);
  client.send(handshake({}, "GET /echo HTTP/1.1"));
  await client.readHead();
  return client;
}

/** Message `index`, of `size` bytes, which nobody can mistake for another. */
function message(index: number, size: number): Uint8Array {
  return new Uint8Array(Buffer.alloc(size, `<${index}>`));
}

/** Sizes of messages, and how many of them are far more than may be held. */
const FLOODS: readonly (readonly [size: number, count: number])[] = [
  [64 * 1024, 1024],
  [MEBIBYTE, 64],
  [100, 100_000],
];

for (const [size, count] of FLOODS) {
  test(`${count} messages of ${size} bytes, unread: memory is bounded; then all come`, async () => {
    const file = new URL("./memory_server.js", import.meta.url);
    const child = fork(file, { execArgv: ["--expose-gc"] });
    try {
      const [port] = await said(child);
      await warmUp(port, size);
      const [heldBefore, residentBefore] = await memoryOf(child);
      const client = await opened(port);
      client.pause();
      const wires = Array.from({ length: count }, (_, index) => frame("82", message(index, size)));
      client.send(new Uint8Array(Buffer.concat(wires)));
      await atRest(() => client.socket.bytesWritten - client.socket.writableLength);
      const [held, resident] = await settledMemoryOf(child, heldBefore + HELD_MAX);
      assert.ok(held - heldBefore <= HELD_MAX, `holds ${held - heldBefore} bytes`);
      const grown = resident - residentBefore;
      assert.ok(grown <= RESIDENT_MAX, `${grown} bytes more are resident`);
      client.resume();
      for (let index = 0; index < count; index++) await expectMessage(client, index, size);
      client.socket.destroy();
      const [heldAfter] = await settledMemoryOf(child, heldBefore + HELD_MAX);
      assert.ok(heldAfter - heldBefore <= HELD_MAX, `still holds ${heldAfter - heldBefore} bytes`);
    } finally {
      child.kill("SIGKILL");
    }
  });
}

/** What is held once it is no more than `enough`; a busy machine takes its time to let go. */
async function settledMemoryOf(
  child: ChildProcess,
  enough: number,
): Promise<readonly number[]> {
  let memory = await memoryOf(child);
  for (let tries = 0; tries < 20 && memory[0] > enough; tries++) memory = await memoryOf(child);
  return memory;
}

/** Reads the next message, its fragments put together, and sees that it is the one due. */
async function expectMessage(client: RawClient, index: number, size: number): Promise<void> {
  const first = await client.readFrame();
  const payloads = [first.payload];
  for (let { fin } = first; !fin; ) {
    const next = await client.readFrame();
    payloads.push(next.payload);
    fin = next.fin;
  }
  const found = Buffer.concat(payloads);
  const isIt = first.opcode === 2 && found.compare(message(index, size)) === 0;
  if (!isIt) throw new Error(`Expected message ${index}, found ${found.length} bytes`);
}

/**
 * Echoes to a client that does read, so that what is measured then is what it costs that one does
 * not. V8 collects buffers after 32 MiB of them at the earliest, which any traffic brings along.
 */
async function warmUp(port: number, size: number): Promise<void> {
  const client = await opened(port);
  const rounds = Math.max(20, (64 * MEBIBYTE) / size);
  for (let count = 0; count < Math.min(rounds, 1000); count++) {
    client.send(frame("82", message(count, size)));
    await expectMessage(client, count, size);
  }
  client.socket.destroy();
}

test.run();
