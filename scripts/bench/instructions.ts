// Instructions of the processor for each message that is echoed, as valgrind counts them: no busy
// machine can change them, and two runs differ by a thousandth. A process that echoes many messages
// is counted, then one that echoes more; what the start takes, and the compiler, drops out.
//
// On one thread, and with `--predictable`, V8 compiles and collects at the same places each time.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { echoes } from "../../test/connection/echoes.ts";
import { sinkEcho } from "../../test/connection/sink_echo.ts";

const MESSAGES_A_READ = 16;
const READS = [4_000, 12_000] as const;
/** A stretch of 256 messages ends with a turn of the event loop. */
const READS_A_TURN = 8;

/** What a message may take on Node 20: a tenth more than it does. */
const MAX = 3_200;

/** What a message takes; throws where that is more than it may. */
export function measureInstructions(): string {
  const [few, many] = READS.map(instructionsOf);
  const found = Math.round((many - few) / ((READS[1] - READS[0]) * MESSAGES_A_READ));
  const text = `${found} instructions to echo a text of 32 B, 16 in a read; may be ${MAX}`;
  if (found > MAX) throw new Error(`Too many: ${text}`);
  return text;
}

/** All instructions of a process that echoes so many reads. */
function instructionsOf(reads: number): number {
  const file = fileURLToPath(import.meta.url);
  const valgrind = ["--tool=callgrind", "--callgrind-out-file=/dev/null"];
  const smc = "--smc-check=all-non-file"; // V8 writes the code that it runs
  const node = [process.execPath, "--single-threaded", "--predictable", file, String(reads)];
  const command = [...valgrind, smc, ...node];
  const { error, stderr } = spawnSync("valgrind", command, { encoding: "utf8" });
  if (error !== undefined) throw new Error(`Cannot count instructions: ${error.message}`);
  const counted = /Collected : (\d+)/.exec(stderr)?.[1];
  if (counted === undefined) throw new Error(`Cannot count instructions: ${stderr}`);
  return Number(counted);
}

async function echoReads(reads: number): Promise<void> {
  const receive = sinkEcho(echoes.forEach, MESSAGES_A_READ);
  for (let read = 1; read <= reads; read++) {
    receive();
    if (read % READS_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await echoReads(Number(process.argv[2]));
}
