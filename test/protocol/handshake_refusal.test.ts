// What is no valid handshake, and the HTTP status and headers that say so: §4.2.1, §4.2.2, §4.4.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readHandshake } from "../../src/protocol/handshake.ts";
import { HandshakeError } from "../../src/protocol/handshake_error.ts";
import type { RequestHead } from "../../src/protocol/handshake.ts";
import type { Fields } from "../support/handshake.ts";
import { SAMPLE_KEY } from "../support/handshake.ts";
import { thrown } from "../support/thrown.ts";
import { thrownAs } from "../frame/support.ts";
import { head } from "./support.ts";

const test = suite("protocol/handshake (refusals)");

function refused(request: RequestHead): HandshakeError {
  return thrownAs(HandshakeError, () => readHandshake(request));
}

for (const method of ["POST", "PUT", "HEAD", "OPTIONS", "DELETE", "get", "CONNECT"]) {
  test(`S03 readHandshake() refuses ${method} with 405 and Allow`, () => {
    const { status, headers, message } = refused({ ...head({}), method });
    assert.equal([status, headers], [405, { Allow: "GET" }]);
    assert.is(message, `Cannot upgrade: method is ${method}, must be GET (§4.2.1)`);
  });
}

const key = (value: string): Fields => ({ "Sec-WebSocket-Key": value });
const version = (value: string | readonly string[]): Fields => ({ "Sec-WebSocket-Version": value });
const protocol = (value: string | readonly string[]): Fields => ({
  "Sec-WebSocket-Protocol": value,
});
const extension = (value: string | readonly string[]): Fields => ({
  "Sec-WebSocket-Extensions": value,
});

const BAD: readonly (readonly [what: string, fields: Fields, section: string])[] = [
  ["S06 no Host", { Host: null }, "Host is missing (§4.2.1)"],
  ["S06 two Hosts", { Host: ["h", "h"] }, "must come once"],
  ["S06 an empty Host", { Host: "" }, "§4.2.1"],
  ["S06 a Host with a space", { Host: "a b" }, "§4.2.1"],
  ["A19 a Host with a user", { Host: "u@evil" }, "§4.2.1"],
  ["A19 a Host with a path", { Host: "a/b?" }, "§4.2.1"],
  ["A20 a Host that is half an address", { Host: "[::bad" }, "§4.2.1"],
  ["S09 no key", { "Sec-WebSocket-Key": null }, "Sec-WebSocket-Key is missing (§4.2.1)"],
  ["S09 an empty key", key(""), "§4.2.1"],
  ["S09 a key of 15 bytes", key("AAAAAAAAAAAAAAAAAAAA"), "§4.2.1"],
  ["S09 a key of 17 bytes", key("AAAAAAAAAAAAAAAAAAAAAAA="), "§4.2.1"],
  ["S09 a key of 18 bytes", key("AAAAAAAAAAAAAAAAAAAAAAAA"), "§4.2.1"],
  ["S09 a key without padding", key(SAMPLE_KEY.slice(0, 22)), "§4.2.1"],
  ["S09 a key with half its padding", key(SAMPLE_KEY.slice(0, 23)), "§4.2.1"],
  ["S09 a key with more padding", key(`${SAMPLE_KEY}=`), "§4.2.1"],
  ["S09 a key for URLs", key("dGhlIHNhbXBsZSBub25-_Q=="), "§4.2.1"],
  ["S09 a key with a space in it", key("dGhlIHNhbXBsZSB ub25jZQ=="), "§4.2.1"],
  ["S09 a key with a line feed", key(`${SAMPLE_KEY}\n`), "§4.2.1"],
  ["S09 a key and another", key(`${SAMPLE_KEY}, ${SAMPLE_KEY}`), "§4.2.1"],
  ["S10 two keys", { "Sec-WebSocket-Key": [SAMPLE_KEY, SAMPLE_KEY] }, "must come once"],
  ["S13 two versions", version(["13", "13"]), "must come once"],
  ["S13 two different versions", version(["13", "8"]), "must come once"],
  ["S14 013", version("013"), "§4.3"],
  ["S14 0x0D", version("0x0D"), "§4.3"],
  ["S14 13.0", version("13.0"), "§4.3"],
  ["S14 1.3e1", version("1.3e1"), "§4.3"],
  ["S14 +13", version("+13"), "§4.3"],
  ["S14 13,8", version("13,8"), "§4.3"],
  ["S14 256", version("256"), "§4.3"],
  ["S14 300", version("300"), "§4.3"],
  ["S14 1000", version("1000"), "§4.3"],
  ["S14 -1", version("-1"), "§4.3"],
  ["S14 an empty version", version(""), "§4.3"],
  ["S14 a version with a line feed", version("13\n"), "§4.3"],
  ["S17 a protocol with a space", protocol("a b"), "§4.1"],
  ["S17 a protocol twice", protocol("a,a"), "§4.1"],
  ["S17 a protocol twice, on two lines", protocol(["a", "b, a"]), "§4.1"],
  ["S17 a quoted protocol", protocol('"a"'), "§4.1"],
  ["S17 a protocol with a slash", protocol("a/b"), "§4.1"],
  ["S17 a protocol that is no ASCII", protocol("\xe9"), "§4.1"],
  ["S17 an empty list of protocols", protocol(""), "§4.1"],
  ["S17 a list of empty protocols", protocol(" , ,"), "§4.1"],
  ["S18 an extension without a name", extension("=1"), "§9.1"],
  ["S18 a parameter that is missing", extension("a;"), "§9.1"],
  ["S18 two names", extension("a b"), "§9.1"],
  ["S18 a quote that does not end", extension('a; b="c'), "§9.1"],
  ["S18 S20 a quoted space", extension('a; b="1 0"'), "§9.1"],
  ["S18 a bad line behind a good one", extension(["a", "b;"]), "§9.1"],
  ["two Origins", { Origin: ["http://h", "http://evil"] }, "must come once"],
  ["U07 a body", { "Content-Length": "5" }, "must have no body"],
  ["U07 a length that is no number", { "Content-Length": "0, 5" }, "must have no body"],
  ["U07 two lengths, one of them 0", { "Content-Length": ["0", "5"] }, "must have no body"],
  ["U07 a length of nothing", { "Content-Length": "" }, "must have no body"],
  ["U07 a body in chunks", { "Transfer-Encoding": "chunked" }, "must have no body"],
];

