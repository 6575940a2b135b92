// The vectors of inflate.json: the payloads of one direction, one behind the other.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Inflater } from "../../src/message/inflate.ts";
import type { InflaterOptions } from "../../src/message/inflate.ts";
import { bytes, hex } from "../support/bytes.ts";
import { failureOf } from "./failure.ts";
import { load } from "./load.ts";
import type { Vector } from "./load.ts";

const test = suite("vectors/inflate");

interface InflateVector extends Vector, InflaterOptions {
  readonly messageSizeMax: number;
  readonly payloads: readonly string[];
}

function read(vector: InflateVector): object {
  const inflater = new Inflater(vector);
  const messages: string[] = [];
  try {
    for (const payload of vector.payloads) {
      messages.push(hex(inflater.inflate(bytes(payload), vector.messageSizeMax)));
    }
  } catch (error) {
    return { messages, ...failureOf(error) };
  }
  return { messages };
}

for (const vector of load<InflateVector>("inflate")) {
  test(`${vector.id} ${vector.what}`, () => {
    const found = read(vector);
    // Without the difference, which would be a megabyte of it.
    assert.is(JSON.stringify(sorted(found)), JSON.stringify(sorted(vector.expect)));
  });
}

function sorted(value: object): object {
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}

test.run();
