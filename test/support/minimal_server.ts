// The minimal server as a child process: `sluice serve` with its arguments, output and exit code.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { handshake } from "./handshake.ts";
import type { Fields } from "./handshake.ts";
import { RawClient } from "./raw_client.ts";
import { withTimeout } from "./with_timeout.ts";

const SCRIPT = fileURLToPath(new URL("../../src/command/main.js", import.meta.url));

/** Within this time it has to exit once it is asked to. */
export const EXIT_WITHIN_MS = 5000;

/** The server as a child process: what it prints, and how it ends. */
export class MinimalServer implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly exited: Promise<unknown>;
  stdout = "";
  stderr = "";

  constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    const all = [SCRIPT, "serve", ...args];
    this.child = spawn(process.execPath, all, { env: { ...process.env, ...env } });
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.stdout += text));
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    this.exited = once(this.child, "close");
  }

  static async start(
    args: readonly string[] = ["--port", "0", "--hostname", "127.0.0.1"],
    env: Readonly<Record<string, string>> = {},
  ): Promise<MinimalServer> {
    const server = run(args, env);
    while (!server.stdout.includes("Limits of a connection")) {
      await withTimeout(once(server.child.stdout as NodeJS.ReadableStream, "data"), "output");
    }
    return server;
  }

  get port(): number {
    return Number(/^Listening on http:.*:(\d+)\/$/m.exec(this.stdout)?.[1]);
  }

  /** A client with an open connection to `path`. */
  async open(path: string, fields: Fields = {}): Promise<RawClient> {
    const client = await RawClient.connect(this.port);
    client.send(handshake(fields, `GET ${path} HTTP/1.1`));
    const { statusLine, status } = await client.readHead();
    if (status !== 101) throw new Error(`Expected the status 101, found "${statusLine}"`);
    return client;
  }

  /** Ends it by a signal that it handles: V8 writes down what has run when a process exits. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill("SIGTERM");
    const timer = setTimeout(() => this.child.kill("SIGKILL"), EXIT_WITHIN_MS);
    await this.exited;
    clearTimeout(timer);
  }
}

/** Starts it, and waits for nothing. */
export function run(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): MinimalServer {
  return new MinimalServer(args, env);
}

/** How it ended. */
export async function ended(
  server: MinimalServer,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  await withTimeout(server.exited, "the server to exit", EXIT_WITHIN_MS + 1000);
  return { code: server.child.exitCode, stdout: server.stdout, stderr: server.stderr };
}
