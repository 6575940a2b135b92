// Limits: §10.4, and that a compressed message cannot pass them in disguise. Nobody can tell the
// limit from outside: `messageSizeMax` says it.

import { bytes, concat } from "./bytes.ts";
import type { CaseSketch } from "./case.ts";
import { frame } from "./client_frame.ts";
import { deflated } from "./compressed.ts";
import { expectEvents, expectNothingMore, isUnasked } from "./expect_events.ts";
import { expectFailure } from "./expect_failure.ts";
import { describe } from "./server_event.ts";
import { NotTestableError } from "./trial.ts";
import type { Trial } from "./trial.ts";
import { sketch } from "./script.ts";

const TOO_BIG = [1009, 1008];

/**
 * What no server can hold: one without a limit waits for it. One that answers has not read all of
 * the 64 bits, and takes the rest for an empty frame.
 */
function huge(length: string): (trial: Trial) => Promise<void> {
  return async (trial) => {
    const { client } = await trial.open();
    client.send(`82 ff ${length} 00000000`);
    for (;;) {
      const event = await client.next(trial.settings.timeoutMs);
      if (event === null)
        return trial.violation("Expected Close 1009, found that it waits for more");
      if (typeof event === "string" || event.type === "close") return;
      if (isUnasked(trial, client, event)) continue;
      return trial.report("B06", "fail", `A frame of 0x${length} bytes is answered: ${event.text}`);
    }
  };
}

/** The header is enough: the payload is never sent. */
async function announces(trial: Trial): Promise<void> {
  const { client } = await trial.open();
  client.send(header(trial.settings.messageSizeMax + 1));
  await expectFailure(trial, client, { codes: TOO_BIG });
}

async function addsUp(trial: Trial): Promise<void> {
  const { messageSizeMax } = trial.settings;
  const half = Math.ceil((messageSizeMax + 1) / 2);
  const { client } = await trial.open();
  const rest = messageSizeMax + 1 - half;
  client.send(frame("02", new Uint8Array(half)), frame("80", new Uint8Array(rest)));
  await expectFailure(trial, client, { codes: TOO_BIG });
}

async function fits(trial: Trial): Promise<void> {
  const payload = new Uint8Array(trial.settings.messageSizeMax).fill(0x2a);
  const { client } = await trial.open();
  client.send(frame("82", payload));
  const due = [describe("binary", payload)];
  if (await expectEvents(trial, client, due)) await expectNothingMore(trial, client);
}

/** Some bytes that become too many. */
async function inflates(trial: Trial): Promise<void> {
  const { messageSizeMax } = trial.settings;
  if (messageSizeMax > 256 * 1024 * 1024) {
    throw new NotTestableError("A bomb of more than 256 MiB would hurt who makes it");
  }
  const { client } = await trial.openDeflate();
  client.send(frame("c2", deflated(new Uint8Array(messageSizeMax + 1))));
  await expectFailure(trial, client, { codes: TOO_BIG });
}

function header(length: number): Uint8Array {
  const size = new DataView(new ArrayBuffer(8));
  size.setBigUint64(0, BigInt(length));
  const bits64 = new Uint8Array(size.buffer);
  if (length > 65_535) return concat(bytes("82 ff"), bits64, bytes("00000000"));
  if (length > 125) return concat(bytes("82 fe"), bits64.subarray(6), bytes("00000000"));
  return concat(Uint8Array.of(0x82, 0x80 | length), bytes("00000000"));
}

const SHOULD = { level: "SHOULD" } as const;
const KNOWN = { needs: ["messageSizeMax"] } as const;

export const LIMITS: readonly CaseSketch[] = [
  sketch("B56 a frame that announces 2^62 bytes", huge("4000000000000000"), SHOULD),
  sketch("B56 a frame that announces 2^53 bytes", huge("0020000000000000"), SHOULD),
  sketch("B56 a frame that announces one byte more than the limit", announces, KNOWN),
  sketch("B56 two fragments with one byte more than the limit", addsUp, KNOWN),
  sketch("B56 a message as large as the limit", fits, { needs: ["messageSizeMax", "echo"] }),
  sketch("D39 a message that inflates to more than the limit", inflates, {
    needs: ["messageSizeMax", "deflate"],
  }),
];
