import { suite } from "uvu";
import * as assert from "uvu/assert";
import { rewriteRequest, writeHead } from "../../src/command/tap_request.ts";
import { parseWebSocketUrl } from "../../src/protocol/websocket_url.ts";
import type { HttpHead } from "../../src/protocol/http_head.ts";

const test = suite("command/tap_request");

const UPGRADE = ["Upgrade", "websocket", "Connection", "keep-alive, Upgrade"] as const;

/** A request that was sent to the tap. */
function request(target: string, ...rawHeaders: readonly string[]): HttpHead {
  return {
    startLine: `GET ${target} HTTP/1.1`,
    rawHeaders: ["Host", "127.0.0.1:7778", ...rawHeaders],
  };
}

/** The same as it is passed on. */
function passed(head: HttpHead, url = "ws://server:81/"): string[] {
  const { forwarded } = rewriteRequest(head, parseWebSocketUrl(url));
  return writeHead(forwarded).split("\r\n").slice(0, -2);
}

test("rewriteRequest() names the server in Host, and leaves all else of an upgrade", () => {
  const fields = ["Sec-WebSocket-Key", "x", "cookie", "a", "Cookie", "b"];
  const head = request("/chat?a", ...UPGRADE, ...fields);
  assert.equal(passed(head), [
    "GET /chat?a HTTP/1.1",
    "Host: server:81",
    "Upgrade: websocket",
    "Connection: keep-alive, Upgrade",
    "Sec-WebSocket-Key: x",
    "cookie: a",
    "Cookie: b",
  ]);
});

test("rewriteRequest() keeps an origin the same that was the same, and no other (§10.2)", () => {
  const originOf = (origin: string, url?: string): string | undefined =>
    passed(request("/a", ...UPGRADE, "Origin", origin), url).at(-1);
  assert.is(originOf("http://127.0.0.1:7778"), "Origin: http://server:81");
  assert.is(originOf("http://127.0.0.1:7778", "wss://server/"), "Origin: https://server");
  assert.is(originOf("http://localhost:7778"), "Origin: http://localhost:7778");
  assert.is(originOf("https://evil.example"), "Origin: https://evil.example");
  assert.is(originOf("null"), "Origin: null");
});

test("rewriteRequest() makes of / the path of the URL, and of nothing else", () => {
  const url = "ws://server:81/chat?x";
  assert.is(passed(request("/", ...UPGRADE), url)[0], "GET /chat?x HTTP/1.1");
  assert.is(passed(request("/?y", ...UPGRADE), url)[0], "GET /?y HTTP/1.1");
  assert.is(passed(request("/other", ...UPGRADE), url)[0], "GET /other HTTP/1.1");
});

test("rewriteRequest() lets a request that asks for no upgrade be the last one", () => {
  assert.is(passed(request("/")).at(-1), "Connection: close");
  assert.is(passed(request("/", "Connection", "keep-alive")).at(-1), "Connection: close");
  assert.is(passed(request("/", "Connection", "Close")).at(-1), "Connection: Close");
  assert.is(passed(request("/", "Connection", "Upgrade")).at(-1), "Connection: close");
});

test("rewriteRequest() says what was there before", () => {
  const head = request("/", ...UPGRADE, "Origin", "http://127.0.0.1:7778");
  const { changes } = rewriteRequest(head, parseWebSocketUrl("ws://server/chat"));
  assert.equal([...changes], [
    ["startLine", "GET / HTTP/1.1"],
    ["Host", "127.0.0.1:7778"],
    ["Origin", "http://127.0.0.1:7778"],
  ]);
});

test.run();
