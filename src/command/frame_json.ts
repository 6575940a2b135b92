// An explained frame for machines: one JSON object, all bytes in hex. `null` is what is not there.

import { Buffer } from "node:buffer";
import type { ExplainedFrame } from "../frame/mod.ts";
import type { InflatedMessage } from "./message_inflater.ts";

/** What `--json` prints of a frame, for `JSON.stringify`. */
export function frameJson(frame: ExplainedFrame): Record<string, unknown> {
  const { offset, bytes, headerSize, header, payload, omitted, missing } = frame;
  return {
    offset,
    summary: frame.summary,
    fin: header?.fin ?? null,
    rsv: header?.rsv ?? null,
    opcode: header?.opcode ?? null,
    masked: header?.masked ?? null,
    key: header?.masked ? hex(bytes.subarray(headerSize - 4, headerSize)) : null,
    length: header?.length ?? null,
    header: hex(bytes.subarray(0, headerSize)),
    payload: hex(payload),
    omitted,
    missing,
    text: frame.text,
    close: frame.close,
    problems: frame.problems,
    fields: frame.fields,
  };
}

/** The compressed message that ends with a frame: `text` or `hex`, or the problem with it. */
export function inflatedJson({ message, problem }: InflatedMessage): Record<string, unknown> {
  const content = message instanceof Uint8Array ? { hex: hex(message) } : { text: message };
  return { ...content, problem };
}

/** Two digits a byte. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
}
