// One contestant: its server and its clients, two processes that are started, warmed up, and taken
// through the window that is measured.

import { AnsweringProcess } from "../answering_process.ts";
import { now } from "./clock.ts";
import type { Contestant } from "./contestants.ts";
import { outcomeOf } from "./outcome.ts";
import type { Outcome } from "./outcome.ts";
import type {
  ClientsReport,
  OpenCommand,
  RunCommand,
  ServerCommand,
  ServerReport,
} from "./protocol.ts";

/** What all contestants of a run have in common. */
export interface Plan {
  readonly clients: number;
  readonly seconds: number;
  readonly meanChangeMs: number;
  readonly seed: number;
  /** Whether HTTP goes through `serve()`, and not bare `node:http`. */
  readonly serve: boolean;
  /** So long it asks and changes fast before: what runs often is compiled by then. */
  readonly warmUpMs: number;
  /** Milliseconds from the start of the window. */
  readonly schedule: readonly number[];
}

const WARM_UP_INTERVAL_MS = 50;
const WARM_UP_CHANGE_MS = 20;

/** For commands to arrive before what they command begins. */
const AHEAD_MS = 100;

/** For the answers that are under way when the last client has asked. */
const TAIL_MS = 200;

/** A contestant that is ready to be measured. */
export class Contest {
  readonly contestant: Contestant;
  readonly #plan: Plan;
  readonly #server: AnsweringProcess<ServerCommand>;
  readonly #clients: AnsweringProcess<OpenCommand | RunCommand>;

  constructor(contestant: Contestant, plan: Plan) {
    this.contestant = contestant;
    this.#plan = plan;
    this.#server = new AnsweringProcess(urlOf("server.js"), plan.serve ? ["serve"] : []);
    this.#clients = new AnsweringProcess(urlOf("clients.js"));
  }

  /** Fulfils when all clients know the value, and both processes are warm. */
  async prepare(): Promise<void> {
    const { clients, seed, warmUpMs } = this.#plan;
    const port = await this.#server.answer<number>();
    const { kind, intervalMs } = this.contestant;
    await this.#clients.ask({ do: "open", kind, port, clients, seed });
    const changes = Math.ceil(warmUpMs / WARM_UP_CHANGE_MS);
    const schedule = Array.from({ length: changes }, (_, index) => index * WARM_UP_CHANGE_MS);
    const askMs = intervalMs === 0 ? 0 : WARM_UP_INTERVAL_MS;
    await this.#run(now() + AHEAD_MS, warmUpMs, schedule, askMs);
  }

  async measure(startAt: number): Promise<Outcome> {
    const { seconds, schedule } = this.#plan;
    const { intervalMs } = this.contestant;
    const [server, clients] = await this.#run(startAt, seconds * 1000, schedule, intervalMs);
    return outcomeOf(this.contestant, seconds, server, clients);
  }

  /** The clients first: to lose their server would be an error to them. */
  async stop(): Promise<void> {
    await this.#clients.stop();
    await this.#server.stop();
  }

  #run(
    startAt: number,
    lengthMs: number,
    schedule: readonly number[],
    intervalMs: number,
  ): Promise<[ServerReport, ClientsReport]> {
    const window = { startAt, endAt: startAt + lengthMs };
    const tailMs = intervalMs + TAIL_MS;
    return Promise.all([
      this.#server.ask<ServerReport>({ ...window, schedule }),
      this.#clients.ask<ClientsReport>({ do: "run", ...window, intervalMs, tailMs }),
    ]);
  }
}

function urlOf(file: string): URL {
  return new URL(file, import.meta.url);
}
