// The process of `memory.test.ts`: a server that echoes. On its IPC channel it says its port, and
// to each message what memory it holds and what is resident, in bytes, when garbage is collected.

import { serve, upgradeWebSocket } from "../../src/mod.ts";

serve(
  {
    port: 0,
    hostname: "127.0.0.1",
    onListen: (addr) => process.send?.([addr.transport === "tcp" ? addr.port : 0]),
  },
  (request) => {
    const { response } = upgradeWebSocket(request, async (connection) => {
      for await (const message of connection) await connection.write(message);
    });
    return response;
  },
);

process.on("message", async () => {
  // Memory outside of the heap is freed some turns behind the collection that found it unused.
  for (let count = 0; count < 5; count++) {
    (globalThis as { gc?: () => void }).gc?.();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  process.send?.([heapUsed + external, rss]);
});
