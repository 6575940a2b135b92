// Looks at what was thrown, whatever it is.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConnectionClosedError } from "../../src/connection/error.ts";
import { isA, print } from "../../src/connection/thrown.ts";
import { HOSTILE } from "../support/hostile.ts";
import { printed } from "../support/printed.ts";

const test = suite("connection/thrown");

test("isA() is instanceof", () => {
  assert.is(isA(new TypeError("no"), Error), true);
  assert.is(isA(new TypeError("no"), RangeError), false);
  for (const value of [undefined, null, "no", Object.create(null)]) {
    assert.is(isA(value, Error), false);
  }
});

test("print() prints what it is given, once", async () => {
  const error = new Error("no");
  const lines = await printed(async () => print(error));
  assert.is(lines.length, 1);
  assert.is(lines[0], error);
});

for (const [what, value] of HOSTILE) {
  test(`isA() and print() take ${what}`, () => {
    assert.is(isA(value, ConnectionClosedError), false);
    const original = console.error;
    const lines: unknown[] = [];
    console.error = (line: unknown) => {
      if (line === value) throw new Error("It cannot be shown");
      lines.push(line);
    };
    print(value);
    console.error = () => {
      throw new Error("There is no stderr");
    };
    print(value);
    console.error = original;
    assert.equal(lines, ["Something was thrown that throws when it is shown"]);
  });
}

test.run();
