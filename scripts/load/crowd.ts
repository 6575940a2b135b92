// Many clients in several processes, since each has a bound on its descriptors; and the server.

import { AnsweringProcess } from "../answering_process.ts";
import type { Attempts, ClientCommand, ClientsReport } from "./protocol.ts";
import type { ServerCommand, ServerSetup } from "./protocol.ts";

/** Far below any bound on descriptors, and what one event loop can serve. */
const PER_PROCESS_MAX = 6000;

/** The server, and the port that it listens on. */
export class LoadedServer extends AnsweringProcess<ServerCommand> {
  port = 0;

  static async start(setup: Partial<ServerSetup> = {}): Promise<LoadedServer> {
    const whole: ServerSetup = { server: {}, connection: {}, ...setup };
    const url = new URL("./server.js", import.meta.url);
    const server = new LoadedServer(url, [JSON.stringify(whole)]);
    server.port = await server.answer<number>();
    return server;
  }
}

let hosts = 1;

/** Some clients of one server. */
export class Crowd {
  readonly #port: number;
  readonly #processes: readonly { readonly child: Clients; readonly host: string }[];
  readonly #counts: readonly number[];

  /**
   * @param count How many clients it has.
   * @param host The address of the server; `null`: one for each process.
   */
  constructor(port: number, count: number, host: string | null = null) {
    const url = new URL("./clients.js", import.meta.url);
    const processes = Math.ceil(count / PER_PROCESS_MAX);
    this.#port = port;
    this.#counts = Array.from({ length: processes }, (_, index) =>
      Math.floor((count + index) / processes),
    );
    this.#processes = this.#counts.map(() => {
      hosts = (hosts % 250) + 1;
      const child = new AnsweringProcess<ClientCommand>(url);
      return { child, host: host ?? `127.0.0.${hosts}` };
    });
  }

  /** Opens all of its connections. */
  async open(kind: "silent" | "reading" | "rude", path: string): Promise<void> {
    await this.#all(({ child, host }, count) => {
      return child.ask({ do: "open", kind, url: `ws://${host}:${this.#port}${path}`, count });
    });
  }

  /** Begins all of its handshakes. */
  async trickle(everyMs: number, withinMs: number): Promise<void> {
    const port = this.#port;
    await this.#all(({ child, host }, count) => {
      return child.ask({ do: "trickle", host, port, count, withinMs, everyMs });
    });
  }

  /** Asks its first process. */
  ask<T>(command: (url: string) => ClientCommand): Promise<T> {
    const [{ child, host }] = this.#processes;
    return child.ask<T>(command(`ws://${host}:${this.#port}`));
  }

  reports(): Promise<readonly ClientsReport[]> {
    return this.#all(({ child }) => child.ask<ClientsReport>({ do: "report" }));
  }

  async stop(): Promise<void> {
    await this.#all(({ child }) => child.stop());
  }

  #all<T>(
    act: (process: { readonly child: Clients; readonly host: string }, count: number) => Promise<T>,
  ): Promise<T[]> {
    return Promise.all(this.#processes.map((process, index) => act(process, this.#counts[index])));
  }
}

type Clients = AnsweringProcess<ClientCommand>;

export const MEBIBYTE: number = 1024 * 1024;

/** How many handshakes had another answer. */
export function othersThan({ answers }: Attempts, answer: string): number {
  const all = Object.values(answers).reduce((sum, count) => sum + count, 0);
  return all - (answers[answer] ?? 0);
}
