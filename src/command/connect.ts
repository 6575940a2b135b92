// `sluice connect`: a client for people and for scripts. A line is a message, a message is a line.

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { dial } from "../client/dial.ts";
import type { Dialed, DialOptions } from "../client/dial.ts";
import { OpeningError } from "../client/opening_error.ts";
import { DEFLATE_OFFER } from "../message/deflate_answer.ts";
import { COLOUR_HELP, COLOUR_OPTIONS, wantsColour } from "./colour.ts";
import { UsageError } from "./command.ts";
import type { Command } from "./command.ts";
import { Conversation } from "./conversation.ts";
import { ACTIONS_HELP } from "./line_action.ts";
import { readHeader, readSeconds } from "./options.ts";
import { visible, visibleLines } from "./visible.ts";

/** A client, as a command. */
export const connectCommand: Command = {
  summary: "a client: type lines, see messages; also in a pipe",
  help: `Usage: sluice connect [OPTION...] URL

Opens a WebSocket connection to URL, ws://... or wss://.... Each line of the input is sent as a text
message; each message that comes is printed. On a terminal a line that begins with / is a command:

${ACTIONS_HELP}

In a pipe a message is printed as one line, a binary one in hex. At the end of the input it closes
with 1000, once as many messages came as were sent, and after a second at the latest. Ctrl-C closes
with 1001; a second one ends at once.

  --binary              Lines are hex, and are sent as binary messages
  --json                Prints each message as JSON: {"text":"..."} or {"hex":"..."}
  --commands            Lines that begin with / are commands in a pipe, too
  --wait SECONDS        Reads for so long behind the end of the input, whatever comes
  --subprotocol NAME    Offers a subprotocol; may be repeated, the best first
  --header "NAME: VALUE"  Sends a header field with the handshake; may be repeated
  --origin ORIGIN       The same as --header "Origin: ORIGIN"
  --compress            Offers permessage-deflate (RFC 7692)
  --ca FILE             Trusts the certificates in this file (PEM) for wss:
  --insecure            Takes any certificate
  --timeout SECONDS     For the opening and for the closing handshake. Default: 10
  --verbose             Shows the handshake, and each frame in a line
  --diagram             The same, and each frame bit by bit (§5.2), as "sluice explain" does
${COLOUR_HELP}

Exit code: 0 closed by both sides, with 1000, 1001, no code, or any code when we closed first;
1 refused, lost, or closed with another code; 2 misuse.

Examples: sluice connect ws://localhost:7777/ws
          echo hi | sluice connect --header "Authorization: Bearer 1" wss://example.com/chat`,
  run,
};

const CONFIG = {
  allowPositionals: true,
  options: {
    ...COLOUR_OPTIONS,
    binary: { type: "boolean" },
    json: { type: "boolean" },
    commands: { type: "boolean" },
    wait: { type: "string" },
    subprotocol: { type: "string", multiple: true },
    header: { type: "string", multiple: true },
    origin: { type: "string" },
    compress: { type: "boolean" },
    ca: { type: "string" },
    insecure: { type: "boolean" },
    timeout: { type: "string" },
    verbose: { type: "boolean" },
    diagram: { type: "boolean" },
  },
} as const;

type Values = ReturnType<typeof parseArgs<typeof CONFIG>>["values"];

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ ...CONFIG, args: [...args] });
  if (positionals.length === 0) throw new UsageError("There is no URL to connect to");
  if (positionals.length > 1) throw new UsageError(`There is one URL, not ${positionals.length}`);
  const waitMs = values.wait === undefined ? null : readSeconds("wait", values.wait);
  const timeoutMs = readSeconds("timeout", values.timeout ?? "10");
  const dialed = await open(positionals[0], values, timeoutMs);
  if (dialed === null) return 1;
  const { binary = false, json = false, commands = false } = values;
  const verbose = values.diagram ? "diagrams" : values.verbose ? "lines" : "no";
  const colour = wantsColour(values, process.stdout);
  const shared = { binary, json, commands, verbose, colour } as const;
  return await new Conversation(dialed, { ...shared, waitMs, closeTimeoutMs: timeoutMs }).run();
}

/** The connection; `null` when there is none, which it has told. */
async function open(url: string, values: Values, timeoutMs: number): Promise<Dialed | null> {
  const stop = new AbortController();
  const interrupt = (): void => stop.abort(new Error("Interrupted"));
  const options = { ...dialOptions(values), timeoutMs, signal: stop.signal };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  try {
    return await dial(url, options).catch(tellWhyNot);
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}

function tellWhyNot(error: Error): null {
  if (error instanceof SyntaxError) throw new UsageError(error.message);
  console.error(visible(error.message));
  if (error instanceof OpeningError && error.body !== "") {
    console.error(visibleLines(error.body).map((line) => `  ${line}`).join("\n"));
  }
  return null;
}

function dialOptions(values: Values): DialOptions {
  const { subprotocol = [], header = [], origin, compress, ca, insecure = false } = values;
  const headers = header.map(readHeader);
  if (origin !== undefined) headers.push(["Origin", origin]);
  return {
    protocols: subprotocol,
    headers,
    extensions: compress ? DEFLATE_OFFER : "",
    insecure,
    ...(ca === undefined ? {} : { ca: readCertificates(ca) }),
  };
}

function readCertificates(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(`Cannot read the certificates: ${(error as Error).message}`);
  }
}
