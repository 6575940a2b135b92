// The bounds of a connection: what may be set, and to what.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { connectionLimits, withDefaults } from "../../src/connection/limits.ts";
import type { ConnectionLimits } from "../../src/connection/limits.ts";
import { thrown } from "../support/thrown.ts";

const test = suite("connection/limits");

const DEFAULTS: ConnectionLimits = {
  messageSizeMax: 1_048_576,
  inboxSizeMax: 1_048_576,
  inboxMessagesMax: 1000,
  outboxSizeMax: 65_536,
  outboxMessagesMax: 1000,
  outboxWaitingMax: 1_048_576,
  stallTimeoutMs: 30_000,
  closeTimeoutMs: 10_000,
  messagesPerSecondMax: Infinity,
  messagesBurstMax: Infinity,
  controlFramesPerSecondMax: Infinity,
  messageTimeoutMs: Infinity,
};

/** What a limit is set with, where it means nothing by itself. */
const WITH: Partial<Record<keyof ConnectionLimits, Partial<ConnectionLimits>>> = {
  messagesBurstMax: { messagesPerSecondMax: 5 },
};

const NAMES = Object.keys(DEFAULTS) as (keyof ConnectionLimits)[];

/** What is no limit, and how the error shows it. */
const WRONG: readonly (readonly [value: unknown, found: string])[] = [
  [0, "0"],
  [-1, "-1"],
  [2.5, "2.5"],
  [2 ** 53, "9007199254740992"],
  [Number.NaN, "NaN"],
  [-Infinity, "-Infinity"],
  ["10", '"10"'],
  [null, "null"],
  [true, "true"],
  [{}, "Object"],
  [[], "Array"],
  [() => 1, "a function"],
];

test("connectionLimits() has a default for all", () => {
  assert.equal(connectionLimits(), DEFAULTS);
  assert.equal(connectionLimits({}), DEFAULTS);
});

for (const name of NAMES) {
  test(`connectionLimits() takes ${name} and leaves the rest`, () => {
    const given = { ...WITH[name], [name]: 17 };
    assert.equal(connectionLimits(given), { ...DEFAULTS, ...given });
  });

  test(`connectionLimits() takes ${name}: undefined for the default`, () => {
    assert.equal(connectionLimits({ [name]: undefined }), DEFAULTS);
  });

  for (const [value, found] of WRONG) {
    test(`connectionLimits() refuses ${found} as ${name}`, () => {
      assert.throws(
        () => connectionLimits({ [name]: value as number }),
        (error: unknown) =>
          error instanceof RangeError &&
          error.message === `Cannot set limit: ${name} is ${found}, must be an integer above 0`,
      );
    });
  }
}

for (const name of ["messageSizemax", "", "toString", "__proto__", "constructor"]) {
  test(`connectionLimits() refuses the unknown name "${name}", with those that it knows`, () => {
    const limits = Object.fromEntries([[name, 1]]);
    assert.throws(
      () => connectionLimits(limits as never),
      (error: unknown) =>
        error instanceof TypeError &&
        error.message ===
          `Cannot set limit: found "${name}", must be one of ${Object.keys(DEFAULTS).join(", ")}`,
    );
  });
}

test("connectionLimits() refuses an unknown name also when its value is undefined", () => {
  assert.throws(
    () => connectionLimits({ timeout: undefined } as never),
    (error: unknown) => error instanceof TypeError,
  );
});

test("connectionLimits() takes a message size up to the longest string", () => {
  assert.is(connectionLimits({ messageSizeMax: 536_870_888 }).messageSizeMax, 536_870_888);
  for (const size of [536_870_889, Infinity]) {
    assert.throws(
      () => connectionLimits({ messageSizeMax: size }),
      (error: unknown) =>
        error instanceof RangeError && error.message.includes("must be <= 536870888"),
    );
  }
});

test("connectionLimits() refuses a burst without a rate, which would be no limit", () => {
  assert.throws(
    () => connectionLimits({ messagesBurstMax: 17 }),
    (error: unknown) =>
      error instanceof RangeError &&
      error.message ===
        "Cannot set limit: messagesBurstMax is 17, must go with messagesPerSecondMax",
  );
});

for (const [limits, found] of [[null, "null"], [5, "5"], [true, "true"], [[], "Array"]]) {
  test(`connectionLimits() refuses ${found}, which would be no limits at all`, () => {
    const text = `TypeError: Cannot set limit: options are ${String(found)}, must be an object`;
    assert.is(String(thrown(() => connectionLimits(limits as never))), text);
  });
}

test("withDefaults() asks a getter once: what was checked is in force", () => {
  let calls = 0;
  const values = {
    get a(): number {
      return calls++ === 0 ? 1 : NaN;
    },
  };
  assert.equal(withDefaults(values, { a: 2, b: 3 }), { a: 1, b: 3 });
});

test("withDefaults() changes neither of its arguments", () => {
  const values: { readonly a: number } = Object.freeze({ a: 1 });
  const defaults: { readonly a: number; readonly b: number } = Object.freeze({ a: 2, b: 3 });
  assert.equal(withDefaults(values, defaults), { a: 1, b: 3 });
});

test.run();
