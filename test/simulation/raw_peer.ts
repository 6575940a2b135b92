// A peer that is none of ours: it puts together what it sends byte by byte, answers or does not,
// breaks rules of which it knows what they cost, and ends as it likes. What it sends it notes with
// the place in the stream, so that the verdict knows what the other end must have made of it.

import type { Role } from "../../src/frame/mod.ts";
import { encodeClosePayload, encodeFrame } from "../../src/frame/mod.ts";
import type { Frame } from "../../src/frame/mod.ts";
import type { TransportEvents } from "../../src/connection/transport.ts";
import type { Random } from "../../src/testing/random.ts";
import { bytes, concat, utf8 } from "../support/bytes.ts";
import { eventsOf, labelOf, NOTHING } from "./frames.ts";
import type { WireEvent } from "./frames.ts";
import type { SimulatedSocket } from "./socket.ts";

/** What no peer may send, and with which code the connection fails for it: §7.4.1. */
const VIOLATIONS: readonly (readonly [code: number, frame: Frame])[] = [
  [1002, { opcode: 3 }],
  [1002, { opcode: 11 }],
  [1002, { opcode: 9, fin: false }],
  [1002, { opcode: 9, payload: new Uint8Array(126) }],
  [1002, { opcode: 2, rsv: 2, payload: "RSV2" }],
  [1002, { opcode: 8, payload: new Uint8Array(1) }],
  [1002, { opcode: 8, payload: bytes("03ed") }], // 1005
  [1007, { opcode: 8, payload: bytes("03e8 ff") }],
];

/** The same where no fragmented message is open, or where one is. */
const OUT_OF_ORDER: readonly (readonly [code: number, frame: Frame])[] = [
  [1002, { opcode: 0, payload: "nothing to continue" }],
  [1002, { opcode: 1, payload: "in the middle" }],
];

type Act = (random: Random) => string | null;

/** The other end of a connection under test. */
export class RawPeer implements TransportEvents {
  /** What it has sent. */
  readonly events: WireEvent[] = [];
  readonly acts: readonly (readonly [name: string, weight: number, act: Act])[];
  readonly #socket: SimulatedSocket;
  readonly #role: Role;
  readonly #messageSizeMax: number;
  #size = 0;
  #fragments: Uint8Array[] | null = null;
  #isText = false;
  #count = 0;
  #answered = 0; // frames of the other end that were looked at
  #hasEnded = false;

  /** @param role That of the peer: a client masks. */
  constructor(socket: SimulatedSocket, role: Role, messageSizeMax: number) {
    this.#socket = socket;
    this.#role = role;
    this.#messageSizeMax = messageSizeMax;
    socket.attach(this);
    this.acts = [
      ["message", 14, (random) => this.#message(random)],
      ["fragment", 8, (random) => this.#fragment(random)],
      ["control", 4, (random) => this.#control(random)],
      ["answer", 10, (random) => this.#answer(random)],
      ["close", 0.7, (random) => this.close(random.pick([1000, 1001, 1005, 3000, 4999]))],
      ["violate", 0.7, (random) => this.#violate(random)],
      ["FIN", 0.3, () => this.end()],
    ];
  }

  close(code: number): string {
    const payload = code === 1005 ? "" : encodeClosePayload(code);
    this.#send({ opcode: 8, payload }, "close", { code });
    return `the peer sends Close ${code}`;
  }

  end(): string {
    this.#hasEnded = true;
    this.#socket.end();
    return "the peer sends FIN";
  }

  /** Answers the Close of the other end, once it has come; a server ends TCP behind it. */
  answerClose(): void {
    if (this.#hasEnded || this.events.some(({ kind }) => kind === "close")) return;
    if (!this.#received().some(({ kind }) => kind === "close")) return;
    this.close(1000);
    if (this.#role === "server") this.end(); // §7.1.1
  }

  received(): void {}

  drained(): void {}

  endSent(): void {}

  ended(): void {
    this.end();
  }

  disconnected(): void {
    this.#hasEnded = true;
  }

  #message(random: Random): string | null {
    if (this.#fragments !== null) return this.#fragment(random);
    const isText = random.oneIn(2);
    const payload = this.#payload(random);
    this.#send({ opcode: isText ? 1 : 2, payload }, "message", { label: labelOf(isText, payload) });
    return `the peer sends a message of ${payload.length} bytes`;
  }

  #fragment(random: Random): string {
    const payload = this.#payload(random);
    const opcode = this.#fragments !== null ? 0 : random.oneIn(2) ? 1 : 2;
    if (opcode !== 0) this.#isText = opcode === 1;
    const fragments = (this.#fragments ??= []);
    fragments.push(payload);
    const size = fragments.reduce((sum, { length }) => sum + length, 0);
    const fin = opcode === 0 && (random.oneIn(2) || size > this.#messageSizeMax / 2);
    const label = labelOf(this.#isText, concat(...fragments));
    if (fin) this.#fragments = null;
    this.#send({ opcode, fin, payload }, fin ? "message" : "other", { label });
    return `the peer sends a fragment${fin ? ", the last" : ""}`;
  }

  #payload(random: Random): Uint8Array {
    const name = String(this.#count++).padStart(4, "0");
    return utf8(name.padEnd(random.pick([0, 0, 0, 10, 121, 126, random.below(600)]), "ijkl"));
  }

  #control(random: Random): string {
    const opcode = random.oneIn(2) ? 9 : 10;
    this.#send({ opcode, payload: "noise" }, "other");
    return `the peer sends a ${opcode === 9 ? "ping" : "pong"}`;
  }

  /** Pongs for what pings have come, and Close for Close; or not. */
  #answer(random: Random): string | null {
    const received = this.#received();
    const news = received.slice(this.#answered);
    this.#answered = received.length;
    if (news.length === 0) return null;
    for (const { kind, payload } of news) {
      if (kind === "ping") this.#send({ opcode: 10, payload }, "other");
      if (kind === "close" && !random.oneIn(6)) this.answerClose();
    }
    return `the peer answers ${news.length} frames`;
  }

  /** What of the other end has come in whole. */
  #received(): WireEvent[] {
    const { sent, readSize } = this.#socket.incoming;
    return eventsOf(sent, this.#role === "server").filter(({ end }) => end <= readSize);
  }

  #violate(random: Random): string {
    const isOpen = this.#fragments !== null;
    const tooLong = new Uint8Array(this.#messageSizeMax + 1);
    const all = [...VIOLATIONS, OUT_OF_ORDER[isOpen ? 1 : 0]];
    const more: readonly (readonly [number, Frame])[] = isOpen
      ? []
      : [
          [1007, { opcode: 1, payload: bytes("ff") }],
          [1009, { opcode: 2, payload: tooLong }],
        ];
    const [code, frame] = random.pick([...all, ...more]);
    this.#send(frame, "violation", { code });
    return `the peer sends what fails with ${code}`;
  }

  #send(frame: Frame, kind: WireEvent["kind"], more: Partial<WireEvent> = {}): void {
    if (this.#hasEnded) return;
    const key = 0x01020304 + this.#count;
    const wire = encodeFrame(this.#role === "client" ? { ...frame, key } : frame);
    const start = this.#size;
    this.#size += wire.length;
    this.events.push({ ...NOTHING, kind, start, end: this.#size, ...more });
    this.#socket.write(wire);
  }
}
