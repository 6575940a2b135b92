// The codec and the channel by themselves, without a socket: nanoseconds and allocated bytes for
// each message. Bytes are the growth of the heap and of the memory of binary messages while nothing
// is collected, which takes a young generation larger than all that is allocated: so a process of
// its own counts, with flags.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What one operation costs. */
export interface Cost {
  readonly name: string;
  readonly nanoseconds: number;
  readonly bytes: number;
}

const FLAGS = ["--expose-gc", "--min-semi-space-size=64", "--max-semi-space-size=64"];

/** The table of costs. */
export async function measureCodec(): Promise<string> {
  const file = fileURLToPath(new URL("./operations.js", import.meta.url));
  const output = execFileSync(process.execPath, [...FLAGS, file], { encoding: "utf8" });
  const costs = JSON.parse(output) as readonly Cost[];
  const width = Math.max(...costs.map(({ name }) => name.length));
  const lines = costs.map(({ name, nanoseconds, bytes }) =>
    [name.padEnd(width), cell(nanoseconds), cell(bytes)].join(" "),
  );
  return [`${"".padEnd(width)}       ns    bytes`, ...lines].join("\n");
}

function cell(value: number): string {
  return value.toFixed(0).padStart(8);
}
