// Faults at every byte of every session: here a part of them, which takes turns so that each byte
// of each session is among them; `npm run simulate -- --faults` plays all. And the teeth: what is
// broken on purpose must be found.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { allCases, casesOf, caseOf, tryCase } from "./fault_matrix.ts";
import { Play } from "./play.ts";
import { SABOTAGES } from "./sabotage.ts";
import { SESSIONS } from "./sessions.ts";

const test = suite("simulation/faults");

/** Prime to the number of faults at each byte, 7 and 3, so that they take turns. */
const PART = 13;

test(`RST, FIN, stalls, short writes, throws: at any byte one of ${PART}`, async () => {
  let count = 0;
  let played = 0;
  for await (const each of allCases()) {
    if (each.fault.kind !== "none" && count++ % PART !== 0) continue;
    await tryCase(each);
    played++;
  }
  assert.ok(SESSIONS.length >= 40, `${SESSIONS.length} sessions`);
  assert.ok(played > 6000, `${played} played`);
});

test("A case is found again by its name", async () => {
  for await (const each of casesOf(SESSIONS[0])) {
    const { session, role, isChopped, fault } = each;
    const cut = isChopped ? "chopped" : "whole";
    const found = caseOf(`${session.name}/${role}/${cut}/${fault.kind}/${fault.at}`);
    assert.equal(found, each);
  }
});

/** Sessions short enough to be played whole, which a sabotage has to show in. */
const WITNESSES = ["fragments", "ten, inbox of one", "a burst", "we close first"];

for (const [what, sabotage] of SABOTAGES) {
  test(`The faults show that ${what}`, async () => {
    for (const session of SESSIONS.filter(({ name }) => WITNESSES.includes(name))) {
      for await (const each of casesOf(session)) {
        try {
          await new Play(each, sabotage()).run();
        } catch {
          return;
        }
      }
    }
    assert.unreachable("no case fails");
  });
}

test.run();
