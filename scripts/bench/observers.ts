// What observers cost: a connection that echoes 16 texts of 32 B in a read, on a socket that takes
// all, while nobody listens to `node:diagnostics_channel`, and while somebody does. All kinds take
// turns, a short slice of time each, and the fastest slice of each counts: whatever else the
// machine does can only make one slower.

import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { echoes } from "../../test/connection/echoes.ts";
import { sinkEcho } from "../../test/connection/sink_echo.ts";

const KINDS: readonly (readonly [name: string, ...channels: string[]])[] = [
  ["nobody listens"],
  ["nobody listens, once more"],
  ["back-pressure and limits", "sluice.connection.backpressure", "sluice.limit"],
  ["sluice.wire.*", "sluice.wire.received", "sluice.wire.sent"],
  ["sluice.frame.*", "sluice.frame.received", "sluice.frame.sent"],
];

const SLICES = 400;
const SLICES_TO_WARM_UP = 20;
const READS_A_SLICE = 100;
const MESSAGES_A_READ = 16;

/** The table: nanoseconds for each message, and the ratio to those while nobody listens. */
export async function measureObservers(): Promise<string> {
  const fastest = KINDS.map(() => Infinity);
  for (let slice = -SLICES_TO_WARM_UP; slice < SLICES; slice++) {
    for (const [index, [, ...channels]] of KINDS.entries()) {
      const nanoseconds = await echoed(channels);
      if (slice >= 0) fastest[index] = Math.min(fastest[index], nanoseconds);
    }
  }
  const lines = KINDS.map(([name], index) => {
    const ratio = (fastest[index] / fastest[0]).toFixed(2);
    return `${name.padEnd(26)} ${fastest[index].toFixed(0).padStart(6)} ${ratio.padStart(6)}`;
  });
  return ["an echo                        ns  ratio", ...lines].join("\n");
}

/** Nanoseconds for each message that a new connection echoes while `channels` are listened to. */
async function echoed(channels: readonly string[]): Promise<number> {
  const listener = (): void => {};
  for (const channel of channels) subscribe(channel, listener);
  const receive = sinkEcho(echoes.forEach, MESSAGES_A_READ);
  const start = process.hrtime.bigint();
  for (let read = 0; read < READS_A_SLICE; read++) {
    receive();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const nanoseconds = Number(process.hrtime.bigint() - start);
  for (const channel of channels) unsubscribe(channel, listener);
  return nanoseconds / (READS_A_SLICE * MESSAGES_A_READ);
}
