import { suite } from "uvu";
import * as assert from "uvu/assert";
import { DEFLATE_OFFER, readDeflateAnswer } from "../../src/message/deflate_answer.ts";
import { parseExtensions } from "../../src/message/extension.ts";
import type { DeflateParameters } from "../../src/message/negotiate.ts";

const test = suite("message/deflate_answer");

/** What the answer `permessage-deflate; ...` agrees on. */
function read(parameters: string, offer = DEFLATE_OFFER): DeflateParameters {
  const [extension] = parseExtensions(`permessage-deflate${parameters}`);
  return readDeflateAnswer(extension, offer);
}

const TAKEN: readonly (readonly [
  parameters: string,
  takeover: string,
  serverBits: number,
  clientBits: number,
])[] = [
  ["", "both", 15, 15],
  ["; server_no_context_takeover", "client", 15, 15],
  ["; client_no_context_takeover", "server", 15, 15],
  ["; client_no_context_takeover; server_no_context_takeover", "neither", 15, 15],
  ["; server_max_window_bits=8", "both", 8, 15],
  ["; client_max_window_bits=9; server_max_window_bits=\"10\"", "both", 10, 9],
];

for (const [parameters, takeover, server, client] of TAKEN) {
  test(`readDeflateAnswer() reads "${parameters}" (RFC 7692 §7.1)`, () => {
    const { contextTakeover, windowBits } = read(parameters);
    assert.is(contextTakeover.server, takeover === "both" || takeover === "server");
    assert.is(contextTakeover.client, takeover === "both" || takeover === "client");
    assert.equal(windowBits, { server, client });
  });
}

const REFUSED: readonly (readonly [parameters: string, why: RegExp])[] = [
  ["; server_no_context_takeover=1", /has a value, must have none \(RFC 7692 §7.1.1\)$/],
  ["; server_max_window_bits", /is without a value, must be 8 to 15 \(RFC 7692 §7.1.2\)$/],
  ["; server_max_window_bits=7", /is 7, must be 8 to 15/],
  ["; server_max_window_bits=16", /is 16/],
  ["; server_max_window_bits=08", /is 08/],
  ["; client_max_window_bits", /is without a value/],
  ["; server_no_context_takeover; server_no_context_takeover", /takeover comes twice/],
  ["; x=1", /found the parameter x, which it has not got \(RFC 7692 §7.1\)$/],
];

for (const [parameters, why] of REFUSED) {
  test(`readDeflateAnswer() refuses "${parameters}" (RFC 7692 §7.1)`, () => {
    assert.throws(() => read(parameters), (error: unknown) => {
      return error instanceof SyntaxError && why.test(error.message);
    });
  });
}

test("readDeflateAnswer() refuses a limit for a client that did not offer it", () => {
  assert.throws(
    () => read("; client_max_window_bits=10", "permessage-deflate"),
    /client_max_window_bits was not offered \(RFC 7692 §7.1.2.2\)$/,
  );
});

test.run();