for (const [what, fields, says] of BAD) {
  test(`readHandshake() refuses ${what} with 400`, () => {
    const { status, headers, message } = refused(head(fields));
    assert.equal([status, headers], [400, {}]);
    assert.match(message, /^Cannot .+[^.]$/);
    assert.ok(message.includes(says), message);
  });
}

const VERSIONS = ["0", "8", "9", "12", "14", "99", "100", "199", "200", "249", "250", "255", null];

for (const value of VERSIONS) {
  test(`S11 S12 readHandshake() refuses version ${value ?? "none"} with 426, and says 13`, () => {
    const { status, headers, message } = refused(head({ "Sec-WebSocket-Version": value }));
    assert.is(status, 426);
    const spoken = { Upgrade: "websocket", Connection: "Upgrade", "Sec-WebSocket-Version": "13" };
    assert.equal(headers, spoken);
    assert.match(message, "must be 13 (§4.2.");
  });
}

for (const value of ["100-continue", "x"]) {
  test(`U06 readHandshake() refuses Expect: ${value} with 417`, () => {
    const { status, message } = refused(head({ Expect: value }));
    assert.is(status, 417);
    assert.match(message, "RFC 9110 §10.1.1");
  });
}

test("A24 readHandshake() leaves no trace of an extension with the name __proto__", () => {
  readHandshake(head({ "Sec-WebSocket-Extensions": "a; __proto__=b; constructor" }));
  assert.is(({} as Record<string, unknown>)["b"], undefined);
});

test("HandshakeError has a name, a status, and no headers unless they are given", () => {
  const error = new HandshakeError("Cannot upgrade: no", 400);
  assert.ok(error instanceof Error);
  assert.equal([String(error), error.status], ["HandshakeError: Cannot upgrade: no", 400]);
  assert.equal(error.headers, {});
});

for (const status of [300, 302, 308, 400, 418, 426, 503, 599]) {
  test(`HandshakeError takes status ${status}`, () => {
    assert.is(new HandshakeError("Cannot upgrade: no", status).status, status);
  });
}

const STATUSES: readonly unknown[] = [
  99, 101, 200, 204, 299, 304, 600, 999, 400.5, NaN, -400, "400", 400n, null, undefined,
];

for (const status of STATUSES) {
  test(`HandshakeError refuses status ${JSON.stringify(String(status))}`, () => {
    const error = thrown(() => new HandshakeError("Cannot upgrade: no", status as number));
    assert.match(String(error), /^RangeError: Cannot refuse: status is .+ 300 to 599, and not/);
  });
}

test("HandshakeError keeps headers as they were", () => {
  const given = { Location: "/\u00e9 \t", "x!#$%&'*+-.^_`|~": "" };
  const { headers } = new HandshakeError("Cannot upgrade: moved", 308, given);
  const kept = { Location: "/\u00e9 \t", "x!#$%&'*+-.^_`|~": "" };
  given.Location = "a\r\nb: c";
  assert.equal(headers, kept);
});

const HEADERS: readonly (readonly [headers: unknown, error: RegExp])[] = [
  [{ Location: "/\u65e5\u672c/" }, /: header "Location" is "\/\u65e5\u672c\/", must be a/],
  [{ "X-User": "a\r\nSet-Cookie: b" }, /: header "X-User" is "a\\r\\nSet-Cookie: b", must be/],
  [{ "X-User": "a\nb" }, /: header "X-User" is /],
  [{ "X-User": "a\0b" }, /: header "X-User" is /],
  [{ "X-User": "a\x7fb" }, /: header "X-User" is /],
  [{ "Retry-After": 5 }, /: header "Retry-After" is 5, must be a string/],
  [{ "X-User": ["a"] }, /: header "X-User" is Array, must be a string/],
  [{ "X Y": "a" }, /: header "X Y" must have a token for name$/],
  [{ "": "a" }, /: header "" must have a token/],
  [{ "X\r\nY": "a" }, /: header "X\\r\\nY" must have a token/],
  [{ "content-length": "5" }, /: header "content-length" is set by the answer itself$/],
  [{ "Transfer-Encoding": "chunked" }, /: header "Transfer-Encoding" is set by the answer itself$/],
  [null, /: headers are null, must be an object$/],
  ["Location: /", /: headers are "Location: \/", must be an object$/],
];

for (const [headers, error] of HEADERS) {
  test(`HandshakeError refuses the headers ${JSON.stringify(headers)}`, () => {
    const found = thrown(() => new HandshakeError("Cannot upgrade: no", 401, headers as never));
    assert.match(String(found), /^TypeError: Cannot refuse: header/);
    assert.match(String(found), error);
  });
}

test.run();
