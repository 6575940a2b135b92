// What the inventory of clauses may look like, and what is said when it does not.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readInventory } from "../../../scripts/clauses/inventory.ts";

const test = suite("scripts/clauses/inventory");

test("readInventory() reads groups, heads and sentences, and nothing before them", () => {
  const text = `X01 MUST §1 is only an example.

== RFC 6455: One (§1)

X01 MUST §1
    A sentence.
X02 SHOULD NOT Client §1.2, RFC 7692 §7.1.2, RFC 9931
    A sentence
    on two lines.

== Two
`;
  const [one, two] = readInventory(text);
  assert.equal(one, {
    title: "RFC 6455: One (§1)",
    clauses: [
      { id: "X01", level: "MUST", isClients: false, sections: ["§1"], sentence: "A sentence." },
      {
        id: "X02",
        level: "SHOULD NOT",
        isClients: true,
        sections: ["§1.2", "RFC 7692 §7.1.2", "RFC 9931"],
        sentence: "A sentence on two lines.",
      },
    ],
  });
  assert.equal(two, { title: "Two", clauses: [] });
});

const ORDERS: readonly (readonly [first: string, second: string, isOrder: boolean])[] = [
  ["§5.2", "§5.2", true],
  ["§5.2", "§5.10", true],
  ["§5", "§5.1", true],
  ["§7.1.7", "§7.2", true],
  ["§11", "RFC 7692 §5", true],
  ["RFC 9110 §15", "RFC 9112 §2", true],
  ["§5.10", "§5.2", false],
  ["§5.1", "§5", false],
  ["RFC 7692 §5", "§11", false],
];

for (const [first, second, isOrder] of ORDERS) {
  test(`readInventory() ${isOrder ? "takes" : "refuses"} ${second} behind ${first}`, () => {
    const act = () => readInventory(`== A\nX01 MAY ${first}\n    a\nX02 MAY ${second}\n    b\n`);
    if (isOrder) assert.is(act()[0].clauses.length, 2);
    else assert.throws(act, /^4: X02 of .* stands behind X01 of /);
  });
}

const BAD: readonly (readonly [what: string, text: string, message: RegExp])[] = [
  ["an id twice", "== A\nX01 MAY §1\n    a\nX01 MAY §1\n    b", /^4: X01 is there already$/],
  ["a section without its mark", "== A\nX01 MAY 5.2\n    a", /^2: "5.2" is no section, must be/],
  ["a sentence of nothing", "== A\n    a", /^2: found " {4}a", must be a head/],
  ["a level that RFC 2119 does not know", "== A\nX01 WILL §1\n    a", /^2: found "X01 WILL §1"/],
];

for (const [what, text, message] of BAD) {
  test(`readInventory() refuses ${what}`, () => assert.throws(() => readInventory(text), message));
}

test.run();
