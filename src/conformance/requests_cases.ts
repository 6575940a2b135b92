// Which opening handshakes are valid: §4.1, §4.2.1.

import { fromLatin1, latin1 } from "./bytes.ts";
import type { CaseSketch, Level } from "./case.ts";
import { expectRefusal, expectUpgrade } from "./expect_answer.ts";
import type { Refusal } from "./expect_answer.ts";
import { handshakeRequest, SAMPLE_KEY } from "./handshake_request.ts";
import type { Fields } from "./handshake_request.ts";
import { sketch } from "./script.ts";
import type { Trial } from "./trial.ts";

const KEY = "Sec-WebSocket-Key";
const VERSION = "Sec-WebSocket-Version";

/** Fields in place of the valid ones; in the request line `%` is the target, `$` the server. */
type Row = readonly [what: string, fields: Fields, requestLine?: string];

function accepted(rows: readonly Row[], level?: Level): CaseSketch[] {
  return rows.map(([what, fields, line]) => {
    const run = async (trial: Trial): Promise<void> => {
      await expectUpgrade(trial, requestOf(trial, fields, line));
    };
    return sketch(what, run, level === undefined ? {} : { level });
  });
}

function refused(rows: readonly Row[], how: Refusal = {}, level?: Level): CaseSketch[] {
  return rows.map(([what, fields, line]) => {
    const run = async (trial: Trial): Promise<void> => {
      await expectRefusal(trial, requestOf(trial, fields, line), how);
    };
    return sketch(what, run, level === undefined ? {} : { level });
  });
}

function requestOf(
  { target }: Trial,
  fields: Fields,
  line = "GET % HTTP/1.1",
): ReturnType<typeof handshakeRequest> {
  const host = `${target.secure ? "https" : "http"}://${target.host}`;
  const requestLine = line.replace("$", host).replace("%", target.resource);
  return handshakeRequest(target, fields, requestLine);
}

const IN_ANY_CASE: readonly Row[] = [
  ["S01 names of fields in capitals", { [KEY]: null, "SEC-WEBSOCKET-KEY": SAMPLE_KEY }],
  ["S01 names of fields in small letters", { [KEY]: null, "sec-websocket-key": SAMPLE_KEY }],
  ["S01 UPGRADE in capitals", { Upgrade: null, UPGRADE: "websocket" }],
  ["S01 connection in small letters", { Connection: null, connection: "Upgrade" }],
  ["S01 the token WebSocket", { Upgrade: "WebSocket" }],
  ["S01 the token WEBSOCKET", { Upgrade: "WEBSOCKET" }],
  ["S01 the token UPGRADE", { Connection: "UPGRADE" }],
  ["S01 the token upgrade", { Connection: "upgrade" }],
];

const METHODS = ["POST", "PUT", "HEAD", "OPTIONS", "DELETE"].map((method): Row => [
  `S03 ${method} with all headers of a handshake`,
  {},
  `${method} % HTTP/1.1`,
]);

const BAD_KEYS: readonly (readonly [what: string, key: string | null])[] = [
  ["no key", null],
  ["an empty key", ""],
  ["a key of 15 bytes", "dGhlIHNhbXBsZSBub25j"],
  ["a key of 17 bytes", "dGhlIHNhbXBsZSBub25jZSE="],
  ["a key of the URL alphabet", "dGhlIHNhbXBsZSBub2-_ZQ=="],
  ["a key without padding", "dGhlIHNhbXBsZSBub25jZQ"],
  ["a key of padding alone", "===="],
  ["a key with a space inside", "dGhlIHNhbXBs ZSBub25jZQ=="],
  ["a key that is no base64", "not base64 at all!!!!!!!"],
  ["two keys in one line", `${SAMPLE_KEY}, ${SAMPLE_KEY}`],
];

const MALFORMED_VERSIONS = [
  "013",
  "0x0D",
  "13.0",
  "1.3e1",
  "+13",
  "-13",
  "13,8",
  "8, 13",
  "256",
  "x",
  "",
];

/** 9 to 12 were never to be used, above 13 there is none: §11.6. 4 to 8 are drafts. */
const UNKNOWN_VERSIONS = ["0", "1", "9", "12", "14", "99", "255"];

/** A server of a version that it does not speak says which one it does. */
function versionRefused(version: string): CaseSketch {
  return sketch(`S12 version ${version}: an error that names version 13`, async (trial) => {
    const request = handshakeRequest(trial.target, { [VERSION]: version });
    const head = await expectRefusal(trial, request);
    if (head === null || head.status === 101) return;
    const versions = head
      .all(VERSION)
      .flatMap((value) => value.split(",").map((one) => one.trim()));
    if (versions.includes("13")) return;
    const found = versions.length === 0 ? "no such field" : versions.join();
    trial.violation(`Expected ${VERSION}: 13 in the ${head.status}, found ${found}`);
  });
}

/** The field is not demanded here: §4.4 does so where a version came that does not match. */
async function versionMissing(trial: Trial): Promise<void> {
  await expectRefusal(trial, handshakeRequest(trial.target, { [VERSION]: null }));
}

