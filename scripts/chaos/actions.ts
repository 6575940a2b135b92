// What a client may do, and how likely it does. Each action is for a connection that is open and
// not in the middle of a frame; those that end it say how the server must take it.

import { encodeClosePayload, encodeFrame, Opcode } from "../../src/frame/mod.ts";
import { keyFrom } from "./messages.ts";
import type { Peer } from "./peer.ts";
import type { Mix } from "./protocol.ts";

/** Something to do, and how often out of the sum of all. */
export interface Action {
  readonly name: string;
  readonly weight: number;
  readonly act: (peer: Peer) => void;
}

const BURST_MAX = 20;
const STALL_MS_MAX = 3000;
const SLOW_FRAME_MS_MAX = 1000;

const TRAFFIC: readonly Action[] = [
  { name: "message", weight: 600, act: (peer) => peer.send("whole") },
  { name: "fragmented message", weight: 100, act: (peer) => peer.send("fragmented") },
  { name: "compressed message", weight: 100, act: (peer) => peer.send("compressed") },
  { name: "burst", weight: 30, act: (peer) => peer.sendBurst(1 + peer.random.below(BURST_MAX)) },
  { name: "ping", weight: 100, act: (peer) => peer.ping() },
  {
    name: "slow frame",
    weight: 20,
    act: (peer) => peer.sendSlowly(1 + peer.random.below(SLOW_FRAME_MS_MAX)),
  },
  { name: "stall", weight: 20, act: (peer) => peer.stall(1 + peer.random.below(STALL_MS_MAX)) },
];

const CLOSE: Action = {
  name: "close",
  weight: 10,
  act: (peer) => peer.close(peer.random.oneIn(2) ? 1000 : 4000 + peer.random.below(1000)),
};
const RESET: Action = { name: "RST", weight: 5, act: (peer) => peer.reset(false) };
const VIOLATION: Action = { name: "protocol error", weight: 5, act: violate };

const ENDS: readonly Action[] = [
  CLOSE,
  RESET,
  VIOLATION,
  { name: "RST within a frame", weight: 5, act: (peer) => peer.reset(true) },
  { name: "FIN, then nothing", weight: 5, act: (peer) => peer.vanish(true) },
  { name: "half-close", weight: 5, act: (peer) => peer.halfClose() },
  { name: "terminated client", weight: 5, act: (peer) => peer.vanish(false) },
  {
    name: "handler throws",
    weight: 5,
    act: (peer) => {
      peer.command("!throw");
      peer.leave([1011], null);
    },
  },
];

/** What is done at the rate of actions. */
export const ACTIONS: Readonly<Record<Mix, readonly Action[]>> = {
  chaos: [...TRAFFIC, ...ENDS],
  soak: TRAFFIC,
};

/** What is done at the rate of the churn. */
export const CHURN: readonly Action[] = [
  { ...CLOSE, weight: 98 },
  { ...RESET, weight: 1 },
  { ...VIOLATION, weight: 1 },
];

/** One of `actions`, by their weights. */
export function draw(actions: readonly Action[], peer: Peer): Action {
  const sum = actions.reduce((total, { weight }) => total + weight, 0);
  let at = peer.random.below(sum);
  return actions.find(({ weight }) => (at -= weight) < 0) ?? actions[0];
}

/** A frame that no client may send, and the code that it must have: §7.4.1. */
const VIOLATIONS: readonly (readonly [code: number, frame: Parameters<typeof encodeFrame>[0]])[] = [
  [1002, { opcode: 3 }],
  [1002, { opcode: 11 }],
  [1002, { opcode: Opcode.PING, fin: false }],
  [1002, { opcode: Opcode.PING, payload: "x".repeat(126) }],
  [1002, { opcode: Opcode.CONTINUATION, payload: "x" }],
  [1002, { opcode: Opcode.TEXT, rsv: 2, payload: "x" }],
  [1002, { opcode: Opcode.CLOSE, payload: "x" }],
  [1002, { opcode: Opcode.CLOSE, payload: encodeClosePayload(1000, "").fill(0) }],
  [1007, { opcode: Opcode.TEXT, payload: Uint8Array.of(0x61, 0xff, 0x62) }],
  [1009, { opcode: Opcode.BINARY, payload: new Uint8Array(2 ** 20 + 1) }],
];

function violate(peer: Peer): void {
  const [code, frame] = peer.random.pick(VIOLATIONS);
  const isMasked = !peer.random.oneIn(VIOLATIONS.length);
  const bytes = encodeFrame(isMasked ? { ...frame, key: keyFrom(peer.random) } : frame);
  // The server lingers for what it has not read, but not for ever: RST may be faster than Close.
  const mayReset = frame.payload !== undefined && frame.payload.length > 2 ** 16;
  const due = isMasked ? code : 1002;
  peer.leave(mayReset ? [due, "no Close"] : [due], bytes);
}
