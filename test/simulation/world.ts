// One run: two ends, the line between them, and time. A step is one thing that happens next, drawn
// by chance of its own, so that a step left out changes nothing of what the others draw.
//
//   actor    writes, reads, pings, closes, terminates, aborts, ends its handler
//   peer     sends frames and fragments, answers, closes, breaks a rule, sends FIN
//   line     the kernel takes some bytes, some arrive, RST, EPIPE
//   time     passes
//   loop     nothing, microtasks, or a whole turn of the event loop between two steps
//
// Microtasks cannot be reordered; what comes from outside can, and that is what is drawn here.

import { Random } from "../../src/testing/random.ts";
import type { Act } from "./actor.ts";
import type { Sabotage } from "./sabotage.ts";
import { SETTING, settingOf } from "./setting.ts";
import type { Setting, Side } from "./setting.ts";
import type { SimulatedSocket } from "./socket.ts";
import { checkBounds, checkedRead } from "./verdict.ts";

/** Longer than all time-outs of a setting, added up as they may follow each other. */
const PATIENCE_MS = 4000;
const PATIENCE_STEP_MS = 100;

/** What the peer does that leads to the end. */
const LAST_WORDS = ["violate", "FIN", "close"];

/** The whole of it. */
export class World {
  readonly setting: Setting;
  /** What has happened, line by line. */
  readonly trace: string[] = [];
  /** Whether nothing stood in the way of a clean end when it began, so that it has to be one. */
  mustBeClean = false;
  /** What a check has thrown within a write. */
  failure: unknown = null;
  /** How long the end has taken. */
  waitedMs = 0;
  /** Whether the line or a rule was broken, or the peer has begun to end it. */
  #isBroken = false;
  /** What the largest read of each end has brought, for the bound of its inbox. */
  readonly #largestRead = new Map<SimulatedSocket, number>();
  readonly #seed: number;
  readonly #acts: readonly Act[];
  readonly #total: number;

  constructor(seed: number, sabotage: Sabotage = {}) {
    this.#seed = seed;
    this.setting = settingOf(seed, sabotage);
    const { sides, sockets, isInMemory } = this.setting;
    for (const { told } of sides) this.trace.push(told);
    if (isInMemory) {
      this.trace.push("in memory");
      const [near, far] = sockets;
      near.onWrite = () => this.#readWithin(far);
      far.onWrite = () => this.#readWithin(near);
    }
    this.#acts = this.#allActs();
    this.#total = this.#acts.reduce((sum, [, weight]) => sum + weight, 0);
  }

