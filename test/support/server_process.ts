// `fault_server` as a process that a test may do anything to.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { FaultServerOptions } from "./fault_server.ts";
import { frame } from "./frame.ts";
import { handshake } from "./handshake.ts";
import type { Fields } from "./handshake.ts";
import { RawClient } from "./raw_client.ts";
import { withTimeout } from "./with_timeout.ts";

const SCRIPT = fileURLToPath(new URL("./fault_server.js", import.meta.url));

/** A process takes a while to start on a busy machine. */
const START_WITHIN_MS = 15_000;

/** Options of a {@linkcode ServerProcess}. */
export interface ServerProcessOptions extends FaultServerOptions {
  /** Those of Node. */
  readonly flags?: readonly string[];
  /** How many descriptors the process may have; `undefined`: as many as this one. */
  readonly descriptorsMax?: number;
}

/** Time to end by itself; one that is blocked does not. */
const END_WITHIN_MS = 2000;

/** A process that serves, and ends with its `await using` block. */
export class ServerProcess implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly #exited: Promise<unknown>;
  /** What it printed. */
  output = "";

  /** Use {@linkcode ServerProcess.start}. */
  constructor({ flags = [], descriptorsMax, ...options }: ServerProcessOptions) {
    const command = [process.execPath, ...flags, SCRIPT, JSON.stringify(options)];
    const [file, ...args] =
      descriptorsMax === undefined
        ? command
        : ["sh", "-c", `ulimit -n ${descriptorsMax}; exec "$@"`, "sh", ...command];
    this.child = spawn(file, args);
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.output += text));
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.output += text));
    this.#exited = once(this.child, "close");
  }

  static async start(options: ServerProcessOptions = {}): Promise<ServerProcess> {
    const server = new ServerProcess(options);
    while (server.port === 0) {
      const output = once(server.child.stdout as NodeJS.ReadableStream, "data");
      await withTimeout(output, `a port in ${server.output}`, START_WITHIN_MS);
    }
    return server;
  }

  /** 0 until it listens. */
  get port(): number {
    return Number(/^port (\d+)$/m.exec(this.output)?.[1] ?? 0);
  }

  /** Whether it runs. */
  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** A client with an open connection. */
  async open(fields: Fields = {}): Promise<RawClient> {
    const client = await RawClient.connect(this.port);
    client.send(handshake(fields));
    const { statusLine, status } = await client.readHead();
    if (status !== 101) throw new Error(`Expected the status 101, found "${statusLine}"`);
    return client;
  }

  /** Ends it at once. */
  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.#exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill("SIGTERM");
    const late = setTimeout(() => this.child.kill("SIGKILL"), END_WITHIN_MS);
    await this.#exited;
    clearTimeout(late);
  }
}

/** Sends a text, and returns the next message; pings on the way are answered. */
export async function ask(client: RawClient, text: string): Promise<string> {
  client.send(frame("81", text));
  for (;;) {
    const event = await client.readEvent();
    if (!event.startsWith("ping")) return event;
    client.send(frame("8a"));
  }
}
