// The process of `codec.ts`: runs each operation until its code is compiled, then counts.

import { Buffer } from "node:buffer";
import { Channel, select } from "../../src/channel/mod.ts";
import { appendBinary, appendText } from "../../src/frame/encoder.ts";
import { encodeFrame, FrameDecoder, Opcode } from "../../src/frame/mod.ts";
import { MessageAssembler } from "../../src/message/assembler.ts";
import type { MessageSink } from "../../src/message/assembler.ts";
import { allocated, collect } from "./allocated.ts";
import type { Cost } from "./codec.ts";

/** Bytes of payload that all runs of an operation handle together, about. */
const PAYLOAD_BYTES = 64 * 1024 * 1024;
const RUNS_MAX = 100_000;

let sum = 0;
const sink: MessageSink = {
  message: (message) => void (sum += message.length),
  ping: () => {},
  pong: () => {},
  closeReceived: () => {},
};

/** Counts `operation`, which does `count` things at a time. */
async function cost(
  name: string,
  size: number,
  count: number,
  operation: () => void | Promise<void>,
): Promise<Cost> {
  const runs = Math.ceil(Math.min(RUNS_MAX, PAYLOAD_BYTES / size) / count);
  const run = async (times: number): Promise<void> => {
    for (let index = 0; index < times; index++) {
      const waits = operation();
      if (waits !== undefined) await waits;
    }
  };
  await run(runs);
  const start = process.hrtime.bigint();
  await run(runs);
  const nanoseconds = Number(process.hrtime.bigint() - start) / (runs * count);
  const few = Math.min(runs, 500);
  await collect();
  const before = allocated();
  await run(few);
  const bytes = (allocated() - before) / (few * count);
  return { name, nanoseconds, bytes: Math.max(0, bytes) };
}

const costs: Cost[] = [];
for (const [label, size, count] of [
  ["32 B", 32, 16],
  ["1 KiB", 1024, 16],
  ["64 KiB", 65_000, 1],
] as const) {
  for (const [kind, opcode] of [
    ["text", Opcode.TEXT],
    ["binary", Opcode.BINARY],
  ] as const) {
    const payload = Buffer.alloc(size, "The quick brown fox jumps over the lazy dog. ");
    const frame = encodeFrame({ opcode, payload, key: 0x37fa213d });
    const wire = Buffer.concat(Array.from({ length: count }, () => frame));
    const chunk = Buffer.alloc(wire.length);
    const decoder = new FrameDecoder(new MessageAssembler(sink, 1 << 20));
    costs.push(
      await cost(`decode ${label} ${kind}, ${count} in a read`, size, count, () => {
        chunk.set(wire); // the decoder may unmask in place
        decoder.push(chunk);
      }),
    );
    const page = Buffer.alloc(4 * size + 100);
    const text = payload.toString();
    costs.push(
      await cost(`encode ${label} ${kind}`, size, 1, () => {
        if (opcode === Opcode.TEXT) sum += appendText(page, 0, text);
        else sum += appendBinary(page, 0, opcode, payload);
      }),
    );
  }
}

const channel = new Channel<number>(1);
const other = new Channel<number>();
costs.push(
  await cost("channel: trySend, tryReceive", 1, 1, () => {
    channel.trySend(1);
    sum += channel.tryReceive()?.value ?? 0;
  }),
  await cost("channel: send to a receive() that waits", 1, 1, async () => {
    const received = channel.receive();
    channel.trySend(1);
    sum += (await received).value ?? 0;
  }),
  await cost("channel: select of two, one is ready", 1, 1, async () => {
    channel.trySend(1);
    sum += (await select({ channel, other })).value ?? 0;
  }),
  await cost("channel: select of two that waits", 1, 1, async () => {
    const selected = select({ channel, other });
    channel.trySend(1);
    sum += (await selected).value ?? 0;
  }),
);
console.log(JSON.stringify(costs));