  /** How many steps the run has. */
  get steps(): number {
    return new Random(this.#seed, SETTING + 2).pick([10, 40, 80, 160]);
  }

  /** Whether all ends of ours are over. */
  get isOver(): boolean {
    return this.setting.sides.every(({ socket }) => socket.isOver);
  }

  /** The step with this number, and what of the event loop passes behind it. */
  async step(index: number): Promise<void> {
    const random = new Random(this.#seed, index);
    let choice = (random.below(2 ** 30) / 2 ** 30) * this.#total;
    const [name, , act] = this.#acts.find(([, weight]) => (choice -= weight) < 0) as Act;
    const told = act(random);
    if (told !== null) this.trace.push(`${index} ${name}: ${told}`);
    const pause = random.below(8);
    if (pause < 2) await turn();
    else if (pause < 4) await null;
    const { sides } = this.setting;
    for (const side of sides) checkBounds(side, this.#largestRead.get(side.socket) ?? 0);
  }

  /** Everything goes its way until both ends are over: time passes as long as anybody may wait. */
  async finish(): Promise<void> {
    const { sides, clock, peer } = this.setting;
    const random = new Random(this.#seed, SETTING + 1);
    const isDead = random.oneIn(3);
    const reads = peer === null || random.oneIn(2); // who closes is not kept from it by the unread
    const told = isDead ? "the line is dead" : reads ? "all goes its way" : "nobody reads";
    this.trace.push(`the end: ${told}`);
    await turn();
    await turn(); // what an alarm has set off is over
    this.mustBeClean = !isDead && this.#isSound;
    const goOn = async (): Promise<void> => {
      for (const { actor } of sides) actor.reader.goOnWithAll();
      if (isDead) await turn();
      else await this.#flow(reads);
    };
    const closers = isDead ? sides : [random.pick(sides)];
    await goOn();
    for (const { actor } of closers) actor.close(3500);
    for (; this.waitedMs < PATIENCE_MS; this.waitedMs += PATIENCE_STEP_MS) {
      await goOn();
      if (this.isOver) break;
      clock.advanceSync(PATIENCE_STEP_MS);
    }
    await turn();
    for (const { actor } of sides) {
      actor.reader.goOnWithAll();
      actor.endHandler(false);
      actor.reader.readRest();
    }
    for (let turns = 0; turns < 6; turns++) await turn();
  }

  /** Whether all are open still, and nothing has happened that ends a connection. */
  get #isSound(): boolean {
    const isOpen = ({ actor, socket }: Side): boolean =>
      !socket.isOver && !actor.mayDrop && !actor.hasTerminated;
    return !this.#isBroken && this.setting.sides.every(isOpen);
  }

  /** All bytes move until nothing does. */
  async #flow(reads: boolean): Promise<void> {
    const { sides, sockets, peer } = this.setting;
    for (let rests = 0; rests < 3; ) {
      peer?.answerClose();
      const before = this.#progress;
      for (const socket of sockets) {
        if (socket.room !== Infinity) socket.open(Infinity);
        this.#read(socket, 65_536);
      }
      await turn();
      for (const { actor } of reads ? sides : []) actor.reader.takeAll();
      rests = this.#progress === before ? rests + 1 : 0;
    }
  }

  /** Grows with everything that moves. */
  get #progress(): number {
    const { sides, sockets } = this.setting;
    const got = sides.reduce((sum, { actor }) => sum + actor.reader.got.length, 0);
    return sockets.reduce((sum, { incoming, isOver }) => {
      return sum + incoming.readSize + incoming.sentSize + (isOver ? 1 : 0);
    }, got);
  }

  #allActs(): Act[] {
    const { sides, sockets, peer } = this.setting;
    const acts: Act[] = [["time", 6, (random) => this.#wait(random)]];
    for (const { role, actor } of sides) {
      for (const [name, weight, act] of actor.acts) {
        acts.push([`${role} ${name}`, weight / sides.length, act]);
      }
    }
    for (const [name, weight, act] of peer?.acts ?? []) {
      const isLast = LAST_WORDS.includes(name);
      acts.push([name, weight, isLast ? (random) => this.#break(act(random)) : act]);
    }
    for (const socket of sockets) {
      const name = socket === sockets[0] ? "near" : "far";
      const brokenWrite = (): string => this.#break(((socket.breaksAtWrite = true), "EPIPE"));
      acts.push(
        [`${name} room`, 8, (random) => this.#open(socket, random)],
        [`${name} read`, 20, (random) => this.#read(socket, sizeOf(random))],
        [`${name} drain`, 1, () => (socket.drainFalsely(), "one too many")],
        [`${name} RST`, 0.1, () => this.#break((socket.reset(), "sent"))],
        [`${name} write`, 0.1, brokenWrite],
        [`${name} notices`, 2, () => socket.noticeReset()],
      );
    }
    return acts;
  }

  #open(socket: SimulatedSocket, random: Random): string {
    const room = random.pick([0, 1, random.below(100), random.below(5000), Infinity, Infinity]);
    socket.open(room);
    return `the kernel takes ${room} bytes`;
  }

  /** @param isWithin A connection pauses behind its turn: not yet, where it writes within one. */
  #read(socket: SimulatedSocket, size: number, isWithin = false): string | null {
    const before = socket.incoming.readSize;
    const side = isWithin ? null : this.setting.sides.find((each) => each.socket === socket);
    const moved = side ? checkedRead(side, size) : socket.read(size);
    const got = socket.incoming.readSize - before;
    this.#largestRead.set(socket, Math.max(got, this.#largestRead.get(socket) ?? 0));
    return moved === null ? null : `${moved}, ${got} bytes`;
  }

  /** A write may be a tick's, where nobody would catch what a check throws. */
  #readWithin(socket: SimulatedSocket): void {
    try {
      this.#read(socket, 65_536, true);
    } catch (error) {
      this.failure ??= error;
    }
  }

  #break<T>(told: T): T {
    this.#isBroken = true;
    return told;
  }

  #wait(random: Random): string {
    const ms = random.pick([1, 10, 30, 60, 100, random.below(400)]);
    this.setting.clock.advanceSync(ms);
    return `${ms} ms pass`;
  }
}

/** Ticks, promises, and one round of `setImmediate`. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Bytes that one read brings. */
function sizeOf(random: Random): number {
  return random.pick([1, 2, 7, random.below(200) + 1, random.below(3000) + 1, 65_536, 65_536]);
}
