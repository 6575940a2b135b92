// Replays of vulnerabilities that others had, one test each, with its id in the name: the bytes of
// then against our server. `npm run guards` shows that each of them fails without its guard.

import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { testAttacks } from "./attack.ts";
import { GUARDS } from "./guards.ts";
import { NOT_REPLAYED, REPLAYS } from "./registry.ts";
import { REPLAYED } from "./replay.ts";

const test = suite("attacks/registry");

/** All ids of the registry: memory and processor, parsers and crashes, confusion and disclosure. */
const KNOWN: readonly string[] = `
  CVE-2014-0193, CVE-2016-10542, CVE-2016-10544, CVE-2018-1000518, CVE-2018-12541, CVE-2018-21035,
  CVE-2021-3690, CVE-2022-35922, CVE-2023-43669, CVE-2025-32049, CVE-2026-0716, CVE-2026-15709,
  CVE-2026-15711, CVE-2026-1526, CVE-2026-9675, CVE-2026-12151, CVE-2026-109932, CVE-2026-48779,
  CVE-2026-62389, ws 8.23.0, CVE-2026-11586, CVE-2026-39804, CVE-2026-42786, CVE-2026-65623,
  CVE-2026-54274, CVE-2026-123817, PYSEC-2026-4395, CVE-2026-54463, CVE-2026-54464, CVE-2026-54465,
  CVE-2026-19204, CVE-2026-47073, CVE-2026-63495, CVE-2026-69209, CVE-2026-107227, CVE-2026-33151,
  CVE-2026-73565, GHSA-xj8g-532w-jv94, CVE-2026-56846, CVE-2026-21714, CVE-2026-48619,
  CVE-2020-36048,

  CVE-2017-2670, CVE-2020-13935, CVE-2020-27813, CVE-2020-7662, CVE-2021-32640, ws 3.3.1,
  CVE-2023-26103, CVE-2024-37890, CVE-2026-58044, CVE-2022-39386, CVE-2022-21676, CVE-2022-41940,
  GHSA-q9mw-68c2-j6m5, CVE-2024-38355, CVE-2025-59465, CVE-2026-21637, CVE-2026-1528,
  CVE-2026-2229, CVE-2026-85024, CVE-2026-55517, CVE-2026-54466, CVE-2026-126343, Bandit #651,
  CVE-2026-123864, CVE-2026-126051, CVE-2026-56848, mesop (2026),

  CVE-2026-59898, CVE-2026-2833, CVE-2026-43974, WebSocket smuggling, h2c smuggling,
  GHSA-rhh8-5xw9-c3gm, GHSA-mq44-7p77-q5h7, CVE-2026-126344, CVE-2018-14732, CVE-2025-24010,
  CVE-2026-27148, CVE-2026-44211, GHSA-p773-8mf4-rjm5, GHSA-frjg-g767-7363, CVE-2026-114126,
  CVE-2026-31903, CVE-2026-31904, CVE-2026-1527, GHSA-x3gh-xhj4-3vq8, CVE-2026-45736, ws 1.0.1,
  CVE-2021-33880, CVE-2025-10148, GO-2026-6278, CVE-2020-11050, CVE-2020-15133, CVE-2018-8034,
  CVE-2023-44487, CVE-2025-8671, CVE-2025-55163, CVE-2024-27983,
  draft-srivastava-websocket-pmce-state-reset`
  .split(/,|\n\n/)
  .map((id) => id.trim())
  .filter((id) => id !== "");

testAttacks(
  test,
  REPLAYS.map(({ id, project, what, act }) => [`${id} ${project}: ${what}`, act] as const),
  REPLAYED,
);

test("every known vulnerability is replayed, or there is a reason why not", () => {
  const listed = [...REPLAYS.map(({ id }) => id), ...NOT_REPLAYED.map(([id]) => id)];
  assert.equal(listed.sort(), [...KNOWN].sort());
});

test("every replay has a guard", () => {
  assert.equal(REPLAYS.filter(({ guard }) => GUARDS[guard] === undefined), []);
});

for (const [name, edits] of Object.entries(GUARDS)) {
  test(`the guard ${name} is in the source, once, and something is replayed against it`, () => {
    for (const { file, text } of edits) {
      const source = readFileSync(new URL(`../../../${file}`, import.meta.url), "utf8");
      assert.is(source.split(text).length - 1, 1, `${file} has "${text}"`);
    }
    assert.ok(REPLAYS.some(({ guard }) => guard === name));
  });
}

test.run();
