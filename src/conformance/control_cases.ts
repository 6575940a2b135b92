// Ping and pong: §5.5.

import { hex } from "./bytes.ts";
import type { CaseSketch } from "./case.ts";
import { frame } from "./client_frame.ts";
import { expectEvents, expectNothingMore } from "./expect_events.ts";
import type { Trial } from "./trial.ts";
import { echoed, failed, sketch } from "./script.ts";
import type { EchoRow, FailureRow } from "./script.ts";

/** Bytes that are no UTF-8, to be sure that nobody reads them as text. */
const OPAQUE_125 = Uint8Array.from({ length: 125 }, (_, index) => 255 - index);

const PINGS: readonly EchoRow[] = [
  ["B31 a ping with payload", [frame("89", "Hello")], ["pong 48656c6c6f"]],
  ["B31 a ping without payload", [frame("89")], ["pong "]],
  ["B31 a ping with a key", ["89 85 37fa213d 7f9f4d5158"], ["pong 48656c6c6f"]],
  ["B33 a ping of 1 byte", [frame("89", Uint8Array.of(0xff))], ["pong ff"]],
  ["B33 a ping of 125 bytes", [frame("89", OPAQUE_125, 0x0badcafe)], [`pong ${hex(OPAQUE_125)}`]],
];

const PONGS: readonly EchoRow[] = [
  ["B35 a pong that nobody asked for", [frame("8a", "x")], []],
  ["B35 a pong without payload", [frame("8a")], []],
  ["B35 a pong of 125 bytes", [frame("8a", OPAQUE_125)], []],
];

const TOO_LONG: readonly FailureRow[] = [
  ["B21 a ping of 126 bytes", [frame("89", new Uint8Array(126))]],
  ["B21 a pong of 126 bytes", [frame("8a", new Uint8Array(126))]],
  ["B21 a Close of 126 bytes", [frame("88", `\x03\xe8${"r".repeat(124)}`)]],
  ["B21 a ping of 65536 bytes", [frame("89", new Uint8Array(65_536))]],
  ["B21 a long ping behind a good one", [frame("89"), frame("89", new Uint8Array(126))], ["pong "]],
];

const COUNT = 10;

/** All have an answer, or the last one has: both are legal. */
async function manyPings(trial: Trial): Promise<void> {
  const payloads = Array.from({ length: COUNT }, (_, index) => Buffer.from(`ping ${index}`));
  const { client } = await trial.open();
  client.send(...payloads.map((payload) => frame("89", payload)));
  const due = payloads.map((payload) => `pong ${hex(payload)}`);
  if (!(await expectEvents(trial, client, due))) return;
  await expectNothingMore(trial, client);
}

export const CONTROL: readonly CaseSketch[] = [
  ...echoed(PINGS),
  ...echoed(PONGS),
  ...failed([1002], TOO_LONG),
  sketch(`B34 ${COUNT} pings: every pong, or only the last`, manyPings, { level: "MUST" }),
];
