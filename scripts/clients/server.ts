// The minimal server as a child process on a free port, for the checks with real clients.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

const POLL_EVERY_MS = 50;
const POLL_TIMEOUT_MS = 20_000;

/** A server that runs. */
export interface RunningServer {
  /** `http://127.0.0.1:PORT`, no slash at its end. */
  readonly origin: string;
  /** Its process, to be looked at or to be sent a signal. */
  readonly pid: number;
  /** Sends SIGTERM; throws unless it then exits with 0. */
  stop(): Promise<void>;
}

/** Starts `sluice serve` and waits until it says that it listens. */
export async function startServer(): Promise<RunningServer> {
  const script = fileURLToPath(new URL("../../src/command/main.js", import.meta.url));
  const args = [script, "serve", "--port", "0", "--hostname", "127.0.0.1"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit") as Promise<[number | null, string | null]>;
  process.once("exit", () => child.kill("SIGKILL")); // a check that fails leaves no server behind
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  const origin = await poll("the server listens", () => {
    if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}`);
    return /^Listening on (http:\S+)\/$/m.exec(output)?.[1];
  });
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    const [code, signal] = await exited;
    if (code !== 0) throw new Error(`The server ended with ${code ?? signal}, must be 0`);
  };
  return { origin, pid: child.pid as number, stop };
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Asks again and again until `attempt` gives something that counts as true, and returns it. */
export async function poll<T>(
  what: string,
  attempt: () => T | Promise<T>,
  timeoutMs: number = POLL_TIMEOUT_MS,
): Promise<NonNullable<T>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const result = await attempt();
    if (result) return result;
    if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_EVERY_MS));
  }
}