async function anyOrder(trial: Trial): Promise<void> {
  const { bytes, fields } = handshakeRequest(trial.target);
  const [requestLine, ...lines] = fromLatin1(bytes).trimEnd().split("\r\n");
  for (let turn = 0; turn < lines.length; turn++) {
    const turned = [...lines.slice(turn), ...lines.slice(0, turn)];
    for (const order of [turned, turned.toReversed()]) {
      const text = `${[requestLine, ...order].join("\r\n")}\r\n\r\n`;
      if (!(await expectUpgrade(trial, { bytes: latin1(text), fields }))) return;
      trial.end(); // some servers take one connection at a time
    }
  }
}

export const REQUESTS: readonly CaseSketch[] = [
  ...accepted(IN_ANY_CASE),
  ...refused([["S02 a field without a colon", { "X-Before": "a\r\nnonsense" }]], {
    mayBeCut: true,
  }),
  ...refused([["S02 a space before a colon", { "X-Space ": "a" }]], { mayBeCut: true }, "SHOULD"),
  ...refused(METHODS, { mayBeOrdinary: true }),
  ...refused([["S03 get, in small letters", {}, "get % HTTP/1.1"]], { mayBeCut: true }),
  ...refused([["S04 HTTP/1.0", {}, "GET % HTTP/1.0"]], { mayBeOrdinary: true }),
  ...refused([["S04 HTTP/0.9", {}, "GET % HTTP/0.9"]], { mayBeOrdinary: true, mayBeCut: true }),
  ...refused([["S04 HTTP/2.0", {}, "GET % HTTP/2.0"]], { mayBeCut: true }, "SHOULD"),
  ...accepted([["S05 an absolute target", {}, "GET $% HTTP/1.1"]]),
  ...accepted([["S05 a target with a query", {}, "GET %?x=1&y=%20 HTTP/1.1"]], "CHOICE"),
  ...refused(
    [
      ["S05 a target of the scheme ws", {}, "GET ws://h/ HTTP/1.1"],
      ["S05 an asterisk for a target", {}, "GET * HTTP/1.1"],
      ["S05 a fragment in the target", {}, "GET %#x HTTP/1.1"],
    ],
    { mayBeCut: true },
    "SHOULD",
  ),
  ...refused([
    ["S06 no Host", { Host: null }],
    ["S06 two Hosts: RFC 9112 §3.2", { Host: ["a", "b"] }],
    ["S06 a Host with a space: RFC 9112 §3.2", { Host: "a b" }],
    ["S06 a Host with a path: RFC 9112 §3.2", { Host: "a/b?" }],
  ]),
  ...refused(
    [
      ["S07 no Upgrade", { Upgrade: null }],
      ["S07 Upgrade: h2c", { Upgrade: "h2c" }],
      ["S07 Upgrade: websocketx", { Upgrade: "websocketx" }],
      ["S07 Upgrade: xwebsocket", { Upgrade: "xwebsocket" }],
      ["S07 Upgrade: web socket", { Upgrade: "web socket" }],
    ],
    { mayBeOrdinary: true },
  ),
  ...accepted(
    [
      ["S07 Upgrade: websocket, h2c", { Upgrade: "websocket, h2c" }],
      ["S07 Upgrade: h2c, websocket", { Upgrade: "h2c, websocket" }],
    ],
    "CHOICE",
  ),
  ...accepted([
    ["S08 Connection: keep-alive, Upgrade", { Connection: "keep-alive, Upgrade" }],
    ["S08 Connection: keep-alive,Upgrade", { Connection: "keep-alive,Upgrade" }],
    ["S08 two lines of Connection", { Connection: ["keep-alive", "Upgrade"] }],
  ]),
  ...refused(
    [
      ["S08 no Connection", { Connection: null }],
      ["S08 Connection: keep-alive", { Connection: "keep-alive" }],
      ["S08 Connection: close", { Connection: "close" }],
      ["S08 Connection: xupgrade", { Connection: "xupgrade" }],
      ["S08 Connection: upgradex", { Connection: "keep-alive, upgradex" }],
    ],
    { mayBeOrdinary: true },
  ),
  ...refused(BAD_KEYS.map(([what, key]): Row => [`S09 ${what}`, { [KEY]: key }])),
  ...accepted(
    [["S09 a key with stray bits: erratum 3150", { [KEY]: "dGhlIHNhbXBsZSBub25jZR==" }]],
    "CHOICE",
  ),
  ...refused([["S10 the key in two lines", { [KEY]: [SAMPLE_KEY, SAMPLE_KEY] }]]),
  sketch("S11 no version", versionMissing),
  ...UNKNOWN_VERSIONS.map(versionRefused),
  ...refused([["S12 version 8, of a draft", { [VERSION]: "8" }]], {}, "CHOICE"),
  ...refused([
    ["S13 the version in two lines", { [VERSION]: ["13", "13"] }],
    ["S13 two lines of which one is known", { [VERSION]: ["8", "13"] }],
  ]),
  ...refused(
    MALFORMED_VERSIONS.map((version): Row => [
      `S14 version ${JSON.stringify(version)}`,
      { [VERSION]: version },
    ]),
  ),
  ...accepted([["S15 no Origin", { Origin: null }]], "SHOULD"),
  ...accepted([
    ["S21 fields that nobody knows", { "X-Foo": "bar", Cookie: "a=b; c=d", Via: "1.1 x" }],
    ["S21 an empty field", { "X-Empty": "" }],
  ]),
  ...accepted([["S21 bytes above 7f in a field", { "X-Bytes": "\x80\xa0\xff" }]], "SHOULD"),
  sketch("S22 the fields in any order", anyOrder),
];
