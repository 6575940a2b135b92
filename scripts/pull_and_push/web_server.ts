// The same through `serve()`, where a handler takes a standard Request and gives a standard
// Response: what polling costs with that convenience (`--serve`).

import { serve, upgradeWebSocket } from "../../src/mod.ts";
import type { Connection, Server } from "../../src/mod.ts";
import type { Answer, ChangingValue } from "./value.ts";

/** Starts to serve `value`; fulfils with the port. */
export function startWebServer(
  value: ChangingValue,
  push: (connection: Connection) => Promise<void>,
): Promise<number> {
  return new Promise((resolve) => {
    const options = { port: 0, hostname: "127.0.0.1", onListen: () => resolve(portOf(server)) };
    const server = serve(options, async (request) => {
      const tag = request.headers.get("if-none-match");
      switch (new URL(request.url).pathname) {
        case "/value":
          return responseOf(value.answer(tag));
        case "/next":
          return responseOf(await value.nextAnswer(tag));
        case "/events":
          return new Response(eventsOf(value), {
            headers: { "Content-Type": "text/event-stream", "Cache-Control": "no-cache" },
          });
        case "/ws":
          return upgradeWebSocket(request, push).response;
        default:
          return new Response("Not found\n", { status: 404 });
      }
    });
  });
}

function portOf({ addr }: Server): number {
  return addr.transport === "tcp" ? addr.port : 0;
}

function responseOf({ status, headers, text }: Answer): Response {
  return new Response(text, { status, headers });
}

/** It is pulled when the client takes more. */
function eventsOf(value: ChangingValue): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let known = -1;
  return new ReadableStream({
    async pull(controller) {
      if (known === value.version) await value.changed;
      known = value.version;
      controller.enqueue(encoder.encode(`data: ${value.text}\n\n`));
    },
  });
}
