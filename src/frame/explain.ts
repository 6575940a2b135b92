// Frames explained to people: each with the diagram of §5.2, its fields one by one, what its
// payload says, and what is wrong with it.
//
// Nothing here or below it imports from Node, so that a browser can run it as it is.

import { drawFrame } from "./diagram.ts";
import type { DrawOptions } from "./diagram.ts";
import { FrameExplainer } from "./explainer.ts";
import type { ExplainedFrame, ExplainOptions } from "./explainer.ts";

/**
 * Diagrams of all frames in `bytes`, as text: whole or cut, right or wrong.
 *
 * ```ts run
 * import { explain } from "sluice/frame";
 *
 * const bytes = Uint8Array.of(0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f); // §5.7
 * console.log(explain(bytes)); // Frame 1, byte 0: ping, final, not masked, 5 bytes: 48 65 6c …
 * ```
 */
export function explain(bytes: Uint8Array, options: ExplainOptions & DrawOptions = {}): string {
  const frames = explainFrames(bytes, options);
  if (frames.length === 0) return "No frame: there are no bytes";
  return frames
    .map((frame, index) => `Frame ${index + 1}, byte ${frame.offset}: ${drawFrame(frame, options)}`)
    .join("\n\n");
}

/** The frames in `bytes`, taken apart; the last may be cut. */
export function explainFrames(bytes: Uint8Array, options: ExplainOptions = {}): ExplainedFrame[] {
  const explainer = new FrameExplainer(options);
  const frames = explainer.push(bytes);
  const last = explainer.end();
  return last === null ? frames : [...frames, last];
}
