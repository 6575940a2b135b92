import { suite } from "uvu";
import * as assert from "uvu/assert";
import { UsageError } from "../../src/command/command.ts";
import { readHeader, readPort, readSeconds } from "../../src/command/options.ts";

const test = suite("command/options");

test("readPort(), readSeconds() and readHeader() read what people write", () => {
  assert.equal(["0", "80", "65535"].map(readPort), [0, 80, 65535]);
  const seconds = ["0", "10", "0.5", "1.234"].map((text) => readSeconds("wait", text));
  assert.equal(seconds, [0, 10_000, 500, 1234]);
  assert.equal(readHeader("A:b: c "), ["A", "b: c"]);
});

const WRONG: readonly (readonly [read: () => unknown, due: string])[] = [
  [() => readPort("65536"), 'Port is "65536", must be a number from 0 to 65535'],
  [() => readPort("-1"), 'Port is "-1", must be a number from 0 to 65535'],
  [() => readSeconds("wait", "1s"), '--wait is "1s", must be a number of seconds'],
  [() => readSeconds("wait", ""), '--wait is "", must be a number of seconds'],
  [() => readHeader(": b"), 'Header is ": b", must be "Name: value"'],
];

for (const [read, due] of WRONG) {
  test(`it is refused with: ${due}`, () => {
    assert.throws(read, (error: unknown) => {
      return error instanceof UsageError && error.message === due;
    });
  });
}

test.run();
