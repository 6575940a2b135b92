// What a peer sends in a session, put together frame by frame, with what each of them means to the
// one who gets it: so that wherever the line breaks it is known what has been said until then.

import { deflateRawSync } from "node:zlib";
import { encodeClosePayload, encodeFrame } from "../../src/frame/mod.ts";
import type { Frame } from "../../src/frame/mod.ts";
import type { End } from "../../src/testing/wire_log.ts";
import { concat, utf8 } from "../support/bytes.ts";
import { labelOf, NOTHING } from "./frames.ts";
import type { WireEvent } from "./frames.ts";

/** Bytes that are sent together; or `null`: wait for the Close of the other end. */
export type Segment = Uint8Array | null;

/** RFC 7692 §7.2.1: what ends a flushed part is left out. */
const TAIL_SIZE = 4;

/** Writes the script of a peer. */
export class Script {
  readonly segments: Segment[] = [];
  readonly events: WireEvent[] = [];
  /** Bytes of all segments. */
  size = 0;
  readonly #key: number | null;
  #frames: Uint8Array[] = [];
  #fragments: Uint8Array[] = [];

  /** @param role That of the peer: a client masks. */
  constructor(role: End) {
    this.#key = role === "client" ? 0x37fa213d : null;
  }

  text(payload: string): this {
    return this.#message(1, utf8(payload), utf8(payload), 0);
  }

  binary(size: number): this {
    const payload = Uint8Array.from({ length: size }, (_, at) => at * 7);
    return this.#message(2, payload, payload, 0);
  }

  compressed(payload: string): this {
    const deflated = deflateRawSync(utf8(payload), { finishFlush: 2 /* Z_SYNC_FLUSH */ });
    return this.#message(1, utf8(payload), deflated.subarray(0, -TAIL_SIZE), 4);
  }

  /** One frame of a fragmented text; `rsv` is 4 on the first one when it is compressed. */
  fragment(opcode: 0 | 1, fin: boolean, payload: Uint8Array, whole: string = ""): this {
    if (opcode === 1) this.#fragments = [];
    this.#fragments.push(payload);
    const label = labelOf(true, concat(...this.#fragments));
    const frame = { opcode, fin, payload, rsv: whole === "" || opcode === 0 ? 0 : 4 };
    if (!fin) return this.#add(frame, "other");
    return this.#add(frame, "message", { label: whole === "" ? label : `t:${whole}` });
  }

  /** A text in fragments of so many bytes, with a ping before the last one. */
  fragments(payload: string, size: number, isCompressed = false): this {
    const plain = utf8(payload);
    const wire = isCompressed
      ? new Uint8Array(deflateRawSync(plain, { finishFlush: 2 }).subarray(0, -TAIL_SIZE))
      : plain;
    for (let at = 0; at < wire.length; at += size) {
      const fin = at + size >= wire.length;
      if (fin) this.ping("in between");
      const whole = isCompressed ? payload : "";
      this.fragment(at === 0 ? 1 : 0, fin, wire.slice(at, at + size), whole);
    }
    return this;
  }

  ping(payload: string): this {
    return this.#add({ opcode: 9, payload }, "ping");
  }

  pong(payload: string): this {
    return this.#add({ opcode: 10, payload }, "other");
  }

  close(code: number, reason = ""): this {
    const payload = code === 1005 ? "" : encodeClosePayload(code, reason);
    return this.#add({ opcode: 8, payload }, "close", { code });
  }

  /** A frame that must not be sent, for which the connection fails with `code`. */
  violation(code: number, frame: Frame): this {
    return this.#add(frame, "violation", { code });
  }

  /** What follows is sent later. */
  pause(): this {
    if (this.#frames.length > 0) this.segments.push(concat(...this.#frames));
    this.#frames = [];
    return this;
  }

  /** What follows is sent when the Close of the other end has come. */
  awaitClose(): this {
    this.pause();
    this.segments.push(null);
    return this;
  }

  #message(opcode: number, plain: Uint8Array, payload: Uint8Array, rsv: number): this {
    return this.#add({ opcode, payload, rsv }, "message", { label: labelOf(opcode === 1, plain) });
  }

  #add(frame: Frame, kind: WireEvent["kind"], more: Partial<WireEvent> = {}): this {
    const wire = encodeFrame(this.#key === null ? frame : { ...frame, key: this.#key });
    const start = this.size;
    this.size += wire.length;
    this.#frames.push(wire);
    this.events.push({ ...NOTHING, kind, start, end: this.size, ...more });
    return this;
  }
}
