// What a client has to get: the echoes of what it sent, in their order and byte by byte, the
// numbered messages of the server, and pongs. Whatever else comes is wrong.

import { Opcode } from "../../src/frame/mod.ts";
import type { Random } from "../../src/testing/random.ts";
import { messageOf } from "./messages.ts";
import type { Sent } from "./messages.ts";

/** So much may be under way to the server and back; of more nothing is sent. */
const UNDER_WAY_MAX = 2 ** 21;

/** A message of the server's own begins with "#". */
const PUSH = 0x23;

/** What is due on one connection. */
export class Due {
  readonly #id: number;
  readonly #random: Random;
  readonly #pending: Sent[] = [];
  readonly #pings: Buffer[] = [];
  readonly #isPushed: boolean;
  #number = 0;
  #pushes = 0;
  #underWay = 0;

  /** @param isPushed Whether the server sends messages of its own. */
  constructor(id: number, random: Random, isPushed: boolean) {
    this.#id = id;
    this.#random = random;
    this.#isPushed = isPushed;
  }

  /** Messages that have not come back. */
  get pending(): number {
    return this.#pending.length;
  }

  /** A message to send, which is due from now on; `null`: too much is. */
  nextMessage(): Sent | null {
    if (this.#underWay > UNDER_WAY_MAX) return null;
    const message = messageOf(this.#random, this.#id, this.#number++);
    this.expect(message);
    return message;
  }

  expect(message: Sent): void {
    this.#pending.push(message);
    this.#underWay += message.payload.length;
  }

  /** The payload of a ping to send. */
  nextPing(): Buffer {
    const ping = Buffer.from(`${this.#id}.${this.#number++}`);
    this.#pings.push(ping);
    return ping;
  }

  /** A message has come: which it is; an `Error` that says why it is not due. */
  message(opcode: number, payload: Buffer): "echo" | "push" | Error {
    if (this.#isPushed && opcode === Opcode.TEXT && payload[0] === PUSH) {
      const number = this.#pushes++;
      if (payload.toString() === `#${number}`) return "push";
      return new Error(`${payload.toString()} comes for #${number}`);
    }
    const due = this.#pending.shift();
    const found = shown(payload);
    if (due === undefined) return new Error(`${found} comes, which nobody sent`);
    this.#underWay -= due.payload.length;
    if (due.opcode === opcode && due.payload.equals(payload)) return "echo";
    return new Error(`${found} comes for ${shown(due.payload)}`);
  }

  /** Whether a pong is due. It answers those before it, too: §5.5.3. */
  pong(payload: Buffer): boolean {
    const at = this.#pings.findIndex((ping) => ping.equals(payload));
    this.#pings.splice(0, at + 1);
    return at >= 0;
  }
}

function shown(payload: Buffer): string {
  return `"${payload.toString("latin1", 0, 20)}" of ${payload.length} bytes`;
}
