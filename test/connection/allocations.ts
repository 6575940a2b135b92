// The process of `counts.test.ts`: prints the bytes that each style of reading allocates for a
// message, with 1 and with 16 messages in a read of the socket. Its young generation is so large
// that nothing is collected while it counts.

import type { Connection } from "../../src/connection/connection.ts";
import { echoes } from "./echoes.ts";
import { sinkEcho } from "./sink_echo.ts";
import { turn } from "./support.ts";

const WARM_ROUNDS = 100_000;
const ROUNDS = 8_000;

async function bytesPerMessage(
  echo: (connection: Connection) => Promise<void>,
  count: number,
): Promise<number> {
  const receive = sinkEcho(echo, count);
  await allocated(receive, WARM_ROUNDS / count);
  const all = await allocated(receive, ROUNDS / count);
  const turns = await allocated(() => {}, ROUNDS / count);
  return Math.round((all - turns) / ROUNDS);
}

/** Bytes that are allocated while `act` and a turn of the event loop run so many times. */
async function allocated(act: () => void, times: number): Promise<number> {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  for (let round = 0; round < times; round++) {
    act();
    await turn();
  }
  return process.memoryUsage().heapUsed - before;
}

const found: Record<string, readonly [number, number]> = {};
for (const [style, echo] of Object.entries(echoes)) {
  found[style] = [await bytesPerMessage(echo, 1), await bytesPerMessage(echo, 16)];
}
console.log(JSON.stringify(found));
