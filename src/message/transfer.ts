// Memory that changes hands, as in `postMessage()`: nothing is copied, and whoever had it finds it
// empty, so that he cannot write into what is being sent.

import { RELEASED_FROM } from "./release.ts";
import { asText, TextBytes } from "./text_bytes.ts";

/**
 * The same bytes in memory that is ours alone; `bytes` is empty from then on. What is not worth the
 * call, or is a view into more memory than its own, or cannot be taken, stays where it is, and
 * `bytes` itself is returned.
 */
export function transferred(bytes: Uint8Array): Uint8Array {
  const { buffer, length } = bytes;
  if (length < RELEASED_FROM || buffer.byteLength !== length) return bytes;
  if (!(buffer instanceof ArrayBuffer)) return bytes;
  const taken = take(buffer);
  if (taken === null) return bytes;
  const ours = new Uint8Array(taken);
  return bytes instanceof TextBytes ? asText(ours) : ours;
}

/** ES2024. */
interface Transferable {
  transfer?(): ArrayBuffer;
}

/** `null` when somebody has forbidden it, as the memory of WebAssembly does. */
function take(buffer: ArrayBuffer): ArrayBuffer | null {
  try {
    const taken = (buffer as Transferable).transfer?.();
    return taken ?? structuredClone(buffer, { transfer: [buffer] }); // before Node 21: 4 µs
  } catch {
    return null;
  }
}
