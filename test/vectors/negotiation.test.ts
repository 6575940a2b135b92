// The vectors of extensions.json and negotiation.json.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseExtensions } from "../../src/message/extension.ts";
import { negotiate } from "../../src/message/negotiate.ts";
import type { DeflateParameters } from "../../src/message/negotiate.ts";
import { load } from "./load.ts";
import type { Vector } from "./load.ts";

const test = suite("vectors/negotiation");

interface ExtensionsVector extends Vector {
  readonly header: string;
}

function parsed(header: string): object {
  try {
    return { extensions: parseExtensions(header) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const offset = Number(/ at index (\d+) \(§9\.1\)$/.exec(error.message)?.[1]);
    return { error: "EXTENSIONS_INVALID", offset };
  }
}

for (const { id, what, header, expect } of load<ExtensionsVector>("extensions")) {
  test(`${id} ${what}`, () => {
    assert.equal(parsed(header), expect);
  });
}

interface NegotiationVector extends Vector {
  readonly server: DeflateParameters;
  readonly header: string;
}

function answer({ header, server }: NegotiationVector): object {
  const settings = { ...server, level: 7, threshold: 0 };
  const offers = parseExtensions(header);
  const negotiated = negotiate(offers, settings);
  if (negotiated === null) return { accepted: false };
  const { header: response, parameters } = negotiated;
  const isTaken = (_: unknown, index: number): boolean => {
    return negotiate(offers.slice(0, index + 1), settings) !== null;
  };
  return { accepted: true, offer: offers.findIndex(isTaken), response, parameters };
}

for (const vector of load<NegotiationVector>("negotiation")) {
  test(`${vector.id} ${vector.what}`, () => {
    assert.equal(answer(vector), vector.expect);
  });
}

test.run();
