// All clients, a process of their own. So many connections are kept open: where one ends, another
// comes. A turn of the clock does what is due: so many actions, each by a connection that is drawn.

import { Random } from "../../src/testing/random.ts";
import { answerCommands } from "../answering_process.ts";
import { ACTIONS, CHURN, draw } from "./actions.ts";
import type { Action } from "./actions.ts";
import { abortHandshake, probe, rush } from "./opening.ts";
import { pass } from "./pass.ts";
import { Peer } from "./peer.ts";
import type { ClientsCommand, ClientsReport } from "./protocol.ts";
import type { Ending, PeerWatcher } from "./watcher.ts";

const TICK_MS = 10;
/** After a stop of the process it does not do at once all that it has missed. */
const TICK_MS_MAX = 100;
/** Connections that are about to open at the same time. */
const OPENING_MAX = 400;
const SLOW_HANDSHAKE_MS_MAX = 3000;
const VIOLATIONS_MAX = 20;
/** For a connection to end that must; the server's own time-outs are 10 s. */
const END_WITHIN_MS = 25_000;
const FINISH_WITHIN_MS = 40_000;
/** Ticks for each handshake that is aborted. */
const ABORT_EVERY = 50;

type OpenCommand = ClientsCommand & { readonly do: "open" };

class Clients implements PeerWatcher {
  readonly #command: OpenCommand;
  readonly #random: Random;
  readonly #peers = new Set<Peer>();
  readonly #open: Peer[] = [];
  #ids = 0;
  readonly #actions: Record<string, number> = {};
  readonly #endings: Record<string, number> = {};
  #echoes = 0;
  #pushes = 0;
  readonly #violations: string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #lastTick = performance.now();
  #actionsDue = 0;
  #churnDue = 0;
  #isFinishing = false;
  isScarce = false;

  constructor(command: OpenCommand) {
    this.#command = command;
    this.#random = new Random(command.seed, 0);
  }

  /** Fulfils when all connections are open. */
  async start(): Promise<void> {
    while (this.#open.length < this.#command.connections) {
      this.#refill();
      await pass(TICK_MS);
    }
    this.#lastTick = performance.now();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  opened(peer: Peer): void {
    this.#open.push(peer);
  }

  echoed(): void {
    this.#echoes++;
  }

  pushed(): void {
    this.#pushes++;
  }

  over(peer: Peer, ending: Ending | null): void {
    this.#peers.delete(peer);
    const at = this.#open.indexOf(peer);
    if (at >= 0) {
      this.#open[at] = this.#open[this.#open.length - 1];
      this.#open.pop();
      if (ending !== null) count(this.#endings, endingName(ending));
    } else if (this.isScarce) {
      count(this.#actions, "shed");
    } else {
      this.violated(`connection ${peer.id}: ended before it was open`);
    }
  }

  violated(what: string): void {
    if (this.#violations.length < VIOLATIONS_MAX) this.#violations.push(what);
  }

  /** Asks one handler to block. */
  block(ms: number): void {
    count(this.#actions, "blocked event loop");
    this.#draw()?.command(`!block ${ms}`);
  }

  /** Lets come back what is under way, closes all, and waits for all ends. */
  async finish(): Promise<void> {
    clearInterval(this.#timer);
    this.#isFinishing = true;
    const isAnswered = (peer: Peer): boolean =>
      peer.leftAt < Infinity || (peer.pending === 0 && !peer.isMidFrame);
    await this.#until(() => [...this.#peers].every((peer) => peer.isOpen && isAnswered(peer)));
    for (const peer of this.#peers) {
      if (!isAnswered(peer)) this.violated(`connection ${peer.id}: ${peer.pending} lost`);
      if (peer.isOpen) peer.close(1000);
    }
    await this.#until(() => this.#peers.size === 0);
    for (const peer of this.#peers) this.violated(`connection ${peer.id}: has not ended`);
  }

  report(): ClientsReport {
    return {
      open: this.#open.length,
      actions: this.#actions,
      endings: this.#endings,
      echoes: this.#echoes,
      pushes: this.#pushes,
      violations: this.#violations,
    };
  }

  #tick(): void {
    const now = performance.now();
    const elapsed = Math.min(now - this.#lastTick, TICK_MS_MAX);
    this.#lastTick = now;
    const { rate, churn, mix, port } = this.#command;
    this.#actionsDue += (rate * elapsed) / 1000;
    this.#churnDue += (churn * elapsed) / 1000;
    for (; this.#actionsDue >= 1; this.#actionsDue--) this.#act(ACTIONS[mix]);
    for (; this.#churnDue >= 1; this.#churnDue--) this.#act(CHURN);
    this.#refill();
    if (mix === "chaos" && this.#random.oneIn(ABORT_EVERY)) {
      count(this.#actions, "aborted handshake");
      abortHandshake(port, this.#random.oneIn(2));
    }
    for (const peer of this.#peers) {
      if (now - peer.leftAt < END_WITHIN_MS) continue;
      peer.leftAt = Infinity;
      this.violated(`connection ${peer.id}: has not ended within ${END_WITHIN_MS} ms`);
    }
  }

  #act(actions: readonly Action[]): void {
    const peer = this.#draw();
    if (peer === null) return;
    const { name, act } = draw(actions, peer);
    count(this.#actions, name);
    act(peer);
  }

  /** One that may act, if it is found soon. */
  #draw(): Peer | null {
    for (let attempt = 0; attempt < 10 && this.#open.length > 0; attempt++) {
      const peer = this.#random.pick(this.#open);
      if (peer.isOpen && !peer.isMidFrame) return peer;
    }
    return null;
  }

  #refill(): void {
    if (this.#isFinishing) return;
    const { connections, port, seed, mix } = this.#command;
    let opening = this.#peers.size - this.#open.length;
    while (this.#peers.size < connections && opening++ < OPENING_MAX) {
      const id = this.#ids++;
      const random = new Random(seed, id + 1);
      const isSlow = mix === "chaos" && random.oneIn(20);
      if (isSlow) count(this.#actions, "slow handshake");
      const handshakeMs = isSlow ? 1 + random.below(SLOW_HANDSHAKE_MS_MAX) : 0;
      this.#peers.add(new Peer(this, { id, port, random, handshakeMs }));
    }
  }

  async #until(holds: () => boolean): Promise<void> {
    const end = performance.now() + FINISH_WITHIN_MS;
    while (!holds() && performance.now() < end) await pass(TICK_MS);
  }
}

/** Codes of programs are counted together. */
function endingName(ending: Ending): Ending | string {
  return ending === "no Close" || ending < 4000 ? ending : "4000-4999";
}

function count(counts: Record<string, number>, name: string | number): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

let clients: Clients | null = null;
let port = 0;

async function act(command: ClientsCommand): Promise<unknown> {
  if (command.do === "open") {
    port = command.port;
    clients = new Clients(command);
    await clients.start();
  } else if (command.do === "scarce") {
    if (clients !== null) clients.isScarce = command.isScarce;
  } else if (command.do === "block") {
    clients?.block(command.ms);
  } else if (command.do === "rush") {
    return rush(port, command.count);
  } else if (command.do === "probe") {
    return probe(port);
  } else if (command.do === "finish") {
    await clients?.finish();
  }
  return clients?.report();
}

answerCommands(act);
