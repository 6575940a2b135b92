// The server of one contestant, a process of its own so that its processor time is its own. All of
// them serve the same value in every way; which one is used is up to the clients.
//
//   /value    now, or 304 when the client's tag says that it has it
//   /next     as soon as it is not the one that the client has: long polling, RFC 6202 §2
//   /events   each value as an event, without end
//   /ws       each value as a message, without end
//
// With the argument "serve" HTTP goes through `serve()`, else it is bare `node:http`.

import type { Connection } from "../../src/mod.ts";
import { answerCommands } from "../answering_process.ts";
import { startBareServer } from "./bare_server.ts";
import { now, until } from "./clock.ts";
import type { ServerCommand, ServerReport } from "./protocol.ts";
import { ChangingValue } from "./value.ts";
import { startWebServer } from "./web_server.ts";

const value = new ChangingValue();

/**
 * The client gets the newest value whenever it can take one: `write()` waits while it cannot, so a
 * slow one misses values instead of filling the server's memory with old ones.
 */
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

answerCommands(run);

const start = process.argv[2] === "serve" ? startWebServer : startBareServer;
process.send?.({ result: await start(value, push) });
