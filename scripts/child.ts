// A process of its own for a part of a script that must not disturb the others: a module that
// answers each message with `{ result }`, or with `{ error }`.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** A process that answers each command with a message. */
export class Child<Command extends object> {
  readonly #process: ChildProcess;

  /** @param flags Those of Node itself. */
  constructor(url: URL, args: readonly string[], flags: readonly string[] = []) {
    this.#process = spawn(process.execPath, [...flags, fileURLToPath(url), ...args], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
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
    await once(this.#process, "exit");
  }
}

/** In the child: answers each command by what `act` makes of it, and ends with its parent. */
export function answerCommands<Command>(act: (command: Command) => unknown): void {
  process.on("message", (command: Command) => {
    new Promise((resolve) => resolve(act(command))).then(
      (result) => process.send?.({ result: result ?? null }),
      (error: unknown) => process.send?.({ error: String(error) }),
    );
  });
  process.on("disconnect", () => process.exit());
}
