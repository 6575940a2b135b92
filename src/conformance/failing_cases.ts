// How a connection fails: §7.1.7. TCP ends, and nothing that comes behind the violation counts.

import type { CaseSketch } from "./case.ts";
import { bytes } from "./bytes.ts";
import { closeFrame, frame } from "./client_frame.ts";
import type { Wire } from "./client_frame.ts";
import { isUnasked } from "./expect_events.ts";
import { expectTcpEnd } from "./expect_failure.ts";
import type { Trial } from "./trial.ts";
import { AFTERMATH, sketch } from "./script.ts";

type Violation = readonly [what: string, wire: Wire];

/** One of each kind. */
const VIOLATIONS: readonly Violation[] = [
  ["an unmasked frame", "81 03 626164"],
  ["a reserved bit", frame("c1", "bad")],
  ["a reserved opcode", frame("83", "bad")],
  ["a ping with FIN 0", frame("09")],
  ["a continuation of nothing", frame("80", "bad")],
  ["text that is not UTF-8", frame("81", bytes("ff"))],
];

const AFTER = ["text after", `pong ${Buffer.from("after").toString("hex")}`];

/**
 * A text, a ping and a Close come in the same segment as the violation. Who takes the violation for
 * good answers them too, and ends with Close 1000: that is for the clause of the violation.
 */
function ignores(wire: Wire): (trial: Trial) => Promise<void> {
  return async (trial) => {
    const { client } = await trial.open();
    client.send(wire, ...AFTERMATH);
    const processed: string[] = [];
    for (;;) {
      const event = await client.next(trial.settings.timeoutMs);
      if (event === null) return;
      if (typeof event === "string" || event.type === "close") {
        const hasFailed = typeof event === "string" || (event.code !== 1000 && event.code !== 0);
        if (!hasFailed || processed.length === 0) return;
        const found = processed.join(" and ");
        return trial.violation(`Expected nothing behind the violation, found ${found}`);
      }
      if (AFTER.includes(event.text)) processed.push(event.text);
    }
  };
}

/** What comes once the server has said that it has failed the connection. */
function ignoresLater(wire: Wire): (trial: Trial) => Promise<void> {
  return async (trial) => {
    const { client } = await trial.open();
    client.send(wire);
    for (;;) {
      const event = await client.next(trial.facts.quietMs * 2);
      if (event === null || typeof event === "string") return;
      if (event.type === "close") break;
    }
    client.send(...AFTERMATH);
    for (;;) {
      const event = await client.next(trial.facts.quietMs * 2);
      if (event === null || typeof event === "string") return;
      if (isUnasked(trial, client, event)) continue;
      trial.violation(`Expected nothing behind its Close, found ${event.text}`);
    }
  };
}

/** The server need not be asked twice. Whether it fails the connection at all is seen elsewhere. */
function closesTcp(wire: Wire): (trial: Trial) => Promise<void> {
  return async (trial) => {
    const { client } = await trial.open();
    client.send(wire);
    for (;;) {
      const event = await client.next(trial.facts.quietMs * 4);
      if (event === null || typeof event === "string") return;
      if (event.type === "close") break;
      if (!isUnasked(trial, client, event)) return;
    }
    await expectTcpEnd(trial, client);
  };
}

/** A Close frame that is not lost to a reset, though the client had sent more. */
async function failsCleanly(trial: Trial): Promise<void> {
  const { client } = await trial.open();
  client.send(frame("83", "bad"), ...Array.from({ length: 8 }, () => new Uint8Array(16_384)));
  const event = await client.next(trial.settings.timeoutMs);
  if (event === "RST") trial.warn("The connection ends with RST before a Close frame has come");
}

export const FAILING: readonly CaseSketch[] = [
  ...VIOLATIONS.map(([what, wire]) => sketch(`B50 behind ${what}, in one segment`, ignores(wire))),
  sketch("B50 behind the Close of a failure", ignoresLater(frame("83", "bad"))),
  ...VIOLATIONS.map(([what, wire]) => sketch(`B49 TCP ends behind ${what}`, closesTcp(wire))),
  sketch("B45 a violation with 128 KiB behind it", failsCleanly),
  sketch("B29 a Close that answers the Close of a failure", async (trial) => {
    const { client } = await trial.open();
    client.send(frame("83", "bad"));
    for (;;) {
      const event = await client.next(trial.facts.quietMs * 2);
      if (event === null || typeof event === "string") return;
      if (event.type === "close") break;
    }
    client.send(closeFrame(1002));
    await client.next(trial.facts.quietMs); // the reader sees a second Close
  }),
];
