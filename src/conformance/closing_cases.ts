// The closing handshake as the client starts it, and close codes: §5.5.1, §7.

import { bytes } from "./bytes.ts";
import type { CaseSketch } from "./case.ts";
import { closeFrame, frame } from "./client_frame.ts";
import { expectClose } from "./expect_close.ts";
import { expectTcpEnd } from "./expect_failure.ts";
import type { Trial } from "./trial.ts";
import { closed, sketch } from "./script.ts";
import type { CloseRow } from "./script.ts";
import type { Wire } from "./client_frame.ts";

const ANSWERS: readonly CloseRow[] = [
  ["B25 a Close without payload", [frame("88")], 0],
  ["B25 a Close with 1000", [closeFrame(1000)], 1000],
  ["B25 a Close with a reason", [closeFrame(1000, "x")], 1000],
  ["B25 a Close with a masked reason", ["88 84 37fa213d 34124954"], 1000],
  ["B25 a reason of 123 bytes", [closeFrame(1000, "r".repeat(123))], 1000],
  ["B25 a reason in Greek", [closeFrame(1000, "κόσμε")], 1000],
  ["B25 a Close behind a message", [frame("81", "bye"), closeFrame(1000)], 1000, ["text bye"]],
  ["B51 a Close without a code", [frame("88")], 0],
];

const FOLLOWED: readonly CloseRow[] = [
  ["B30 a ping behind the Close", [closeFrame(1000), frame("89", "x")], 1000],
  ["B30 a text behind the Close", [closeFrame(1000), frame("81", "x")], 1000],
  ["B30 a second Close", [closeFrame(1000), closeFrame(1001)], 1000],
  ["B30 a violation behind the Close", [closeFrame(1000), frame("83"), "ff"], 1000],
];

const REST: readonly CloseRow[] = [
  [
    "B30 the rest of a message behind the Close",
    [frame("01", "Hel"), closeFrame(1000), frame("80", "lo")],
    1000,
  ],
];

/** §7.4.1, and what a client may send of it. */
const VALID = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
/** Registered with IANA since. */
const REGISTERED = [1012, 1013, 1014];

const codeRows = (codes: readonly number[]): CloseRow[] =>
  codes.map((code) => [`B53 close code ${code}`, [closeFrame(code)], code]);

/** A Close that is at fault. The connection ends in any case: the code tells how it was taken. */
function refused(what: string, send: readonly Wire[], codes: readonly number[]): CaseSketch {
  return sketch(what, async (trial) => {
    const { client } = await trial.open();
    client.send(...send);
    for (;;) {
      const event = await client.next(trial.settings.timeoutMs);
      if (event === null) return trial.violation("Expected the connection to end, found it open");
      if (typeof event === "string") {
        const how = `A faulty Close is answered with ${event}, without a Close frame`;
        return trial.report("B49", "warning", how);
      }
      if (event.type !== "close") continue;
      if (codes.includes(event.code)) return;
      const found = event.code === 0 ? "a Close without a code" : `Close ${event.code}`;
      return trial.warn(`Expected Close ${codes.join(" or ")}, found ${found}: it was accepted`);
    }
  });
}

const UNUSED = [0, 1, 999, 1004, 1005, 1006, 1015];
const UNDEFINED = [1016, 1100, 2000, 2999];
const BEYOND = [5000, 65535];

const REFUSED: readonly CaseSketch[] = [
  refused("B22 a Close of 1 byte", [frame("88", bytes("03"))], [1002]),
  refused(
    "B23 a reason that is cut in a character",
    [frame("88", bytes("03e8 ceba e1bd"))],
    [1007, 1002],
  ),
  refused("B23 a reason with a surrogate", [frame("88", bytes("03e8 eda080"))], [1007, 1002]),
  refused("B23 a reason of ff", [frame("88", bytes("03e8 ff"))], [1007, 1002]),
  ...UNUSED.map((code) => refused(`B52 close code ${code}`, [closeFrame(code)], [1002])),
  ...UNDEFINED.map((code) => refused(`B52 close code ${code}`, [closeFrame(code)], [1002])),
  ...BEYOND.map((code) => refused(`B54 close code ${code}`, [closeFrame(code)], [1002])),
];

/** TCP ends behind both Close frames, and it is the server that ends it: the client stays. */
function ends(send: readonly Wire[], code: number): (trial: Trial) => Promise<void> {
  return async (trial) => {
    const { client } = await trial.open();
    client.send(...send);
    if (await expectClose(trial, client, { code })) await expectTcpEnd(trial, client);
  };
}

/** A Close with much behind it is answered, and no reset makes the answer get lost. */
async function endsCleanly(trial: Trial): Promise<void> {
  const { client } = await trial.open();
  client.send(closeFrame(1000), new Uint8Array(100_000));
  for (;;) {
    const event = await client.next(trial.facts.quietMs * 4);
    if (event === null || event === "FIN") return;
    if (event === "RST") return trial.violation("The connection ends with RST, not with FIN");
  }
}

export const CLOSING: readonly CaseSketch[] = [
  ...closed(ANSWERS),
  ...closed(FOLLOWED, { forbidden: ["pong 78", "text x"] }),
  ...closed(REST, { level: "SHOULD", forbidden: ["text Hello"] }),
  ...closed(codeRows(VALID)),
  ...closed(codeRows(REGISTERED), { level: "SHOULD" }),
  ...REFUSED,
  sketch("B28 FIN behind the answer to a Close", ends([closeFrame(1000)], 1000)),
  sketch("B28 FIN behind the answer to an empty Close", ends([frame("88")], 0)),
  sketch(
    "B46 FIN though the client keeps its direction open",
    ends([closeFrame(1000, "bye")], 1000),
  ),
  sketch("B45 100 kB behind the Close: FIN all the same", endsCleanly),
];
