// The minimal server, `sluice serve` and `npm start`: what Sluice does, to be tried in a browser.
//
//   /        a page that connects to /ws, and shows what passes on the wire
//   /ws      every message comes back, and the text "heartbeat" comes each second
//   /echo    every message comes back, compressed where the client offers it; for conformance
//            suites and benchmarks
//   /wire    what the page is told of its connection: see `wire_view`

import { parseArgs } from "node:util";
import { after, select, tick } from "../channel/mod.ts";
import { connectionLimits } from "../connection/limits.ts";
import type { Connection } from "../connection/connection.ts";
import { displayUrl } from "../server/address.ts";
import type { Addr } from "../server/address.ts";
import { serve } from "../server/serve.ts";
import type { Server } from "../server/serve.ts";
import { upgradeWebSocket } from "../server/upgrade.ts";
import type { Command } from "./command.ts";
import { readPort } from "./options.ts";
import { PageFiles } from "./page_files.ts";
import { WireViews } from "./wire_views.ts";

const DEFAULT_PORT = 7777;
const DEFAULT_HOSTNAME = "0.0.0.0";
const HEARTBEAT_MS = 1000;
const ECHO_MESSAGE_SIZE_MAX = 64 * 1024 * 1024;
const SHUTDOWN_TIMEOUT_MS = 4000;

/** The minimal server as a command. */
export const serveCommand: Command = {
  summary: "the minimal server: a page, /ws and /echo",
  help: `Usage: sluice serve [--port N] [--hostname H]

Serves a page that connects to /ws, where every message comes back and the text "heartbeat" comes
each second; the page shows each frame of it as it is on the wire, and sends wrong ones too. /echo
only echoes. SIGINT or SIGTERM shuts it down: it stops to listen, closes every connection with
1001, and exits with 0; a second signal ends it at once.

  --port N       0: any that is free. Default: the variable PORT, or ${DEFAULT_PORT}
  --hostname H   Default: ${DEFAULT_HOSTNAME}, all addresses of this machine

Example: sluice serve --port 8080 --hostname 127.0.0.1`,
  run,
};

async function run(args: readonly string[]): Promise<number> {
  const { port, hostname } = readOptions(args);
  const page = new PageFiles();
  const wire = new WireViews(() => server.addr);
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  process.once("SIGTERM", () => stop.abort());
  const limits = { shutdownTimeoutMs: SHUTDOWN_TIMEOUT_MS };
  const onListen = (addr: Addr): void => announce(addr, server);
  const server = serve({ port, hostname, limits, signal: stop.signal, onListen }, (request) =>
    respond(request, page, wire),
  );
  try {
    await server.finished;
    return 0;
  } catch (error) {
    console.error(`Cannot serve: ${(error as Error).message}`);
    return 1;
  }
}

function respond(request: Request, page: PageFiles, wire: WireViews): Response {
  const path = new URL(request.url).pathname;
  switch (path) {
    case "/ws": {
      const paceMs = wire.paceOf(request);
      return upgradeWebSocket(request, (connection) => echoAndBeat(connection, paceMs)).response;
    }
    case "/wire":
      return wire.watch(request);
    case "/echo":
      return upgradeWebSocket(
        request,
        { limits: { messageSizeMax: ECHO_MESSAGE_SIZE_MAX }, compression: { threshold: 0 } },
        (connection) => echo(connection),
      ).response;
    default: {
      const notFound = new Response("Not found: try /, /ws or /echo\n", { status: 404 });
      return page.respond(path) ?? notFound;
    }
  }
}

async function echoAndBeat(connection: Connection, paceMs: () => number): Promise<void> {
  await Promise.all([echo(connection, paceMs), beat(connection)]);
}

/**
 * `write()` waits while the client takes nothing, and a loop that waits reads nothing either.
 *
 * @param paceMs How slow a handler it plays, so that one sees what that does.
 */
async function echo(connection: Connection, paceMs: () => number = () => 0): Promise<void> {
  for await (const message of connection) {
    if (paceMs() > 0) await after(paceMs()).receive();
    await connection.write(message);
  }
}

/** `tick()` keeps its phase and drops what nobody took: a slow client gets no burst of beats. */
async function beat(connection: Connection): Promise<void> {
  const heartbeat = tick(HEARTBEAT_MS);
  const gone = new AbortController();
  void connection.closed.then(() => gone.abort());
  for (;;) {
    const event = await select({ gone: gone.signal, heartbeat });
    if (event.case === "gone") return;
    await connection.write("heartbeat");
  }
}

function announce(addr: Addr, server: Server): void {
  console.log(`Listening on ${displayUrl(addr, "http")}`);
  console.log(`Limits of the server: ${describe(server.limits)}`);
  console.log(`Limits of a connection: ${describe(connectionLimits())}`);
}

function describe(values: object): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}

interface ServeArguments {
  readonly port: number;
  readonly hostname: string;
}

function readOptions(args: readonly string[]): ServeArguments {
  const { values } = parseArgs({
    args: [...args],
    options: { port: { type: "string" }, hostname: { type: "string" } },
  });
  const { hostname = DEFAULT_HOSTNAME } = values;
  const port = values.port ?? (process.env["PORT"] || String(DEFAULT_PORT));
  return { port: readPort(port), hostname };
}
