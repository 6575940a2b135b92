// The clauses of the runner and those of CLAUSES.md are the same: an id means one thing.

import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readInventory } from "../../scripts/clauses/inventory.ts";
import { CLAUSES } from "../../src/conformance/clauses.ts";

const test = suite("conformance_runner/inventory");

const INVENTORY = new URL("../../../scripts/clauses/clauses.txt", import.meta.url);
const inventory = readInventory(readFileSync(INVENTORY, "utf8")).flatMap(({ clauses }) => clauses);

for (const { id, section } of CLAUSES) {
  test(`the section of ${id} is one of those that the inventory has`, () => {
    const clause = inventory.find((one) => one.id === id);
    assert.ok(clause?.sections.includes(section), `${section}: ${clause?.sections.join(", ")}`);
  });
}

test("every clause of RFC 6455 and RFC 7692 that binds a server is in the runner, too", () => {
  const known = CLAUSES.map(({ id }) => id);
  const missing = inventory.filter(({ id }) => /^[SBD]/.test(id) && !known.includes(id));
  assert.equal(missing.map(({ id }) => id), []);
});

test.run();
