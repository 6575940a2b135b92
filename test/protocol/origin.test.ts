// Whose pages may connect: §4.2.2, §10.2, RFC 6454 §7.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { isAllowedOrigin, isSameOrigin } from "../../src/protocol/origin.ts";

const test = suite("protocol/origin");

type Row = readonly [what: string, origin: string, host: string, expected: boolean];

const SAME: readonly Row[] = [
  ["its own page", "http://good", "good", true],
  ["its own page behind a proxy with TLS", "https://good", "good", true],
  ["its own page on a port", "http://good:8080", "good:8080", true],
  ["the default port of http, left out of Host", "http://good:80", "good", true],
  ["the default port of http, left out of Origin", "http://good", "good:80", true],
  ["the default port of https, left out of Origin", "https://good", "good:443", true],
  ["another case", "HTTP://GOOD", "good", true],
  ["another case of Host", "http://good", "Good", true],
  ["an address", "http://127.0.0.1:8000", "127.0.0.1:8000", true],
  ["an address of IPv6", "http://[::1]:8000", "[::1]:8000", true],
  ["the same address of IPv6, written otherwise", "http://[0:0::1]", "[::1]", true],
  ["A21 a foreign page", "http://evil", "good", false],
  ["A21 a foreign page in capitals", "HTTP://EVIL", "good", false],
  ["A21 null", "null", "good", false],
  ["A21 null, when Host says so too", "null", "null", false],
  ["A21 a domain below the attacker's", "http://good.evil", "good", false],
  ["A21 a domain of the attacker's that ends so", "http://evilgood", "good", false],
  ["A21 a domain of the attacker's that begins so", "http://goodevil", "good", false],
  ["A21 a subdomain", "http://sub.good", "good", false],
  ["A21 the domain above", "http://good", "sub.good", false],
  ["A21 another port", "http://good:81", "good", false],
  ["A21 no port, where Host has one", "http://good", "good:8080", false],
  ["A21 the port of https for a page of http", "http://good", "good:443", false],
  ["A21 a user before the attacker's host", "http://good@evil", "good", false],
  ["A21 a path that looks like a host", "http://evil/good", "good", false],
  ["A21 a fragment that looks like a host", "http://evil#good", "good", false],
  ["A21 a backslash", "http://evil\\good", "good", false],
  ["two origins", "http://good http://evil", "good", false],
  ["a list of origins", "http://evil,http://good", "good", false],
  ["a path", "http://good/", "good", false],
  ["a query", "http://good?", "good", false],
  ["a user", "http://u@good", "good", false],
  ["white space", "http://good\t", "good", false],
  ["no scheme", "good", "good", false],
  ["no scheme but slashes", "//good", "good", false],
  ["no host", "http://", "good", false],
  ["no slashes", "http:good", "good", false],
  ["nothing", "", "good", false],
  ["nothing at all", "", "", false],
  ["a file", "file://", "good", false],
  ["a port out of range", "http://good:99999", "good:99999", false],
  ["half an address", "http://[::1", "[::1", false],
  ["a Host with a user", "http://evil", "good@evil", false],
  ["a Host with a path", "http://evil", "evil/good", false],
  ["a Host with a backslash", "http://evil", "evil\\good", false],
  ["a Host with white space", "http://good", "go\tod", false],
  ["an empty Host", "http://good", "", false],
];

for (const [what, origin, host, expected] of SAME) {
  test(`isSameOrigin() says ${expected} to ${what}: ${JSON.stringify([origin, host])}`, () => {
    assert.is(isSameOrigin(origin, host), expected);
  });
}

const LIST = ["https://example.com", "http://localhost:3000"];

type AllowedRow = readonly [origin: string, list: readonly string[], expected: boolean];

const ALLOWED: readonly AllowedRow[] = [
  ["https://example.com", LIST, true],
  ["http://localhost:3000", LIST, true],
  ["HTTPS://Example.COM", LIST, true],
  ["http://example.com", LIST, false],
  ["https://example.com:8443", LIST, false],
  ["https://example.com.evil", LIST, false],
  ["https://sub.example.com", LIST, false],
  ["https://evilexample.com", LIST, false],
  ["https://example.com/", LIST, false],
  ["https://example.com@evil", LIST, false],
  ["http://localhost", LIST, false],
  ["null", LIST, false],
  ["null", ["null"], false],
  ["", LIST, false],
  ["", [""], false],
  ["https://example.com", [], false],
  ["https://evil", ["*"], true],
  ["null", ["*"], true],
  ["https://evil", ["https://*"], false],
  ["*", LIST, false],
  ["toString", LIST, false],
];

for (const [origin, list, expected] of ALLOWED) {
  test(`isAllowedOrigin() says ${expected} to ${JSON.stringify(origin)} of [${list}]`, () => {
    assert.is(isAllowedOrigin(origin, list), expected);
  });
}

test.run();
