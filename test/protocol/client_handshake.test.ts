import { suite } from "uvu";
import * as assert from "uvu/assert";
import { checkAnswer, statusOf, writeHandshake } from "../../src/protocol/client_handshake.ts";
import type { ClientHandshake } from "../../src/protocol/client_handshake.ts";
import { parseWebSocketUrl } from "../../src/protocol/websocket_url.ts";
import type { HttpHead } from "../../src/protocol/http_head.ts";
import { SAMPLE_ACCEPT, SAMPLE_KEY } from "../support/handshake.ts";

const test = suite("protocol/client_handshake");

const PLAIN: ClientHandshake = {
  url: parseWebSocketUrl("ws://server.example.com/chat"),
  key: SAMPLE_KEY,
  protocols: [],
  extensions: "",
  headers: [],
};

const OFFERS: ClientHandshake = {
  ...PLAIN,
  protocols: ["chat", "superchat"],
  extensions: "permessage-deflate; client_max_window_bits",
};

test("writeHandshake() writes the request of §4.1, and nothing that was not asked for", () => {
  assert.equal(writeHandshake(PLAIN).split("\r\n"), [
    "GET /chat HTTP/1.1",
    "Host: server.example.com",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Key: ${SAMPLE_KEY}`,
    "Sec-WebSocket-Version: 13",
    "",
    "",
  ]);
});

test("writeHandshake() offers subprotocols and extensions, and sends further headers", () => {
  const headers = [["Origin", "http://h"] as const, ["X", "ä"] as const];
  assert.equal(writeHandshake({ ...OFFERS, headers }).split("\r\n").slice(6), [
    "Sec-WebSocket-Protocol: chat, superchat",
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
    "Origin: http://h",
    "X: ä",
    "",
    "",
  ]);
});

test("writeHandshake() offers a subprotocol that is the only one", () => {
  const lines = writeHandshake({ ...PLAIN, protocols: ["chat"] }).split("\r\n");
  assert.equal(lines.slice(6), ["Sec-WebSocket-Protocol: chat", "", ""]);
});

test("writeHandshake() names the port that is not the default one (§4.1)", () => {
  const hostOf = (url: string): string | undefined =>
    writeHandshake({ ...PLAIN, url: parseWebSocketUrl(url) }).split("\r\n")[1];
  assert.is(hostOf("ws://h:80/"), "Host: h");
  assert.is(hostOf("ws://h:443/"), "Host: h:443");
  assert.is(hostOf("wss://h:443/"), "Host: h");
  assert.is(hostOf("ws://[::1]:81/"), "Host: [::1]:81");
});

test("writeHandshake() sends one Host, that of the caller", () => {
  const text = writeHandshake({ ...PLAIN, headers: [["host", "other"]] });
  assert.equal(text.match(/^host: .*/gim), ["Host: other"]);
});

type Wish = Partial<ClientHandshake>;

const NOT_SENT: readonly (readonly [what: string, wish: Wish, why: RegExp])[] = [
  ["an empty subprotocol", { protocols: [""] }, /"": it must be a token \(§4.1\)$/],
  ["two in one", { protocols: ["a, b"] }, /must be a token/],
  ["one twice", { protocols: ["a", "b", "a"] }, /"a": it comes twice \(§4.1\)$/],
  ["a header of the handshake", { headers: [["upgrade", "x"]] }, /the handshake's own/],
  ["a body", { headers: [["Content-Length", "1"]] }, /the handshake's own/],
  ["a line end in a value", { headers: [["X", "a\r\nY: b"]] }, /value has a character/],
  ["a line end in a name", { headers: [["X\r\nY", "b"]] }, /name must be a token/],
  ["what is not Latin-1", { headers: [["X", "€"]] }, /value has a character/],
];

for (const [what, wish, why] of NOT_SENT) {
  test(`writeHandshake() does not send ${what} (§4.1)`, () => {
    assert.throws(() => writeHandshake({ ...PLAIN, ...wish }), (error: unknown) => {
      return error instanceof SyntaxError && why.test(error.message);
    });
  });
}

/** The 101 of §1.3 with these fields in place of its own, or behind them. */
function answer(...fields: readonly (readonly [string, string | null])[]): HttpHead {
  const all = new Map<string, string | null>([
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Accept", SAMPLE_ACCEPT],
    ...fields,
  ]);
  const rawHeaders = [...all].flatMap(([name, value]) => (value === null ? [] : [name, value]));
  return { startLine: "HTTP/1.1 101 Switching Protocols", rawHeaders };
}

test("checkAnswer() takes the answer of §1.3, with nothing agreed on", () => {
  assert.is(statusOf(answer()), 101);
  assert.equal(checkAnswer(answer(), OFFERS), { protocol: "", extensions: "", deflate: null });
});

const TAKEN: readonly (readonly [what: string, field: [string, string]])[] = [
  ["Upgrade in any case", ["Upgrade", "WebSocket"]],
  ["Connection in any case, and among others", ["Connection", "keep-alive, upgrade"]],
  ["a header that has no meaning here", ["Content-Length", "0"]],
];

for (const [what, field] of TAKEN) {
  test(`checkAnswer() takes ${what} (§4.1)`, () => {
    assert.is(checkAnswer(answer(field), PLAIN).protocol, "");
  });
}

test("checkAnswer() says which subprotocol and which compression were agreed on", () => {
  const agreed = checkAnswer(
    answer(
      ["Sec-WebSocket-Protocol", "superchat"],
      ["Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits=10"],
    ),
    OFFERS,
  );
  assert.is(agreed.protocol, "superchat");
  assert.is(agreed.extensions, "permessage-deflate; client_max_window_bits=10");
  assert.equal(agreed.deflate?.windowBits, { server: 15, client: 10 });
});

const REFUSED: readonly (readonly [what: string, head: HttpHead, why: RegExp])[] = [
  ["no Upgrade", answer(["Upgrade", null]), /Upgrade is missing, must be "websocket" \(§4.1\)$/],
  [
    "an Upgrade that is long, of which it shows 100 characters",
    answer(["Upgrade", "x".repeat(101)]),
    /Upgrade is "x{100}", must be/,
  ],
  ["another Upgrade", answer(["Upgrade", "h2c"]), /Upgrade is "h2c", must be/],
  ["one more Upgrade", answer(["Upgrade", "websocket, h2c"]), /Upgrade is "websocket, h2c"/],
  ["no Connection", answer(["Connection", null]), /Connection is missing, must have "Upgrade"/],
  ["another Connection", answer(["Connection", "close"]), /Connection is "close"/],
  ["no Accept", answer(["Sec-WebSocket-Accept", null]), /Accept is missing, must be "s3pPLMB/],
  ["a wrong Accept", answer(["Sec-WebSocket-Accept", SAMPLE_KEY]), /Accept is "dGhlIHNhbXBsZSB/],
  [
    "Accept twice",
    answer(["sec-websocket-accept", SAMPLE_ACCEPT]),
    /Accept is "s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=,s3pP/,
  ],
  [
    "a subprotocol that was not offered",
    answer(["Sec-WebSocket-Protocol", "mqtt"]),
    /Protocol is "mqtt", must be one of chat, superchat \(§4.1\)$/,
  ],
  ["two subprotocols", answer(["Sec-WebSocket-Protocol", "chat, superchat"]), /is "chat, superc/],
  [
    "two lines of them",
    answer(["Sec-WebSocket-Protocol", "chat"], ["sec-websocket-protocol", "chat"]),
    /Protocol is "chat, chat"/,
  ],
  ["an empty subprotocol", answer(["Sec-WebSocket-Protocol", ""]), /Protocol is missing, must/],
  [
    "an extension that was not offered",
    answer(["Sec-WebSocket-Extensions", "x-foo"]),
    /has x-foo, which was not offered, or comes twice \(§4.1\)$/,
  ],
  [
    "an extension twice",
    answer(["Sec-WebSocket-Extensions", "permessage-deflate, permessage-deflate"]),
    /has permessage-deflate, which was not offered, or comes twice/,
  ],
  [
    "extensions that are none",
    answer(["Sec-WebSocket-Extensions", "permessage-deflate;"]),
    /found the end at index 19 \(§9.1\)$/,
  ],
  [
    "a parameter that there is not",
    answer(["Sec-WebSocket-Extensions", "permessage-deflate; x"]),
    /found the parameter x/,
  ],
  ["HTTP/1.0", { ...answer(), startLine: "HTTP/1.0 101 X" }, /HTTP\/1.0, which cannot upgrade/],
];

for (const [what, head, why] of REFUSED) {
  test(`checkAnswer() refuses ${what} (§4.1)`, () => {
    assert.throws(() => checkAnswer(head, OFFERS), (error: unknown) => {
      return error instanceof SyntaxError && why.test(error.message);
    });
  });
}

test("checkAnswer() refuses any subprotocol or extension when none was offered (§4.1)", () => {
  const protocol = answer(["Sec-WebSocket-Protocol", "chat"]);
  assert.throws(() => checkAnswer(protocol, PLAIN), /is "chat", none was offered \(§4.1\)$/);
  const extensions = answer(["Sec-WebSocket-Extensions", "permessage-deflate"]);
  assert.throws(() => checkAnswer(extensions, PLAIN), /which was not offered/);
});

test.run();
