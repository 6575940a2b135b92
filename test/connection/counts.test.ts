// What makes it fast, as counts, which no busy machine can change: writes of the socket, promises,
// and bytes allocated for each message that is echoed.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createHook } from "node:async_hooks";
import { execFileSync } from "node:child_process";
import { Channel } from "node:diagnostics_channel";
import type { Connection } from "../../src/connection/connection.ts";
import { concat } from "../support/bytes.ts";
import { frame } from "../support/frame.ts";
import { echoes } from "./echoes.ts";
import { Line, turn } from "./support.ts";

const test = suite("connection/counts");

const MESSAGE = frame("81", "abcdefghijklmnopqrstuvwxyz012345", "37fa213d");

/** Promises that are made while `action` runs, by whomever. */
async function promisesIn(action: () => Promise<void>): Promise<number> {
  let count = 0;
  const hook = createHook({ init: (_id, type) => void (type === "PROMISE" && count++) });
  hook.enable();
  await action();
  hook.disable();
  return count;
}

/** How each style of reading echoes; and what a chunk of 1 and of 16 messages may cost it. */
const PROMISES_MAX: Readonly<Record<keyof typeof echoes, readonly [number, number]>> = {
  forEach: [1, 1],
  "for await": [4, 49],
  read: [5, 50],
  "tryRead() ?? await read()": [4, 4],
  batches: [4, 4],
};

/** A quarter more than any run has found on Node 20 to 26; for one in forEach() twice its noise. */
const BYTES_MAX: Readonly<Record<keyof typeof echoes, readonly [number, number]>> = {
  forEach: [300, 300],
  "for await": [1125, 940],
  read: [1075, 885],
  "tryRead() ?? await read()": [775, 295],
  batches: [1225, 415],
};

for (const [style, [single, many]] of Object.entries(PROMISES_MAX)) {
  for (const [count, promisesMax] of [
    [1, single],
    [16, many],
  ] as const) {
    const what = `${style}: ${count} messages in a read are one write, <= ${promisesMax} promises`;
    test(what, async () => {
      const line = new Line();
      const echo: (connection: Connection) => Promise<void> = echoes[style as keyof typeof echoes];
      void echo(line.connection).catch(() => {});
      const chunk = concat(...Array.from({ length: count }, () => MESSAGE));
      const round = async (): Promise<void> => {
        line.receive(chunk);
        await turn();
      };
      for (let warm = 0; warm < 3; warm++) await round();
      line.transport.take();
      const idle = await promisesIn(turn);
      const found = (await promisesIn(round)) - idle - 1; // round() is one itself
      assert.is(line.transport.writes.length, 1);
      assert.is(line.transport.sent.length / 2, count * 34);
      assert.ok(found <= promisesMax, `${found} promises`);
    });
  }
}

test("bytes allocated for a message that is echoed", () => {
  const script = new URL("./allocations.js", import.meta.url).pathname;
  const flags = ["--expose-gc", "--min-semi-space-size=64", "--max-semi-space-size=64"];
  const output = execFileSync(process.execPath, [...flags, script], { encoding: "utf8" });
  const found = JSON.parse(output) as Record<string, readonly [number, number]>;
  assert.equal(Object.keys(found), Object.keys(echoes));
  for (const [style, [single, many]] of Object.entries(BYTES_MAX)) {
    const [one, sixteen] = found[style];
    assert.ok(one <= single, `${style}, 1 in a read: ${one} bytes`);
    assert.ok(sixteen <= many, `${style}, 16 in a read: ${sixteen} bytes`);
  }
});

test("nothing is published while nobody listens: no event is made", async () => {
  const { publish } = Channel.prototype;
  let count = 0;
  Channel.prototype.publish = () => void count++;
  try {
    const line = new Line({ limits: { inboxMessagesMax: 4, messageSizeMax: 100 } });
    line.receive(MESSAGE, MESSAGE, MESSAGE, MESSAGE); // the inbox is full
    void echoes.forEach(line.connection).catch(() => {});
    for (let round = 0; round < 100; round++) {
      line.receive(MESSAGE);
      await turn();
    }
    line.transport.fullAfter = 0;
    line.receive(MESSAGE);
    await turn();
    line.transport.drain();
    assert.is(line.transport.writes.length > 100, true);
    line.receive(frame("82", new Uint8Array(101))); // a limit is hit
    await turn();
    line.disconnect();
    assert.equal(line.lifecycle.observed.limitHits?.toRecord(), { messageSizeMax: 1 });
  } finally {
    Channel.prototype.publish = publish;
  }
  assert.is(count, 0);
});

test.run();
