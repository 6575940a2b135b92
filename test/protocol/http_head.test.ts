import { suite } from "uvu";
import * as assert from "uvu/assert";
import { HeadReader } from "../../src/protocol/http_head.ts";
import type { HttpHead } from "../../src/protocol/http_head.ts";
import { concat } from "../support/bytes.ts";
import { latin1 } from "../support/handshake.ts";

const test = suite("protocol/http_head");

const ANSWER = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nX:\t a, \xe4 \r\n\r\n";
const READ: HttpHead = {
  startLine: "HTTP/1.1 101 Switching Protocols",
  rawHeaders: ["Upgrade", "websocket", "X", "a, \xe4"],
};

test("HeadReader reads the same head wherever TCP cuts it, and leaves what is behind", () => {
  const wire = concat(latin1(ANSWER), Uint8Array.of(0x81, 0x00));
  for (let cut = 0; cut <= wire.length; cut++) {
    const reader = new HeadReader("response", 1024);
    const first = reader.push(wire.subarray(0, cut));
    const head = first ?? reader.push(wire.subarray(cut));
    const rest = first === null ? reader.rest : concat(reader.rest, wire.subarray(cut));
    assert.equal(head, READ, `cut at ${cut}`);
    assert.equal(rest, Uint8Array.of(0x81, 0x00), `cut at ${cut}`);
  }
});

test("HeadReader reads a head that comes byte by byte", () => {
  const reader = new HeadReader("response", 1024);
  const heads = [...latin1(ANSWER)].map((byte) => reader.push(Uint8Array.of(byte)));
  assert.equal(heads.pop(), READ);
  assert.ok(heads.every((head) => head === null));
});

test("HeadReader reads a second head behind the first: RFC 9110 §15.2", () => {
  const reader = new HeadReader("response", 1024);
  const first = reader.push(latin1(`HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${ANSWER}`));
  assert.is(first?.startLine, "HTTP/1.1 103 Early Hints");
  assert.equal(reader.push(new Uint8Array(0)), READ);
});

test("HeadReader asks of a second head what it asks of the first", () => {
  for (const [text, why] of [
    ["\n", /found a LF without CR/],
    ["SSH\r\n", /found "SSH", must be/],
  ] as const) {
    const reader = new HeadReader("response", 1024);
    assert.is(reader.push(latin1("HTTP/1.1 103 Early Hints\r\n\r\n"))?.rawHeaders.length, 0);
    assert.throws(() => reader.push(latin1(text)), why);
  }
});

test("HeadReader wants no white space around a value", () => {
  const head = new HeadReader("response", 1024).push(latin1("HTTP/1.1 200\r\nX:y\r\nZ:\r\n\r\n"));
  assert.equal(head?.rawHeaders, ["X", "y", "Z", ""]);
});

const WRONG: readonly (readonly [text: string, why: RegExp])[] = [
  ["HTTP/1.1 101 X\nUpgrade: websocket\n\n", /found a LF without CR/],
  ["HTTP/1.1 101 X\rUpgrade: websocket\r\r", /found a CR without LF/],
  ["SSH-2.0-OpenSSH_9.2\r\n", /found "SSH-2.0-OpenSSH_9.2", must be the first line of a response/],
  ["HTTP/2 101 X\r\n", /must be the first line of a response/],
  ["\r\n", /found "", must be/],
  ["\n", /found a LF without CR/],
  ["\rH", /found a CR without LF/],
  [`${"x".repeat(81)}\r\n`, /found "x{80}", must be/],
  [`HTTP/1.1 200 OK\r\n${"x".repeat(81)}\r\n\r\n`, /found "x{80}", must be/],
  ["HTTP/1.1 1010 X\r\n", /must be the first line/],
  ["HTTP/1.1 200 OK\r\n folded\r\n\r\n", /found " folded", must be a header field/],
  ["HTTP/1.1 200 OK\r\nName : x\r\n\r\n", /found "Name : x", must be a header field/],
  ["HTTP/1.1 200 OK\r\nno colon\r\n\r\n", /must be a header field/],
  ["HTTP/1.1 200 OK\r\nName: \x00\r\n\r\n", /must be a header field/],
];

for (const [text, why] of WRONG) {
  test(`HeadReader refuses ${JSON.stringify(text)} (RFC 9112 §2)`, () => {
    assert.throws(() => new HeadReader("response", 1024).push(latin1(text)), (error: unknown) => {
      return error instanceof SyntaxError && why.test(error.message);
    });
  });
}

test("HeadReader takes a head of exactly the limit, and refuses one byte more", () => {
  const size = ANSWER.length;
  assert.equal(new HeadReader("response", size).push(latin1(ANSWER)), READ);
  assert.throws(() => new HeadReader("response", size - 1).push(latin1(ANSWER)), /larger than/);
  const endless = new HeadReader("response", 100);
  assert.is(endless.push(latin1(`HTTP/1.1 200 ${"x".repeat(86)}`)), null);
  assert.throws(() => endless.push(latin1("x")), /larger than 100 bytes/);
});

test("HeadReader reads a request", () => {
  const wire = latin1("GET /chat HTTP/1.1\r\nHost: h\r\n\r\n");
  const head = new HeadReader("request", 1024).push(wire);
  assert.equal(head, { startLine: "GET /chat HTTP/1.1", rawHeaders: ["Host", "h"] });
  assert.throws(() => new HeadReader("request", 1024).push(latin1("GET /\r\n")), /a request/);
});

test.run();
