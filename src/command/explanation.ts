// Frames as `sluice explain` prints them: each with its diagram, in a line, or as JSON.

import { drawFrame, FrameExplainer } from "../frame/mod.ts";
import type { ExplainedFrame, Role } from "../frame/mod.ts";
import { painter } from "./colour.ts";
import type { Paint } from "./colour.ts";
import { frameJson, inflatedJson } from "./frame_json.ts";
import { inflatedLine } from "./inflated_line.ts";
import { INFLATED_SIZE_MAX, MessageInflater } from "./message_inflater.ts";
import type { InflatedMessage } from "./message_inflater.ts";

/** How to read the bytes, and how to show them. */
export interface ExplanationOptions {
  readonly form: "diagrams" | "lines" | "json";
  /** Who reads: `null` takes masked and unmasked frames. */
  readonly role: Role | null;
  /** Whether RSV1 is allowed. */
  readonly rsv1: boolean;
  /** The same, and messages with it are shown inflated. */
  readonly deflate: boolean;
  readonly colour: boolean;
  /** Bytes of a payload that are drawn. */
  readonly drawnMax: number;
}

/** One frame. */
export interface Explanation {
  /** Without a line end. */
  readonly text: string;
  /** Whether it is whole, and breaks no rule. */
  readonly isFine: boolean;
}

const RSV1 = 0b100;

/** Stands below a line, behind its offset. */
const INDENT = " ".repeat(7);

/**
 * Bytes that are taken apart at once: a frame may be as short as two, and what is said of it takes
 * a hundred times as much memory.
 */
const SLICE_SIZE = 16_384;

/** What `bytes` say, frame by frame, as one asks for it. */
export function* explanations(
  bytes: Uint8Array,
  options: ExplanationOptions,
): Generator<Explanation> {
  const { form, role, rsv1, deflate, colour, drawnMax } = options;
  const explainer = new FrameExplainer({
    rsvAllowed: deflate || rsv1 ? RSV1 : 0,
    payloadMax: INFLATED_SIZE_MAX,
    ...(role === null ? {} : { role }),
  });
  const inflater = deflate ? new MessageInflater() : null;
  const paint = painter(colour);
  let count = 0;
  for (const frame of framesOf(bytes, explainer)) {
    count++;
    const inflated = inflater?.push(frame) ?? null;
    const isInflated = inflated === null || inflated.problem === null;
    const isFine = frame.problems.length === 0 && frame.missing === 0 && isInflated;
    if (form === "json") yield { text: jsonLine(frame, inflated), isFine };
    else if (form === "lines") yield { text: shortLines(frame, inflated, paint), isFine };
    else {
      const title = `${count === 1 ? "" : "\n"}Frame ${count}, byte ${frame.offset}: `;
      const drawing = drawFrame(frame, { colour, drawnMax });
      yield { text: title + drawing + inflatedLine(inflated, "", paint), isFine };
    }
  }
}

function* framesOf(bytes: Uint8Array, explainer: FrameExplainer): Generator<ExplainedFrame> {
  for (let at = 0; at < bytes.length; at += SLICE_SIZE) {
    yield* explainer.push(bytes.subarray(at, at + SLICE_SIZE));
  }
  const last = explainer.end();
  if (last !== null) yield last;
}

function jsonLine(frame: ExplainedFrame, inflated: InflatedMessage | null): string {
  const more = inflated === null ? {} : { inflated: inflatedJson(inflated) };
  return JSON.stringify({ ...frameJson(frame), ...more });
}

/** The summary, and below it what is wrong. */
function shortLines(
  frame: ExplainedFrame,
  inflated: InflatedMessage | null,
  paint: Paint,
): string {
  const problems = frame.problems.map(({ offset, message }) => {
    return `${INDENT}${paint("wrong", `wrong at byte ${offset}: ${message}`)}`;
  });
  const place = paint("soft", `${String(frame.offset).padStart(5)}  `);
  return [place + frame.summary, ...problems].join("\n") + inflatedLine(inflated, INDENT, paint);
}
