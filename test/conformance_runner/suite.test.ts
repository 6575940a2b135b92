// The suite as a whole: every clause is tested, watched, or says why nobody can.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { CLAUSES } from "../../src/conformance/clauses.ts";
import { watchedResult } from "../../src/conformance/watched.ts";
import { selectCases, SUITE } from "../../src/conformance/suite.ts";

const test = suite("conformance_runner/suite");

test("CLAUSES are S01 to S38, B01 to B60 and D01 to D40, in their order", () => {
  const due = [
    ["S", 38],
    ["B", 60],
    ["D", 40],
  ].flatMap(([letter, count]) =>
    Array.from(
      { length: Number(count) },
      (_, index) => letter + String(index + 1).padStart(2, "0"),
    ),
  );
  assert.equal(
    CLAUSES.map(({ id }) => id),
    due,
  );
});

test("each clause has cases, is watched, or says why it cannot be seen: one of them", () => {
  for (const { id, watched, hidden } of CLAUSES) {
    const isTested = SUITE.some(({ clause }) => clause === id) || watched !== "";
    assert.is(isTested, hidden === "", id);
  }
});

test("each clause names its section, and no two say the same", () => {
  for (const { id, section } of CLAUSES) assert.match(section, /^(?:RFC 7692 )?§\d[\d.]*$/, id);
  assert.is(new Set(CLAUSES.map(({ text }) => text)).size, CLAUSES.length);
});

test("D: what is watched of compression is not testable where there is none", () => {
  const watched = CLAUSES.filter(({ id, watched }) => id.startsWith("D") && watched !== "");
  assert.ok(watched.length > 0);
  const facts = { echo: true, isTalkative: false, deflate: null, software: "", quietMs: 0 };
  for (const clause of watched) {
    const result = watchedResult(clause, [], facts, true);
    assert.equal([result?.id, result?.verdict], [`${clause.id}.*`, "not testable"]);
    assert.equal(result?.messages, ["The server does not accept permessage-deflate"]);
    assert.is(watchedResult(clause, [], { ...facts, deflate: "" }, true)?.verdict, "pass");
    assert.is(watchedResult(clause, [], facts, false), null);
  }
});

test("no two cases have the same id, or the same title within a clause", () => {
  assert.is(new Set(SUITE.map(({ id }) => id)).size, SUITE.length);
  for (const each of SUITE) {
    const same = SUITE.filter(
      ({ clause, title }) => clause === each.clause && title === each.title,
    );
    assert.is(same.length, 1, `${each.id} ${each.title}`);
  }
});

/** A pattern, and the clauses or cases that it means. */
const PATTERNS: readonly (readonly [pattern: string, holds: (id: string) => boolean])[] = [
  ["", () => true],
  ["S", (id) => id.startsWith("S")],
  ["B04", (id) => id.startsWith("B04.")],
  ["B3", (id) => id.startsWith("B3")],
  ["B04.7", (id) => id === "B04.7"],
  ["S01, D36", (id) => id.startsWith("S01.") || id.startsWith("D36.")],
];

for (const [pattern, holds] of PATTERNS) {
  test(`selectCases() with "${pattern}"`, () => {
    const due = SUITE.filter(({ id }) => holds(id));
    assert.ok(due.length > 0);
    assert.equal(selectCases(pattern), due);
  });
}

test("selectCases() knows sections and words of titles, in any case", () => {
  const sections = new Set(selectCases("§5.5").map(({ clause }) => clause));
  assert.equal([...sections].slice(0, 3), ["B14", "B21", "B22"]);
  assert.ok(selectCases("byte order MARK".split(" ")[1]).some(({ clause }) => clause === "B39"));
  assert.equal(selectCases("nothing-is-called-so"), []);
});

test.run();
