// A child process that is told what to do, and answers each command with one message: so that
// clients and servers which are measured do not share a process, its memory or its event loop.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** A process that answers each command with a message: see {@linkcode answerCommands}. */
export class AnsweringProcess<Command extends object> {
  readonly #process: ChildProcess;
  /** Fulfils with its exit code; `null` when a signal ended it. */
  readonly exited: Promise<number | null>;

  /**
   * Runs the module at `url`.
   *
   * @param options For Node itself, as `--expose-gc`.
   */
  constructor(url: URL, args: readonly string[] = [], options: readonly string[] = []) {
    this.#process = spawn(process.execPath, [...options, fileURLToPath(url), ...args], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.exited = once(this.#process, "exit").then(([code]) => code as number | null);
  }

  get pid(): number {
    return this.#process.pid as number;
  }

  /** Whether it runs, or is stopped by a signal. */
  get isAlive(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  signal(name: NodeJS.Signals): void {
    this.#process.kill(name);
  }

  /** One command at a time. */
  ask<T>(command: Command): Promise<T> {
    this.#process.send(command);
    return this.answer<T>();
  }

  /** The next message. */
  async answer<T>(): Promise<T> {
    const ended = new AbortController();
    const { signal } = ended;
    try {
      const [message] = (await Promise.race([
        once(this.#process, "message", { signal }),
        once(this.#process, "exit", { signal }).then(() => [{ error: "The process has ended" }]),
      ])) as [{ readonly result: T; readonly error?: string }];
      if (message.error !== undefined) throw new Error(message.error);
      return message.result;
    } finally {
      ended.abort();
    }
  }

  async stop(): Promise<void> {
    if (!this.isAlive) return;
    this.#process.kill("SIGKILL");
    await this.exited;
  }
}

/** In the child: has `act` answer each command. The process ends with its parent. */
export function answerCommands<Command>(act: (command: Command) => unknown): void {
  process.on("message", (command: Command) => {
    new Promise((resolve) => resolve(act(command))).then(
      (result) => process.send?.({ result: result ?? null }),
      (error: unknown) => process.send?.({ error: String(error) }),
    );
  });
  process.once("disconnect", () => process.exit());
}

/** In the child: nobody asks any more, and the process may end by itself, as it would alone. */
export function answerNoMore(): void {
  process.removeAllListeners("disconnect");
  process.disconnect();
}
