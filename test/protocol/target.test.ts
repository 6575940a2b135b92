// The URL of a request: RFC 9112 §3.2, §3.3. Whatever the peer sends, the host of the URL is that
// of the Host header, or there is no URL.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { requestUrl } from "../../src/protocol/target.ts";
import { Chance } from "../frame/support.ts";

const test = suite("protocol/target");

type Row = readonly [what: string, host: string, target: string, url: string | null];

const URLS: readonly Row[] = [
  ["a path", "h", "/chat", "http://h/chat"],
  ["the root", "h", "/", "http://h/"],
  ["a query", "h", "/chat?x=1&y=%20", "http://h/chat?x=1&y=%20"],
  ["a port", "h:8080", "/", "http://h:8080/"],
  ["the default port", "h:80", "/", "http://h/"],
  ["a port that is left out", "h:", "/", "http://h/"],
  ["an address", "127.0.0.1:7777", "/", "http://127.0.0.1:7777/"],
  ["an address of IPv6", "[::1]:7777", "/", "http://[::1]:7777/"],
  ["a long address of IPv6", "[2001:DB8::20]", "/", "http://[2001:db8::20]/"],
  ["a host in capitals", "Example.COM", "/A", "http://example.com/A"],
  ["dots, which stay below the host", "h", "/../../x", "http://h/x"],
  ["S05 an absolute-form", "h", "http://h/chat?x=1", "http://h/chat?x=1"],
  ["S05 an absolute-form without a path", "h", "http://h", "http://h/"],
  ["S05 an absolute-form in capitals", "h", "HTTP://H/x", "http://h/x"],
  ["S05 an absolute-form of https, in the clear", "h", "https://h/x", null],
  ["S05 an absolute-form with the default port", "h", "http://h:80/x", "http://h/x"],
  ["A19 two slashes", "h", "//evil/x", "http://h//evil/x"],
  ["A19 three slashes", "h", "///evil/x", "http://h///evil/x"],
  ["A19 a slash and a backslash", "h", "/\\evil", "http://h//evil"],
  ["A19 an @ in the path", "h", "/@evil/x", "http://h/@evil/x"],
  ["A19 a colon in the path", "h", "/:80@evil", "http://h/:80@evil"],
  ["A19 another host in the absolute-form", "h", "http://evil/x", null],
  ["A19 another port in the absolute-form", "h", "http://h:81/x", null],
  ["A19 a user in the absolute-form", "h", "http://u@h/x", null],
  ["A19 a user and a password", "h", "http://u:p@h/x", null],
  ["A19 the host as the user of another", "h", "http://h@evil/x", null],
  ["A19 an empty host in the absolute-form", "h", "http:///h/x", null],
  ["A19 a backslash for a host", "h", "http://\\h/x", null],
  ["A19 a user in Host", "u@evil", "/", null],
  ["A19 a path in Host", "a/b?", "/", null],
  ["A19 a path in Host, alone", "a/b", "/", null],
  ["A19 a query in Host", "a?b", "/", null],
  ["A19 a fragment in Host", "a#b", "/", null],
  ["A19 a backslash in Host", "a\\b", "/", null],
  ["A19 a slash that is encoded in Host", "a%2Fb", "/", null],
  ["A20 a space in Host", "a b", "/", null],
  ["A20 a tab in Host", "a\tb", "/", null],
  ["A20 an empty Host", "", "/", null],
  ["A20 a port without a Host", ":80", "/", null],
  ["A20 half an address of IPv6", "[::bad", "/", null],
  ["A20 a bad address of IPv6", "[::bad::]", "/", null],
  ["A20 an address of IPv6 without brackets", "::1", "/", null],
  ["A20 a port that is no number", "h:x", "/", null],
  ["A20 a port above 65,535", "h:65536", "/", null],
  ["A20 two ports", "h:1:2", "/", null],
  ["A20 two Hosts in one", "a, b", "/", null],
  ["A20 a line feed in Host", "h\n", "/", null],
  ["A20 a byte that is no ASCII in Host", "h\xe9", "/", null],
  ["A20 a bad address of IPv4", "1.2.3.256", "/", null],
  ["A20 a space in the target", "h", "/a b", null],
  ["A20 a tab in the target", "h", "/a\tb", null],
  ["A20 a line feed in the target", "h", "/a\nb", null],
  ["A20 a NUL in the target", "h", "/a\0b", null],
  ["A20 a tab in an absolute-form", "h", "http://\th/x", null],
  ["A20 a space at the end", "h", "http://h/x ", null],
  ["a fragment", "h", "/a#b", null],
  ["a fragment in an absolute-form", "h", "http://h/a#b", null],
  ["no target", "h", "", null],
  ["an asterisk", "h", "*", null],
  ["an authority", "h", "h:80", null],
  ["a path without its slash", "h", "chat", null],
  ["a query alone", "h", "?x=1", null],
  ["S05 another scheme", "h", "ws://h/", null],
  ["S05 another scheme of two", "h", "wss://h/", null],
  ["a scheme without slashes", "h", "http:h/x", null],
  ["a scheme with one slash", "h", "http:/h/x", null],
  ["a script", "h", "javascript:alert(1)", null],
];

for (const [what, host, target, url] of URLS) {
  const input = JSON.stringify([host, target]);
  test(`requestUrl() makes ${url ?? "nothing"} of ${what}: ${input}`, () => {
    assert.is(requestUrl("http", host, target)?.href ?? null, url);
  });
}

test("requestUrl() takes the scheme it is told for an origin-form", () => {
  assert.is(requestUrl("https", "h", "/x")?.href, "https://h/x");
  assert.is(requestUrl("https", "h", "https://h/x")?.href, "https://h/x");
  assert.is(requestUrl("https", "h", "http://h/x"), null);
  assert.is(requestUrl("https", "h:443", "/x")?.href, "https://h/x");
  assert.is(requestUrl("https", "h:80", "/x")?.href, "https://h:80/x");
});

test("requestUrl() keeps the host whatever the target, and never throws", () => {
  const chance = new Chance();
  const parts = ["/", "//", "\\", "@", ":", "evil", "h", "http:", "?", "%2f", ".", "..", "[", "]"];
  for (let round = 0; round < 20_000; round++) {
    const pick = (): string => Array.from({ length: 6 }, () => chance.pick(parts)).join("");
    const [target, host] = [pick(), pick()];
    const what = `${JSON.stringify([host, target])}, seed ${chance.seed}`;
    for (const start of ["/", "http://", ""]) {
      const url = requestUrl("http", "h", start + target);
      if (url !== null) assert.is(url.host + url.username + url.password, "h", what);
    }
    const url = requestUrl("http", host, "/x");
    if (url !== null) assert.is(`${url.username}${url.pathname}${url.search}`, "/x", what);
  }
});

test.run();
