// `sluice tap`: a man in the middle that shows what two others say to each other, frame by frame.

import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { parseArgs } from "node:util";
import { parseWebSocketUrl } from "../protocol/websocket_url.ts";
import type { WebSocketUrl } from "../protocol/websocket_url.ts";
import { COLOUR_HELP, COLOUR_OPTIONS, wantsColour } from "./colour.ts";
import { UsageError } from "./command.ts";
import type { Command } from "./command.ts";
import { readPort } from "./options.ts";
import { endWithReader } from "./print.ts";
import { TapConnection } from "./tap_connection.ts";
import { TapPrinter } from "./tap_printer.ts";
import type { TapForm } from "./tap_printer.ts";

const DEFAULT_PORT = 7778;
const HOSTNAME = "127.0.0.1";

/** A man in the middle, as a command. */
export const tapCommand: Command = {
  summary: "a man in the middle that shows each frame, both ways",
  help: `Usage: sluice tap [OPTION...] URL

Listens on ${HOSTNAME}, passes everything on to URL, ws://... or wss://..., and shows the handshake
and each frame that goes by, in both directions: → from the client, ← from the server. Connect your
client to the address that it prints; other requests (a page, say) go through as well.

Frames pass as they are. In a request, Host becomes that of URL, an Origin that was the same as Host
stays the same, and a target of / becomes the path of URL. Of permessage-deflate the messages are
shown inflated. SIGINT or SIGTERM ends it.

  --port N              Where to listen, 0: any that is free. Default: ${DEFAULT_PORT}
  --diagram             Draws each frame bit by bit (§5.2), as "sluice explain" does
  --json                One JSON object a line for each event
  --insecure            Takes any certificate of a wss: server
${COLOUR_HELP}

Exit code: 0 it was ended by a signal, 1 it cannot listen, 2 misuse.

Examples: sluice tap ws://localhost:7777/ws
          sluice tap --port 9000 --diagram wss://example.com/chat`,
  run,
};

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...COLOUR_OPTIONS,
      port: { type: "string", default: String(DEFAULT_PORT) },
      diagram: { type: "boolean" },
      json: { type: "boolean" },
      insecure: { type: "boolean" },
    },
  });
  if (positionals.length !== 1) {
    throw new UsageError(`There must be one URL to tap, found ${positionals.length}`);
  }
  const { diagram = false, json = false, insecure = false } = values;
  if (diagram && json) throw new UsageError("One of --diagram and --json, not both");
  const url = readUrl(positionals[0]);
  const form: TapForm = json ? "json" : diagram ? "diagram" : "line";
  endWithReader();
  const printer = new TapPrinter(form, wantsColour(values, process.stdout));
  return await listen(readPort(values.port), url, insecure, printer);
}

function readUrl(text: string): WebSocketUrl {
  try {
    return parseWebSocketUrl(text);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** Fulfils with the exit code, when a signal has ended it. */
function listen(
  port: number,
  url: WebSocketUrl,
  insecure: boolean,
  printer: TapPrinter,
): Promise<number> {
  const connections = new Set<TapConnection>();
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
    accept(socket, url, insecure, printer, connections);
  });
  process.stdout.on("drain", () => {
    for (const connection of connections) connection.drained();
  });
  return new Promise((resolve) => {
    server.once("error", ({ message }) => {
      console.error(`Cannot tap: ${message}; --port 0 takes one that is free`);
      resolve(1);
    });
    server.listen(port, HOSTNAME, () => {
      printer.listening(`ws://${HOSTNAME}:${(server.address() as AddressInfo).port}`, url.href);
    });
    const stop = (): void => {
      end(server, connections);
      resolve(0);
    };
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
  });
}

function accept(
  socket: Socket,
  url: WebSocketUrl,
  insecure: boolean,
  printer: TapPrinter,
  connections: Set<TapConnection>,
): void {
  socket.setNoDelay(true);
  const from = `${socket.remoteAddress}:${socket.remotePort}`;
  const connection = new TapConnection(socket, url, printer.connection(from));
  connections.add(connection);
  socket.once("close", () => connections.delete(connection));
  void connection.start({ insecure });
}

function end(server: Server, connections: ReadonlySet<TapConnection>): void {
  server.close();
  for (const connection of connections) connection.destroy();
}
