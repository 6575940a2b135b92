// How a run begins: who is there, with which limits and options, all of it drawn from the seed.

import type { Connection } from "../../src/connection/connection.ts";
import { connectionLimits } from "../../src/connection/limits.ts";
import type { ConnectionLimits } from "../../src/connection/limits.ts";
import { openEnd } from "../../src/testing/end.ts";
import { FakeClock } from "../../src/testing/fake_clock.ts";
import { Random } from "../../src/testing/random.ts";
import type { End } from "../../src/testing/wire_log.ts";
import { Actor } from "./actor.ts";
import { RawPeer } from "./raw_peer.ts";
import { STYLES } from "./reader.ts";
import type { Sabotage } from "./sabotage.ts";
import { connectedSockets } from "./socket.ts";
import type { SimulatedSocket } from "./socket.ts";

/** Chance for the setting, for the end, and for callbacks: indices that no step has. */
export const SETTING = 1_000_000;
const CALLBACKS = 2_000_000;

/** A connection of ours, and all that belongs to its end. */
export interface Side {
  readonly role: End;
  readonly connection: Connection;
  readonly actor: Actor;
  readonly socket: SimulatedSocket;
  readonly limits: ConnectionLimits;
  /** What it is, for the trace. */
  readonly told: string;
}

/** What a run begins with. */
export interface Setting {
  /** Both ends of ours, or one. */
  readonly sides: readonly Side[];
  /** At the other end of the one. */
  readonly peer: RawPeer | null;
  readonly sockets: readonly SimulatedSocket[];
  readonly clock: FakeClock;
  readonly isCompressed: boolean;
  /** Whether what is written is read within `write()`, as by a stream in memory. */
  readonly isInMemory: boolean;
  /** What handlers threw, as it was told to `onError`. */
  readonly handlerErrors: readonly unknown[];
}

/** The setting of a seed. */
export function settingOf(seed: number, sabotage: Sabotage): Setting {
  const random = new Random(seed, SETTING);
  const clock = sabotage.clock ?? new FakeClock({ truncates: random.oneIn(2) });
  const sockets = connectedSockets();
  for (const { outgoing } of sockets) outgoing.tamper = sabotage.tamper ?? null;
  const kind = random.pick(["pair", "pair", "server", "server", "client"] as const);
  const isCompressed = kind === "pair" && random.oneIn(3);
  const isInMemory = kind === "pair" && random.oneIn(6);
  const contextTakeover = random.oneIn(2);
  const handlerErrors: unknown[] = [];
  const open = (role: End, socket: SimulatedSocket): Side => {
    const limits = limitsOf(random, kind === "pair" ? 2 ** 20 : 3000);
    socket.highWaterMark = random.pick([0, 0, 100, 16_384]);
    sabotage.spoil?.(socket);
    const opened: { actor: Actor | null } = { actor: null };
    const connection = openEnd(role, socket, {
      limits,
      clock,
      seed,
      keepalive: random.oneIn(2) && { interval: 80, timeout: 50 },
      text: random.oneIn(3) ? "bytes" : "string",
      compression: isCompressed && { threshold: 0, contextTakeover },
      onError: (error) => void handlerErrors.push(error),
      ...(random.oneIn(3) ? { handler: () => handled(opened) } : {}),
    });
    const drawn = random.pick(STYLES);
    const style = isInMemory ? "forEach" : drawn; // only a callback runs within a write
    const draw = (call: number): Random => new Random(seed, CALLBACKS + call);
    const actor = (opened.actor = new Actor(connection, { style, draw, looksAtAll: isCompressed }));
    const told = `${role}: ${style}, ${JSON.stringify(limits)}`;
    return { role, connection, actor, socket, limits: connectionLimits(limits), told };
  };
  const [near, far] = sockets;
  const shared = { sockets, clock, isCompressed, isInMemory, handlerErrors };
  if (kind === "pair") {
    return { ...shared, sides: [open("client", near), open("server", far)], peer: null };
  }
  const side = open(kind, near);
  const role = kind === "server" ? "client" : "server";
  return { ...shared, sides: [side], peer: new RawPeer(far, role, side.limits.messageSizeMax) };
}

/** The handler runs before there is an actor for it. */
async function handled(opened: { readonly actor: Actor | null }): Promise<void> {
  await null;
  await opened.actor?.handler();
}

function limitsOf(random: Random, messageSizeMax: number): Partial<ConnectionLimits> {
  return {
    messageSizeMax,
    inboxMessagesMax: random.pick([1, 2, 5, 1000]),
    inboxSizeMax: random.pick([1000, 100_000]),
    outboxMessagesMax: random.pick([1, 2, 5, 1000]),
    outboxSizeMax: random.pick([500, 3000, 65_536]),
    outboxWaitingMax: random.pick([2000, 20_000]),
    stallTimeoutMs: 500,
    closeTimeoutMs: 300,
  };
}
