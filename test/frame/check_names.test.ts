// The first look at an object of options.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { checkNames } from "../../src/frame/check_names.ts";
import { thrown } from "../support/thrown.ts";

const test = suite("frame/check_names");

test("checkNames() takes known names, and an object without any", () => {
  for (const options of [{}, { a: 1 }, { b: undefined, a: null }, Object.create(null)]) {
    checkNames("act", options, ["a", "b"]);
  }
});

/** What is no object of options, and how it is shown. */
const OTHERS: readonly (readonly [options: unknown, found: string])[] = [
  [null, "null"],
  [undefined, "undefined"],
  [5, "5"],
  [[], "Array"],
];

for (const [options, found] of OTHERS) {
  test(`checkNames() refuses ${found}`, () => {
    const text = `TypeError: Cannot act: options are ${found}, must be an object`;
    assert.is(String(thrown(() => checkNames("act", options, ["a"]))), text);
  });
}

test("checkNames() refuses an unknown name, and says which it knows", () => {
  for (const name of ["c", "", "toString", "__proto__"]) {
    const options = Object.fromEntries([[name, undefined]]);
    const text = `TypeError: Cannot act: found "${name}", must be one of a, b`;
    assert.is(String(thrown(() => checkNames("act", options, ["a", "b"]))), text);
  }
});

test.run();
