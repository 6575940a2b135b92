// An echo without a network: 16 short texts come in a read of a socket that takes all. For counts
// of what is ours alone.

import { Connection } from "../../src/connection/connection.ts";
import { Lifecycle } from "../../src/connection/lifecycle.ts";
import { connectionLimits } from "../../src/connection/limits.ts";
import { FakeClock } from "../../src/testing/fake_clock.ts";
import { concat } from "../support/bytes.ts";
import { frame } from "../support/frame.ts";
import { sinkTransport } from "../support/sink_transport.ts";

/** Opens a connection that `echo` answers. Returns what has `count` texts of 32 B arrive. */
export function sinkEcho(
  echo: (connection: Connection) => Promise<void>,
  count: number,
): () => void {
  const limits = connectionLimits();
  const lifecycle = new Lifecycle({ limits, keepalive: false, clock: new FakeClock() });
  const remoteAddr = { transport: "unix", path: "" } as const;
  const connection = new Connection(lifecycle, { protocol: "", remoteAddr, closeTimeoutMs: 1 });
  lifecycle.open(sinkTransport);
  void echo(connection).catch(() => {});
  const message = frame("81", "abcdefghijklmnopqrstuvwxyz012345", "37fa213d");
  const wire = concat(...Array.from({ length: count }, () => message));
  const chunk = Buffer.alloc(wire.length);
  return () => {
    chunk.set(wire); // it is unmasked in place
    lifecycle.received(chunk);
  };
}
