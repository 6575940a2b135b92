// A server in a process of its own, to be attacked over real sockets, and asked what is left of it.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { ServeOptions, UpgradeOptions } from "../../src/mod.ts";
import { handshake } from "../support/handshake.ts";
import type { Fields } from "../support/handshake.ts";
import { RawClient } from "../support/raw_client.ts";
import { withTimeout } from "../support/with_timeout.ts";
import type { Census } from "./census.ts";

/** What it is asked: what it holds, or what its handlers have seen since the last time. */
export type Question = "census" | "seen";

/** How it is set up: what JSON can say. */
export interface AttackedOptions {
  readonly serve?: Pick<ServeOptions, "allowedHosts" | "limits">;
  readonly upgrade?: Pick<UpgradeOptions, "limits" | "keepalive">;
  /** With it, a second server of the same process listens with TLS. */
  readonly certificate?: { readonly key: string; readonly cert: string };
  /** File descriptors that it may have. */
  readonly descriptorsMax?: number;
}

const PROGRAM = fileURLToPath(new URL("./attacked_process.js", import.meta.url));

/** A process takes a while to start on a busy machine, and to read through a flood. */
const TIMEOUT_MS = 20_000;

/** The process, which is killed with its `await using` block. */
export class AttackedServer implements AsyncDisposable {
  /** All that it has printed. */
  output = "";
  readonly #child: ChildProcess;
  readonly #clients: RawClient[] = [];
  readonly #kept: RawClient[] = [];
  #ports: readonly number[] = [];

  /** Use {@linkcode AttackedServer.start}. */
  constructor(options: AttackedOptions) {
    const args = [PROGRAM, JSON.stringify(options)];
    const { descriptorsMax } = options;
    const script = `ulimit -n ${descriptorsMax}; exec "$0" "$@"`;
    const limited = ["-c", script, process.execPath, ...args];
    const [command, argv] =
      descriptorsMax === undefined ? [process.execPath, args] : ["/bin/sh", limited];
    this.#child = spawn(command, argv, { stdio: ["ignore", "pipe", "pipe", "ipc"] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => (this.output += text));
    }
  }

  static async start(options: AttackedOptions = {}): Promise<AttackedServer> {
    const server = new AttackedServer(options);
    try {
      server.#ports = (await server.#said()) as number[];
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
    return server;
  }

  get port(): number {
    return this.#ports[0];
  }

  get tlsPort(): number {
    return this.#ports[1];
  }

  /** A client that has sent nothing yet. It is destroyed when the attack is over. */
  async connect(port: number = this.port): Promise<RawClient> {
    const client = await RawClient.connect(port);
    this.#clients.push(client);
    return client;
  }

  /** A client with an open WebSocket connection to the route `path`. */
  async open(path = "/echo", fields: Fields = {}): Promise<RawClient> {
    const client = await this.connect();
    client.send(handshake(fields, `GET ${path} HTTP/1.1`));
    const head = await client.readHead();
    if (head.status !== 101) throw new Error(`Expected the status 101, found ${head.status}`);
    const extensions = head.get("Sec-WebSocket-Extensions");
    if (extensions !== null) client.agreeOn(extensions);
    return client;
  }

  /** This client is none of the attack's: it stays. */
  keep(client: RawClient): void {
    this.#clients.splice(this.#clients.indexOf(client), 1);
    this.#kept.push(client);
  }

  /** Destroys every client of the attack that is over. */
  dropClients(): void {
    for (const client of this.#clients.splice(0)) client.socket.destroy();
  }

  /** What it holds, garbage collected. */
  async census(): Promise<Census> {
    return (await this.#ask("census")) as Census;
  }

  /** What its handlers have seen since the last time, one line each. */
  async seen(): Promise<string[]> {
    return (await this.#ask("seen")) as string[];
  }

  /** The same, once there is something. */
  async sees(): Promise<string[]> {
    const end = performance.now() + TIMEOUT_MS;
    while (performance.now() < end) {
      const seen = await this.seen();
      if (seen.length > 0) return seen;
    }
    throw new Error("Expected a request, found that no handler was asked");
  }

  async #ask(question: Question): Promise<unknown> {
    if (!this.#child.connected) throw new Error(`The server is gone: ${this.output.slice(-500)}`);
    const answer = this.#said();
    this.#child.send(question);
    return answer;
  }

  #said(): Promise<unknown> {
    const child = this.#child;
    const message = new Promise<unknown>((resolve, reject) => {
      const onMessage = (value: unknown): void => {
        child.off("exit", onExit);
        resolve(value);
      };
      const onExit = (code: number | null): void => {
        child.off("message", onMessage);
        reject(new Error(`The server has ended with ${code}: ${this.output.slice(-500)}`));
      };
      child.once("message", onMessage).once("exit", onExit);
    });
    return withTimeout(message, "word from the server", TIMEOUT_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.dropClients();
    for (const client of this.#kept) client.socket.destroy();
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return;
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exited;
  }
}
