// What may be tested: a URL, and what every handshake says of it. And bytes as tables write them.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { bytes, quote } from "../../src/conformance/bytes.ts";
import { readTarget } from "../../src/conformance/target.ts";

const test = suite("conformance_runner/target");

const TARGETS: readonly (readonly [url: string, host: string, port: number, resource: string])[] = [
  ["ws://h", "h", 80, "/"],
  ["wss://h/a?b", "h", 443, "/a?b"],
  ["ws://[::1]:8080/", "::1", 8080, "/"],
];

for (const [url, hostname, port, resource] of TARGETS) {
  test(`readTarget() reads ${url}`, () => {
    const target = readTarget(url);
    const found = [target.hostname, target.port, target.resource, target.secure];
    assert.equal(found, [hostname, port, resource, url.startsWith("wss")]);
  });
}

const NO_TARGETS: readonly (readonly [url: string, why: RegExp])[] = [
  ["what", /"what" is no URL/],
  ["http://h/", /scheme is "http:", must be ws: or wss:/],
  ["ws://h/#a", /the URL has a fragment/],
];

for (const [url, why] of NO_TARGETS) {
  test(`readTarget() refuses ${url}`, () => {
    assert.throws(() => readTarget(url), why);
  });
}

test("bytes() reads hex, and nothing else", () => {
  assert.equal([...bytes("00 fF\n")], [0, 255]);
  for (const text of ["0", "0g", "0x00"]) assert.throws(() => bytes(text), /^Bug: ".+" is no hex/);
});

test("quote() shows the first of a text, and dots for what cannot be printed", () => {
  assert.is(quote("SSH-2.0\r\n"), '"SSH-2.0.."');
  assert.is(quote("x".repeat(25)), `"${"x".repeat(24)}"…`);
});

test.run();
