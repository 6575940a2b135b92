// A session, disturbed by one fault, on a line and a clock that stand still unless they are moved;
// and what must be true of it at the end, whatever the fault was.
//
// Over 250 lines: a play and the verdict on it share all that it knows.

import * as assert from "uvu/assert";
import type { Connection } from "../../src/connection/connection.ts";
import type { Message } from "../../src/message/message.ts";
import type { Closure } from "../../src/protocol/endpoint.ts";
import { openEnd } from "../../src/testing/end.ts";
import { FakeClock } from "../../src/testing/fake_clock.ts";
import type { End } from "../../src/testing/wire_log.ts";
import { INBOUND, msMax, OUTBOUND, STALL_MS } from "./fault.ts";
import type { Case, Fault } from "./fault.ts";
import { eventsOf } from "./frames.ts";
import { Planned } from "./promises.ts";
import { labelOfMessage } from "./reader.ts";
import type { Sabotage } from "./sabotage.ts";
import { Script } from "./script.ts";
import { echoes } from "./sessions.ts";
import type { Session, Watch } from "./sessions.ts";
import { connectedSockets } from "./socket.ts";
import type { SimulatedSocket } from "./socket.ts";
import { checkEnd } from "./verdict.ts";
import { turn } from "./world.ts";

const STEP_MS = 500;
const PATIENCE_MS = 60_000;

/** Faults that lose nothing. */
const GENTLE: readonly string[] = ["none", "short write"];

/** What a handler of ours closes with, and what is sent when it throws. */
const OWN_CODES = [1011, 3001, 4001];

/** Turns in which nothing moves, after which nothing will. */
const QUIET_TURNS = 3;

/** One play. */
export class Play implements Watch {
  readonly closures: Closure[] = [];
  readonly messages: string[] = [];
  /** What the owner of the handler was told. */
  readonly errors: unknown[] = [];
  /** How often the handler has awaited something. */
  awaits = 0;
  readonly script: Script;
  readonly connection: Connection;
  readonly #socket: SimulatedSocket = connectedSockets()[0];
  readonly #clock: FakeClock;
  readonly #role: End;
  readonly #session: Session;
  readonly #fault: Fault;
  readonly #readSize: number;
  #pending = 0;
  #isHandled = false;
  #throwsNow = false;
  #hasThrown = false;
  #waitedMs = 0;

  constructor({ session, role, fault, isChopped }: Case, sabotage: Sabotage = {}) {
    this.#session = session;
    this.#role = role;
    this.#fault = fault;
    this.#clock = sabotage.clock ?? new FakeClock();
    this.#socket.incoming.tamper = sabotage.tamper ?? null;
    sabotage.spoil?.(this.#socket);
    this.#readSize = isChopped ? 1 : 65_536;
    this.script = session.script(new Script(role === "server" ? "client" : "server")).pause();
    if (isOutbound(fault)) this.#socket.room = fault.at;
    const handler = async (connection: Connection): Promise<void> => {
      try {
        await session.handler(connection, this);
      } finally {
        this.#isHandled = true;
      }
    };
    this.connection = openEnd(role, this.#socket, {
      clock: this.#clock,
      keepalive: { interval: 20_000, timeout: 20_000 },
      limits: session.limits ?? {},
      compression: session.isCompressed ?? false,
      handler,
      onError: (error) => void this.errors.push(error),
    });
    for (let times = 0; times < 2; times++) {
      void this.connection.closed.then((closure) => this.closures.push(closure));
    }
    if (role === "client") this.#runOnClient(handler);
  }

  /** Bytes that have left. */
  get sent(): readonly Uint8Array[] {
    return this.#socket.outgoing.sent;
  }

