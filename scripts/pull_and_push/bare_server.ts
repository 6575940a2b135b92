// The ways of HTTP as cheap as Node has them, `node:http` and nothing on top, so that polling is
// compared at its best; and WebSocket by `upgradeWebSocket()` on the same server.

import { once } from "node:events";
import { createServer } from "node:http";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { upgradeWebSocket } from "../../src/mod.ts";
import type { Connection } from "../../src/mod.ts";
import type { Answer, ChangingValue } from "./value.ts";

/** Longer than any interval of polling: a poll that has to connect is dearer. */
const KEEP_ALIVE_MS = 60_000;

/** Starts to serve `value`; fulfils with the port. */
export async function startBareServer(
  value: ChangingValue,
  push: (connection: Connection) => Promise<void>,
): Promise<number> {
  const server = createServer((incoming, outgoing) => {
    const tag = incoming.headers["if-none-match"] ?? null;
    if (incoming.url === "/value") send(value.answer(tag), outgoing);
    else if (incoming.url === "/next") void value.nextAnswer(tag).then((it) => send(it, outgoing));
    else if (incoming.url === "/events") void sendEvents(value, outgoing);
    else outgoing.writeHead(404).end();
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.on("upgrade", (incoming, socket, head) => {
    upgradeWebSocket(incoming, { socket, head }, push);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

function send({ status, headers, text }: Answer, outgoing: ServerResponse): void {
  outgoing.writeHead(status, headers).end(text ?? undefined);
}

async function sendEvents(value: ChangingValue, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-cache" });
  for (let known = -1; !outgoing.destroyed; ) {
    if (known === value.version) await value.changed;
    known = value.version;
    if (outgoing.write(`data: ${value.text}\n\n`)) continue;
    await Promise.race([once(outgoing, "drain"), once(outgoing, "close")]);
  }
}
