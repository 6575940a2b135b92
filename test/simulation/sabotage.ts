// What is broken on purpose, below a connection: tests that find nothing must first find this.

import { FakeClock } from "../../src/testing/fake_clock.ts";
import type { SimulatedSocket } from "./socket.ts";

/** What is broken. */
export interface Sabotage {
  /** Changes the socket of a connection of ours. */
  readonly spoil?: (socket: SimulatedSocket) => void;
  /** Changes what goes over the line. */
  readonly tamper?: (bytes: Uint8Array) => Uint8Array;
  readonly clock?: FakeClock;
}

/** All kinds of it that both the simulation and the faults must notice. */
export const SABOTAGES: readonly (readonly [what: string, sabotage: () => Sabotage])[] = [
  ["a piece of the stream is lost", nth(2, () => new Uint8Array(0))],
  ["a piece of the stream comes twice", nth(2, twice)],
  ["two pieces change places", swapped()],
  ["a bit flips", nth(2, (bytes) => bytes.map((byte, at) => (at === 0 ? byte ^ 1 : byte)))],
  ["alarms cannot be called off", () => ({ clock: new StubbornClock() })],
  ["pause() does nothing", spoiled(() => ({ pause: () => {} }))],
  ["resume() does nothing", spoiled(() => ({ resume: () => {} }))],
  ["end() does nothing", spoiled(() => ({ end: () => {} }))],
  ["destroy() does nothing", spoiled(() => ({ destroy: () => {} }))],
  ["drained() is never told", spoiled((socket) => ({ attach: (events) => {
    const attach = Object.getPrototypeOf(socket).attach.bind(socket) as SimulatedSocket["attach"];
    attach({
      received: (bytes) => events.received(bytes),
      drained: () => {},
      endSent: () => events.endSent(),
      ended: () => events.ended(),
      disconnected: (cause) => events.disconnected(cause),
    });
  } }))],
  ["a Close frame is sent twice", spoiled((socket) => ({ write: (bytes) => {
    const write = Object.getPrototypeOf(socket).write.bind(socket) as SimulatedSocket["write"];
    return write(bytes[0] === 0x88 ? twice(bytes) : bytes);
  } }))],
];

/** A clock whose alarms cannot be called off. */
class StubbornClock extends FakeClock {
  override setTimeout(callback: () => void, delayMs: number): unknown {
    super.setTimeout(callback, delayMs);
    return null;
  }
}

/** Does `change` to every n-th piece. */
function nth(n: number, change: (bytes: Uint8Array) => Uint8Array): () => Sabotage {
  return () => {
    let count = 0;
    return { tamper: (bytes) => (++count % n === 0 ? change(bytes) : bytes) };
  };
}

/** Of a socket, what `patch` makes different. */
function spoiled(patch: (socket: SimulatedSocket) => Partial<SimulatedSocket>): () => Sabotage {
  return () => ({ spoil: (socket) => void Object.assign(socket, patch(socket)) });
}

function twice(bytes: Uint8Array): Uint8Array {
  return new Uint8Array([...bytes, ...bytes]);
}

/** Gives a piece back behind the next one. */
function swapped(): () => Sabotage {
  return () => {
    let held = new Uint8Array(0);
    const swap = (bytes: Uint8Array): Uint8Array => {
      const due = new Uint8Array([...bytes, ...held]);
      const isHeld = held.length === 0 && bytes.length > 20;
      held = isHeld ? new Uint8Array(bytes) : new Uint8Array(0);
      return isHeld ? new Uint8Array(0) : due;
    };
    return { tamper: swap };
  };
}
