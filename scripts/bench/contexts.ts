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
export async function measureContexts(): Promise<string> {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  const used = async (): Promise<number> => {
    for (let round = 0; round < 4; round++) {
      gc();
      await new Promise((resolve) => setImmediate(resolve)); // zlib lets go of its streams later
    }
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const held = async (windowBits: number, contextTakeover: boolean): Promise<number> => {
    const before = await used();
    const pairs = Array.from({ length: CONNECTIONS }, () => pairOf(windowBits, contextTakeover));
    return ((await used()) - before) / pairs.length;
  };
  await held(15, true); // for the code and the caches
  const rows = ["What compression holds for one connection, both directions"];
  for (const [what, windowBits, contextTakeover] of SETTINGS) {
    const bytes = await held(windowBits, contextTakeover);
    rows.push(`${what.padEnd(36)} ${(bytes / 1024).toFixed(1).padStart(6)} KiB`);
  }
  return rows.join("\n");
}

/** Both directions of a connection that has had a message each way. */
function pairOf(windowBits: number, contextTakeover: boolean): readonly [Deflater, Inflater] {
  const deflater = new Deflater({ windowBits, contextTakeover, level: 1, threshold: 0 });
  const inflater = new Inflater({ windowBits, contextTakeover });
  inflater.inflate(deflater.deflate(message) as Uint8Array, MESSAGE_SIZE);
  return [deflater, inflater];
}

const message = payloadOf(MESSAGE_SIZE, true);
