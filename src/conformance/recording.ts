// What went over the wire, for the report: who sent it, and whether it is HTTP or frames.

import { concat } from "./bytes.ts";

/** Bytes of one direction, as they went over the wire until the other side's came. */
export interface Passage {
  readonly from: "client" | "server";
  /** What they are read as. */
  readonly kind: "http" | "frames";
  /** As many as are kept. */
  readonly bytes: Uint8Array;
  /** How many there were. */
  readonly size: number;
}

/** Bytes of one passage that are kept. */
const KEPT_SIZE_MAX = 4096;

interface OpenPassage {
  readonly from: "client" | "server";
  readonly kind: "http" | "frames";
  readonly parts: Uint8Array[];
  kept: number;
  size: number;
}

/** The passages of one connection. */
export class Recording {
  readonly #passages: OpenPassage[] = [];

  get passages(): Passage[] {
    return this.#passages.map(({ from, kind, parts, size }) => ({
      from,
      kind,
      bytes: concat(...parts),
      size,
    }));
  }

  /** Whether the client has sent `payload` in a frame, as far as its bytes are kept; key 0. */
  hasSent(payload: Uint8Array): boolean {
    const wanted = Buffer.from(payload);
    return this.#passages.some(({ from, kind, parts }) => {
      const isSent = from === "client" && kind === "frames";
      return isSent && Buffer.concat(parts.map((part) => Buffer.from(part))).includes(wanted);
    });
  }

  note(from: "client" | "server", kind: "http" | "frames", bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    let last = this.#passages.at(-1);
    if (last === undefined || last.from !== from || last.kind !== kind) {
      last = { from, kind, parts: [], kept: 0, size: 0 };
      this.#passages.push(last);
    }
    const kept = bytes.slice(0, KEPT_SIZE_MAX - last.kept);
    last.parts.push(kept);
    last.kept += kept.length;
    last.size += bytes.length;
  }

  /** The end of the last passage, `frames`, was taken for HTTP: it came right behind the head. */
  splitLast(frames: Uint8Array): void {
    const last = this.#passages.at(-1);
    if (last?.from !== "server" || last.size !== last.kept) return;
    this.#passages.pop();
    const head = concat(...last.parts).subarray(0, last.size - frames.length);
    this.note("server", last.kind, head);
    this.note("server", "frames", frames);
  }
}
