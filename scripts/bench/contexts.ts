// What compression holds for a connection between two messages: `npm run bench -- contexts`. Heap
// and buffers of many compressors and decompressors that have each seen a message larger than any
// window, divided by their number.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Deflater } from "../../src/message/deflate.ts";
import { Inflater } from "../../src/message/inflate.ts";
import { payloadOf } from "./payload.ts";

const CONNECTIONS = 1000;
const MESSAGE_SIZE = 64 * 1024;

const SETTINGS: readonly (readonly [what: string, windowBits: number, contextTakeover: boolean])[] =
  [
    ["no context takeover (default)", 13, false],
    ["context takeover, 9 bits", 9, true],
    ["context takeover, 12 bits (default)", 12, true],
    ["context takeover, 15 bits", 15, true],
  ];

/** The table. */
export function measureContexts(): string {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  const used = (): number => {
    gc();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const message = payloadOf(MESSAGE_SIZE, true);
  const rows = SETTINGS.map(([what, windowBits, contextTakeover]) => {
    const before = used();
    const pairs = Array.from({ length: CONNECTIONS }, () => {
      const deflater = new Deflater({ windowBits, contextTakeover, level: 1, threshold: 0 });
      const inflater = new Inflater({ windowBits, contextTakeover });
      const compressed = deflater.deflate(message) as Uint8Array;
      inflater.inflate(compressed, MESSAGE_SIZE);
      return [deflater, inflater];
    });
    const bytes = (used() - before) / pairs.length;
    return `${what.padEnd(36)} ${(bytes / 1024).toFixed(1).padStart(6)} KiB`;
  });
  return ["What compression holds for one connection, both directions", ...rows].join("\n");
}
