// The server whose cost is measured, a process of its own with --expose-gc.
//
//   /echo    sends each message back
//   /deaf    reads nothing
//   /push    writes as fast as it may, and reads nothing
//   /close   closes at once
//   /wait    is never answered

import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { serve, upgradeWebSocket } from "../../src/mod.ts";
import type { Connection } from "../../src/mod.ts";
import { answerCommands } from "../answering_process.ts";
import type { CostCommand, Costs, CostSetup } from "./protocol.ts";

const setup = JSON.parse(process.argv[2]) as CostSetup;

/** Collections after which nothing is left that could go: buffers go some turns later. */
const COLLECTIONS = 4;

const handlers: Readonly<Record<string, (connection: Connection) => Promise<unknown>>> = {
  "/echo": (connection) => connection.forEach((message) => connection.write(message)),
  "/deaf": (connection) => connection.closed,
  "/push": push,
  "/close": (connection) => connection.close(),
};

serve(
  {
    port: 0,
    hostname: "127.0.0.1",
    limits: setup.server,
    onListen: (addr) => process.send?.({ result: addr.transport === "tcp" ? addr.port : 0 }),
  },
  (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/wait") return new Promise<Response>(() => {});
    const { connection: limits, compression } = setup;
    return upgradeWebSocket(request, { limits, compression }, async (connection) => {
      await handlers[pathname](connection);
    }).response;
  },
);

/** Bytes, of which whatever waits is a copy. */
async function push(connection: Connection): Promise<void> {
  for (const message = new Uint8Array(1024); ; ) await connection.write(message);
}

answerCommands(async ({ collect }: CostCommand): Promise<Costs> => {
  for (let count = 0; collect && count < COLLECTIONS; count++) {
    (globalThis as { gc?: () => void }).gc?.();
    await sleep(20);
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  const descriptors = readdirSync("/proc/self/fd").length;
  return {
    residentBytes: rss,
    heldBytes: heapUsed + external,
    descriptors,
    cpuMs: (user + system) / 1000,
  };
});
