// The server of one contestant, a process of its own so that its processor time is its own. All of
// them serve the same value in every way; which one is used is up to the clients.
//
//   /value    now, or 304 when the client's tag says that it has it
//   /next     as soon as it is not the one that the client has: long polling, RFC 6202 §2
//   /events   each value as an event, without end
//   /ws       each value as a message, without end
//
// A client that is told gets the newest value whenever it can take one: `write()` waits while it
// cannot, so a slow one misses values instead of filling the server's memory with old ones.

import { serve, upgradeWebSocket } from "../../src/mod.ts";
import type { Connection } from "../../src/mod.ts";
import { now, until } from "./clock.ts";
import type { ServerCommand, ServerReport } from "./protocol.ts";
import { ChangingValue } from "./value.ts";

/** Proxies give up on an answer after a minute, some after half of it. */
const HELD_MAX_MS = 25_000;

const value = new ChangingValue();
const encoder = new TextEncoder();

serve(
  {
    port: 0,
    hostname: "127.0.0.1",
    onListen: (addr) => process.send?.({ result: addr.transport === "tcp" ? addr.port : 0 }),
  },
  (request) => {
    switch (new URL(request.url).pathname) {
      case "/value":
        return answer(request);
      case "/next":
        return answerNext(request);
      case "/events":
        return new Response(events(), {
          headers: { "Content-Type": "text/event-stream", "Cache-Control": "no-cache" },
        });
      case "/ws":
        return upgradeWebSocket(request, push).response;
      default:
        return new Response("Not found\n", { status: 404 });
    }
  },
);

function answer(request: Request): Response {
  const tag = `"${value.version}"`;
  const headers = { ETag: tag, "Cache-Control": "no-cache" };
  if (request.headers.get("if-none-match") === tag) {
    return new Response(null, { status: 304, headers });
  }
  const { text } = value;
  return new Response(text, {
    headers: {
      ...headers,
      "Content-Type": "application/json",
      "Content-Length": String(text.length), // it is ASCII; without it the body would be chunked
    },
  });
}

async function answerNext(request: Request): Promise<Response> {
  if (request.headers.get("if-none-match") === `"${value.version}"`) {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const held = new Promise<void>((resolve) => (timer = setTimeout(resolve, HELD_MAX_MS)));
    await Promise.race([value.changed, held]);
    clearTimeout(timer);
  }
  return answer(request);
}

function events(): ReadableStream<Uint8Array> {
  let known = -1;
  return new ReadableStream({
    async pull(controller) {
      if (known === value.version) await value.changed;
      known = value.version;
      controller.enqueue(encoder.encode(`data: ${value.text}\n\n`));
    },
  });
}

async function push(connection: Connection): Promise<void> {
  for (let known = -1; ; ) {
    if (known === value.version) await value.changed;
    known = value.version;
    await connection.write(value.text);
  }
}

async function run({ startAt, endAt, schedule }: ServerCommand): Promise<ServerReport> {
  await until(startAt);
  const before = process.cpuUsage();
  const firstVersion = value.version + 1;
  const changedAt: number[] = [];
  for (const moment of schedule) {
    await until(startAt + moment);
    changedAt.push(now());
    value.change();
  }
  await until(endAt);
  const { user, system } = process.cpuUsage(before);
  const residentBytes = process.memoryUsage.rss();
  return { firstVersion, changedAt, cpuMs: (user + system) / 1000, residentBytes };
}

process.on("message", (command: ServerCommand) => {
  run(command).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on("disconnect", () => process.exit());
