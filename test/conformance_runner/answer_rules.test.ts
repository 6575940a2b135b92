// What the runner says of a 101: the clause that each part of it breaks.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { checkAnswer } from "../../src/conformance/answer_rules.ts";
import type { Fields } from "../../src/conformance/handshake_request.ts";
import { readResponseHead, ResponseHead } from "../../src/conformance/response_head.ts";

const test = suite("conformance_runner/answer_rules");

const KEY = { "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==" };
const GOOD = [
  "HTTP/1.1 101 Switching Protocols",
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
];

const PROTOCOL = "Sec-WebSocket-Protocol";
const EXTENSIONS = "Sec-WebSocket-Extensions";
const OFFER = { [EXTENSIONS]: "permessage-deflate; server_max_window_bits=10" };

function findings(lines: readonly string[], fields: Fields): string[] {
  const found: string[] = [];
  const head = new ResponseHead(`${lines.join("\r\n")}\r\n\r\n`);
  checkAnswer(head, { ...KEY, ...fields }, (clause, verdict) => found.push(`${clause} ${verdict}`));
  return found;
}

const SOUND: readonly (readonly [what: string, lines: readonly string[], fields?: Fields])[] = [
  ["as it must be", GOOD],
  ["with tokens in another case", [GOOD[0], "upgrade: WebSocket", "CONNECTION: upgrade", GOOD[3]]],
  ["with a list of Connection", [GOOD[0], GOOD[1], "Connection: keep-alive, Upgrade", GOOD[3]]],
  ["without a reason phrase", ["HTTP/1.1 101 ", ...GOOD.slice(1)]],
  ["with an offered subprotocol", [...GOOD, `${PROTOCOL}: b`], { [PROTOCOL]: ["a", "b"] }],
  [
    "with compression",
    [...GOOD, `${EXTENSIONS}: permessage-deflate; server_max_window_bits=9`],
    OFFER,
  ],
];

for (const [what, lines, fields = {}] of SOUND) {
  test(`checkAnswer() finds nothing in a 101 ${what}`, () => {
    assert.equal(findings(lines, fields), []);
  });
}

test("checkAnswer() judges no Accept where there are two keys", () => {
  const fields = { "Sec-WebSocket-Key": ["a", "b"] };
  assert.equal(findings(GOOD, fields), []);
  assert.equal(findings(GOOD.slice(0, 3), fields), []);
});

const deflate = (parameters: string): string[] => [
  ...GOOD,
  `${EXTENSIONS}: permessage-deflate; ${parameters}`,
];

const BROKEN: readonly (readonly [
  what: string,
  lines: readonly string[],
  finding: string,
  fields?: Fields,
])[] = [
  ["S28 another subprotocol", [...GOOD, `${PROTOCOL}: c`], "S28 fail", { [PROTOCOL]: "a, b" }],
  ["S28 the whole list", [...GOOD, `${PROTOCOL}: a, b`], "S28 fail", { [PROTOCOL]: "a, b" }],
  ["S29 a subprotocol unasked", [...GOOD, `${PROTOCOL}: c`], "S29 fail"],
  ["S29 an empty one", [...GOOD, `${PROTOCOL}:`], "S29 fail", { [PROTOCOL]: "a" }],
  ["S30 two lines", [...GOOD, `${PROTOCOL}: a`, `${PROTOCOL}: a`], "S30 fail", { [PROTOCOL]: "a" }],
  ["S31 an extension unasked", [...GOOD, `${EXTENSIONS}: permessage-deflate`], "S31 fail"],
  ["S31 an empty list", [...GOOD, `${EXTENSIONS}:`], "S31 fail", OFFER],
  ["S31 another extension", [...GOOD, `${EXTENSIONS}: foo`], "S31 fail", OFFER],
  ["S32 another version", ["HTTP/1.0 101 OK", ...GOOD.slice(1)], "S32 fail"],
  ["S32 a line that is no field", [...GOOD, "nonsense"], "S32 fail"],
  ["S32 a length", [...GOOD, "Content-Length: 5"], "S32 warning"],
  ["S33 no Upgrade", [GOOD[0], GOOD[2], GOOD[3]], "S33 fail"],
  ["S33 another Connection", [GOOD[0], GOOD[1], "Connection: close", GOOD[3]], "S33 fail"],
  ["S34 no Accept", GOOD.slice(0, 3), "S34 fail"],
  ["S34 another Accept", [...GOOD.slice(0, 3), "Sec-WebSocket-Accept: AAAA"], "S34 fail"],
  ["S36 Accept twice", [...GOOD, GOOD[3]], "S36 fail"],
  [
    "D02 compression twice",
    deflate("server_max_window_bits=9, permessage-deflate"),
    "D02 fail",
    OFFER,
  ],
  ["D03 a parameter that nobody knows", deflate("x=1"), "D03 fail", OFFER],
  [
    "D03 a parameter twice",
    deflate("client_no_context_takeover; client_no_context_takeover"),
    "D03 fail",
    OFFER,
  ],
  ["D03 a value too many", deflate("server_no_context_takeover=1"), "D03 fail", OFFER],
  ["D23 a larger window", deflate("server_max_window_bits=11"), "D23 fail", OFFER],
  ["D23 a window of 7", deflate("server_max_window_bits=7"), "D23 fail", OFFER],
  ["D25 no value", deflate("client_max_window_bits"), "D25 fail", OFFER],
  ["D26 a client window unasked", deflate("client_max_window_bits=9"), "D26 fail", OFFER],
];

for (const [what, lines, finding, fields = {}] of BROKEN) {
  test(`checkAnswer() reports ${what}`, () => {
    assert.equal(findings(lines, fields), [finding]);
  });
}

test("S35 checkAnswer() takes the key without the white space around it", () => {
  const fields = { "Sec-WebSocket-Key": ` \t${KEY["Sec-WebSocket-Key"]} ` };
  assert.equal(findings(GOOD, fields), []);
  assert.equal(findings(GOOD.slice(0, 3), fields), ["S35 fail"]);
});

test("readResponseHead() waits for the empty line, and reads what is there", () => {
  assert.is(readResponseHead("HTTP/1.1 200 OK\r\nA: b\r\n"), null);
  const head = readResponseHead("HTTP/1.1 200 OK\r\nA: b\r\na:c\r\n\r\nbody");
  assert.equal([head?.status, head?.all("A"), head?.size], [200, ["b", "c"], 30]);
  assert.is(readResponseHead("SMTP ready\r\n\r\n")?.malformed, "SMTP ready");
});

test.run();
