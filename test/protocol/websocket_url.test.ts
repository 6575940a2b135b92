import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseWebSocketUrl } from "../../src/protocol/websocket_url.ts";

const test = suite("protocol/websocket_url");

const VALID: readonly (readonly [
  url: string,
  hostname: string,
  port: number,
  host: string,
  target: string,
])[] = [
  ["ws://h", "h", 80, "h", "/"],
  ["ws://h:80/", "h", 80, "h", "/"],
  ["ws://h:8080/chat?a=b", "h", 8080, "h:8080", "/chat?a=b"],
  ["wss://h/a/b", "h", 443, "h", "/a/b"],
  ["wss://h:80/", "h", 80, "h:80", "/"],
  ["ws://[::1]:7777/x", "::1", 7777, "[::1]:7777", "/x"],
  ["WS://EXAMPLE.com?q", "example.com", 80, "example.com", "/?q"],
  ["ws://h/a b", "h", 80, "h", "/a%20b"],
];

for (const [text, hostname, port, host, target] of VALID) {
  test(`parseWebSocketUrl() takes ${text} apart (§3)`, () => {
    const url = parseWebSocketUrl(text);
    assert.equal([url.hostname, url.port, url.host, url.target], [hostname, port, host, target]);
    assert.is(url.isSecure, /^wss/i.test(text));
  });
}

const INVALID: readonly (readonly [url: string, why: RegExp])[] = [
  ["", /found "", must be ws:\/\/host\/path \(§3\)$/],
  ["chat", /found "chat"/],
  ["http://h/", /scheme of "http:\/\/h\/" is "http:", must be ws: or wss: \(§3\)$/],
  ["localhost:7777/ws", /is "localhost:", must be ws:/],
  ["ws://h:65536/", /found "ws:\/\/h:65536\/"/],
  ["ws://h/#part", /has a fragment, must have none \(§3\)$/],
  ["ws://h/#", /has a fragment/],
  ["ws://user@h/", /it has a name or password/],
  ["ws://:secret@h/", /it has a name or password/],
  ["ws://user:secret@h/", /^Cannot read WebSocket URL: it has a name or password/],
];

for (const [text, why] of INVALID) {
  test(`parseWebSocketUrl() refuses ${text || "nothing"} (§3, §4.1)`, () => {
    assert.throws(() => parseWebSocketUrl(text), (error: unknown) => {
      return error instanceof SyntaxError && why.test(error.message);
    });
  });
}

test("parseWebSocketUrl() shows no password in its error", () => {
  assert.throws(() => parseWebSocketUrl("ws://u:secret@h/"), (error: Error) => {
    return !error.message.includes("secret");
  });
});

test.run();