  async at<T>(promise: Promise<T>): Promise<T> {
    const number = ++this.awaits;
    const { kind, at } = this.#fault;
    this.#pending++;
    try {
      const value = await promise;
      const isDue = this.#throwsNow || (kind === "throw at await" && at === number);
      if (!isDue || this.#hasThrown) return value;
      this.#hasThrown = true;
      throw new Planned("handler");
    } finally {
      this.#pending--;
    }
  }

  got(message: Message): void {
    this.messages.push(labelOfMessage(message));
  }

  /** Plays it to the end, and judges it. */
  async run(): Promise<void> {
    if (await this.#feed()) await this.#end();
    for (; !this.#socket.isOver && this.#waitedMs < PATIENCE_MS; this.#waitedMs += STEP_MS) {
      this.#clock.advanceSync(STEP_MS);
      await this.#rest();
    }
    await turn();
    await turn();
    this.#judge();
    await this.#actLate();
  }

  /** Lets the peer send its script, and the fault happen. Returns whether the peer goes on. */
  async #feed(): Promise<boolean> {
    await this.#rest();
    let sent = 0;
    const { kind, at } = this.#fault;
    const isInbound = (INBOUND as readonly string[]).includes(kind);
    for (const segment of this.script.segments) {
      if (segment === null) {
        await this.#rest();
        continue;
      }
      const start = sent;
      sent += segment.length;
      if (isInbound && at >= start && (at < sent || sent === this.script.size)) {
        this.#socket.incoming.put(segment.subarray(0, at - start));
        await this.#rest();
        if (!(await this.#happen())) return false;
        this.#socket.incoming.put(segment.subarray(at - start));
      } else {
        this.#socket.incoming.put(segment);
      }
      await this.#rest();
    }
    return true;
  }

  /** Returns whether the peer goes on. */
  async #happen(): Promise<boolean> {
    const socket = this.#socket;
    const { kind } = this.#fault;
    if (kind === "EPIPE") socket.breaksAtWrite = true;
    if (kind === "throw") this.#throwsNow = true;
    if (kind === "stall") {
      for (let ms = 0; ms < STALL_MS; ms += STEP_MS) {
        this.#clock.advanceSync(STEP_MS);
        await turn();
      }
    }
    if (kind === "RST") socket.incoming.end = "RST";
    if (kind === "FIN" || kind === "half-close") socket.incoming.end = "FIN";
    if (kind === "RST") socket.noticeReset();
    const before = socket.outgoing.sentSize;
    await this.#rest();
    if (kind === "FIN" && socket.outgoing.sentSize > before) { // for a socket that is closed
      socket.incoming.end = "RST";
      socket.noticeReset();
    }
    return kind === "EPIPE" || kind === "throw" || kind === "stall";
  }

  /** The peer ends TCP where it should: a server behind both Closes, a client behind our FIN. */
  async #end(): Promise<void> {
    const { incoming } = this.#socket;
    if (this.#role === "client") incoming.end ??= "FIN";
    await this.#rest();
    incoming.end ??= this.#socket.outgoing.end === null ? null : "FIN";
    await this.#rest();
  }

  /** Until nothing moves any more while time stands still. */
  async #rest(): Promise<void> {
    const socket = this.#socket;
    for (let quiet = 0; quiet < QUIET_TURNS; ) {
      const before = socket.incoming.readSize + socket.outgoing.sentSize + this.awaits;
      while (socket.read(this.#readSize) === "bytes") this.#checkInbox();
      await turn();
      const after = socket.incoming.readSize + socket.outgoing.sentSize + this.awaits;
      quiet = after === before ? quiet + 1 : 0;
      if (quiet === QUIET_TURNS && this.#isStuck) quiet = this.#unstick() ? 0 : quiet;
    }
  }

  /** Where each byte comes by itself, no read brings more than one message. */
  #checkInbox(): void {
    const { inboxMessagesMax = Infinity } = this.#session.limits ?? {};
    if (this.#readSize > 1) return;
    const { messages } = this.connection.stats().inbox;
    assert.ok(messages <= inboxMessagesMax, `${messages} messages are in the inbox`);
  }

  /** Whether the kernel has taken all that the fault lets it. */
  get #isStuck(): boolean {
    return isOutbound(this.#fault) && this.#socket.room === 0 && !this.#socket.isOver;
  }

  #unstick(): boolean {
    const { kind } = this.#fault;
    if (kind === "short write") this.#socket.open(Infinity);
    else if (kind === "broken write" && !this.#socket.flushed) this.#socket.breakWith("EPIPE");
    else return false;
    return true;
  }

  /** As `runHandler()` does for a server. */
  #runOnClient(handler: (connection: Connection) => Promise<void>): void {
    const { connection } = this;
    void handler(connection).then(
      () => void connection.close(),
      (error: unknown) => {
        void connection.close(1011);
        if (error instanceof Planned) this.errors.push(error);
      },
    );
  }

  #judge(): void {
    const { kind } = this.#fault;
    assert.is(this.closures.length, 2, "closed has fulfilled");
    assert.is(this.closures[0], this.closures[1], "closed is always the same");
    assert.is(this.#isHandled, true, "the handler has come to its end");
    assert.is(this.#pending, 0, "promises that never settle");
    assert.is(this.#clock.pending, 0, "timers that are left");
    assert.is(this.#socket.writesAfterEnd, 0, "writes behind the end");
    assert.equal(this.errors.length, this.#hasThrown ? 1 : 0, "onError is told");
    assert.ok(this.#waitedMs <= msMax(kind), `it took ${this.#waitedMs} ms`);
    const events = eventsOf(this.sent, this.#role === "client"); // and the checks of these
    const read = this.script.events.filter(({ end }) => end <= this.#socket.incoming.readSize);
    const close = events.find((event) => event.kind === "close");
    const [closure] = this.closures;
    if (close !== undefined) assert.is(closure.sent?.code, close.code, "the Close that was sent");
    checkEnd(closure, read, this.#session.isCompressed ?? false);
    const last = read.findIndex(({ kind }) => kind === "close" || kind === "violation");
    const due = last < 0 ? read : read.slice(0, last);
    const labels = due.filter((event) => event.kind === "message").map(({ label }) => label);
    const isAtFault = this.#hasThrown && close !== undefined && closure.initiator === "local";
    if (isAtFault) assert.ok(OWN_CODES.includes(close.code), `a handler threw: ${close.code}`);
    const { messages } = this;
    assert.equal(messages, labels.slice(0, messages.length), "messages in order");
    const sent = events.filter((event) => event.kind === "message").length;
    if (!GENTLE.includes(kind) || !echoes(this.#session)) return;
    assert.is(messages.length, labels.length, "all messages are read");
    assert.is(sent, labels.length, "all messages are answered");
  }

  /** What comes too late is refused, and settles as well. */
  async #actLate(): Promise<void> {
    const { connection } = this;
    const codes: unknown[] = [];
    const refused = (error: { readonly code?: unknown }): void => void codes.push(error.code);
    while (connection.tryRead() !== undefined);
    for (const act of [connection.read(), connection.write("late"), connection.ping()]) {
      act.catch(refused);
    }
    assert.is(connection.tryWrite("late"), false, "a write that comes too late");
    await turn();
    const { code } = this.closures[0];
    assert.equal(codes, [code, code, code], "what comes too late is told the code");
  }
}

function isOutbound({ kind }: Fault): boolean {
  return (OUTBOUND as readonly string[]).includes(kind);
}
