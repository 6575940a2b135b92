// `sluice` as a person or a script runs it: a process with arguments, input, output, exit code.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { withTimeout } from "./with_timeout.ts";

const MAIN = fileURLToPath(new URL("../../src/command/main.js", import.meta.url));

/** A process takes a while to start on a busy machine, and to end. */
export const COMMAND_TIMEOUT_MS = 15_000;

/** What a command may still do once its test is over. */
const END_WITHIN_MS = 3000;

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a command finds where it starts. */
export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  /**
   * The streams that it takes for a terminal. They are pipes all the same: what it writes can be
   * read here, and what is written to it are the keys that are pressed, "\r" or "\x03" too.
   */
  readonly terminals?: readonly ("stdin" | "stdout" | "stderr")[];
  /** Descriptors of files in place of pipes. */
  readonly stdin?: number;
  readonly stdout?: number;
}

/** A command that runs, and ends with its `await using` block. */
export class RunningCommand implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly #exited: Promise<unknown>;
  stdout = "";
  stderr = "";

  constructor(args: readonly string[], options: CommandOptions = {}) {
    const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env;
    const { env = {}, terminals = [], stdin = "pipe", stdout = "pipe" } = options;
    this.child = spawn(process.execPath, [...terminals.flatMap(asTerminal), MAIN, ...args], {
      env: { ...inherited, ...env },
      stdio: [stdin, stdout, "pipe"],
    });
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.stdout += text));
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    this.child.stdin?.on("error", () => {}); // it may have ended before it has read all
    this.#exited = once(this.child, "close");
  }

  /** Writes to its input. */
  write(input: string | Uint8Array): void {
    this.child.stdin?.write(input);
  }

  /** Waits until its output matches, and returns the match. */
  async until(pattern: RegExp, stream: "stdout" | "stderr" = "stdout"): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this[stream]);
      if (match !== null) return match;
      const output = this.child[stream] as NodeJS.ReadableStream;
      const what = `${pattern} in ${JSON.stringify(this.stdout + this.stderr)}`;
      await withTimeout(once(output, "data"), what, COMMAND_TIMEOUT_MS);
    }
  }

  /** Waits until it ends by itself: its input goes on. */
  async exited(): Promise<void> {
    await withTimeout(this.#exited, "the command to exit", COMMAND_TIMEOUT_MS);
  }

  /** How it ended. Its input ends here. */
  async ended(): Promise<Ended> {
    this.child.stdin?.end();
    await this.exited();
    return { code: this.child.exitCode, stdout: this.stdout, stderr: this.stderr };
  }

  /** Ends it by a signal that it handles: V8 writes down what has run when a process exits. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill("SIGTERM");
    const timer = setTimeout(() => this.child.kill("SIGKILL"), END_WITHIN_MS);
    await this.#exited;
    clearTimeout(timer);
  }
}

/** Runs a command to its end. */
export async function sluice(
  args: readonly string[],
  input: string | Uint8Array = "",
  options: CommandOptions = {},
): Promise<Ended> {
  await using command = new RunningCommand(args, options);
  if (input.length > 0) command.write(input);
  return await command.ended();
}

/** The arguments of Node by which a stream says that it is a terminal. */
function asTerminal(stream: string): string[] {
  return ["--import", `data:text/javascript,process.${stream}.isTTY = true`];
}
