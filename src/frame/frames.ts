// Frames as objects, for whoever holds all the bytes and wants to look: tests, tools, a debugger.
// A server has no use for it: see `decoder` for frames as they arrive.

import { FrameDecoder } from "./decoder.ts";
import type { FrameDecoderOptions, FrameSink } from "./decoder.ts";
import type { FrameHeader } from "./header.ts";

/** A frame that was read: its header, and the payload, unmasked. */
export interface DecodedFrame extends Readonly<FrameHeader> {
  readonly payload: Uint8Array;
}

/**
 * The frames that `bytes` hold, which stay as they are. A frame that is cut at the end is left out.
 *
 * @throws {ProtocolError} When a frame by itself breaks a rule (§5.1, §5.2, §5.5), with the byte
 * and the section. The order of fragments and what a Close frame says are not looked at.
 *
 * ```ts run
 * import { decodeFrames } from "sluice/frame";
 *
 * const bytes = Uint8Array.of(0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f); // §5.7
 * const [frame] = decodeFrames(bytes, { role: "client" });
 * console.log(new TextDecoder().decode(frame?.payload)); // Hello
 * ```
 */
export function decodeFrames(
  bytes: Uint8Array,
  options: FrameDecoderOptions = {},
): DecodedFrame[] {
  const collector = new Collector();
  new FrameDecoder(collector, options).push(new Uint8Array(bytes));
  return collector.frames;
}

class Collector implements FrameSink {
  readonly frames: DecodedFrame[] = [];
  #header: FrameHeader | null = null;
  #payload: Uint8Array = new Uint8Array(0);

  frameStart(header: FrameHeader): void {
    this.#header = { ...header };
    this.#payload = new Uint8Array(0);
  }

  framePayload(bytes: Uint8Array, start: number, end: number): void {
    this.#payload = bytes.slice(start, end); // all comes in one push, so a payload is one range
  }

  frameEnd(): void {
    this.frames.push({ ...(this.#header as FrameHeader), payload: this.#payload });
  }
}
