// The opening handshake, line by line: §4.2.1, §4.2.2, RFC 9110 §7.8. What is refused is in
// `handshake_refusal`.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  acceptKey,
  fieldValues,
  isUpgrade,
  isWebSocketUpgrade,
  readHandshake,
} from "../../src/protocol/handshake.ts";
import { acceptFor, SAMPLE_ACCEPT, SAMPLE_KEY } from "../support/handshake.ts";
import { Chance, growth } from "../frame/support.ts";
import { head, VALID } from "./support.ts";

const test = suite("protocol/handshake");

test("readHandshake() reads the handshake of §1.2", () => {
  const request = head({
    Host: "server.example.com",
    Origin: "http://example.com",
    "Sec-WebSocket-Protocol": "chat, superchat",
  });
  assert.ok(isWebSocketUpgrade(request));
  assert.equal(readHandshake(request), {
    key: SAMPLE_KEY,
    protocols: ["chat", "superchat"],
    extensions: [],
    origin: "http://example.com",
    host: "server.example.com",
  });
});

test("S15 readHandshake() says null for no Origin", () => {
  assert.is(readHandshake(head({})).origin, null);
  assert.is(readHandshake(head({ Origin: "null" })).origin, "null");
});

const UPGRADES: readonly (readonly [what: string, fields: object, expected: boolean])[] = [
  ["S01 names in capitals", { Upgrade: null, UPGRADE: "WebSocket" }, true],
  ["S01 names in small letters", { Connection: null, connection: "UPGRADE" }, true],
  ["S07 no Upgrade", { Upgrade: null }, false],
  ["S07 an empty Upgrade", { Upgrade: "" }, false],
  ["S07 U01 h2c", { Upgrade: "h2c" }, false],
  ["S07 websocketx", { Upgrade: "websocketx" }, false],
  ["S07 xwebsocket", { Upgrade: "xwebsocket" }, false],
  ["S07 a version of websocket", { Upgrade: "websocket/13" }, false],
  ["S07 websocket, h2c", { Upgrade: "websocket, h2c" }, true],
  ["S07 h2c and websocket on two lines", { Upgrade: ["h2c", "websocket"] }, true],
  ["S08 keep-alive, Upgrade", { Connection: "keep-alive, Upgrade" }, true],
  ["S08 two lines", { Connection: ["keep-alive", "upgrade"] }, true],
  ["S08 white space around it", { Connection: "\tkeep-alive\t,\t Upgrade " }, true],
  ["S08 empty items", { Connection: ",,Upgrade,," }, true],
  ["S08 U05 no Connection", { Connection: null }, false],
  ["S08 close", { Connection: "close" }, false],
  ["S08 xupgrade", { Connection: "xupgrade" }, false],
  ["S08 a quoted upgrade", { Connection: '"upgrade"' }, false],
  ["S02 none of the other headers", { Host: null, "Sec-WebSocket-Key": null }, true],
];

for (const [what, fields, expected] of UPGRADES) {
  test(`isWebSocketUpgrade() says ${expected} to ${what}`, () => {
    assert.is(isWebSocketUpgrade(head({ ...fields })), expected);
  });
}

for (const [httpVersion, expected] of [
  ["0.9", false],
  ["1.0", false],
  ["1.1", true],
  ["2.0", false],
] as const) {
  test(`S04 U04 isWebSocketUpgrade() says ${expected} to HTTP/${httpVersion}`, () => {
    assert.is(isWebSocketUpgrade({ ...head({}), httpVersion }), expected);
  });
}

test("isUpgrade() wants an Upgrade, whatever it is to, and a Connection that names it", () => {
  assert.is(isUpgrade(head({ Upgrade: "h2c" })), true);
  assert.is(isUpgrade(head({ Upgrade: null })), false);
  assert.is(isUpgrade(head({ Connection: "close" })), false);
});

test("readHandshake() lists nothing where nothing was offered", () => {
  const { protocols, extensions } = readHandshake(head({}));
  assert.equal([protocols, extensions], [[], []]);
});

test("isWebSocketUpgrade() leaves the method to readHandshake(), which answers 405", () => {
  assert.is(isWebSocketUpgrade({ ...head({}), method: "POST" }), true);
});

const PROTOCOLS: readonly (readonly [fields: string | string[], expected: string[]])[] = [
  ["chat", ["chat"]],
  ["a,b", ["a", "b"]],
  ["a , b", ["a", "b"]],
  [["a", "b"], ["a", "b"]],
  [["b, c", "a"], ["b", "c", "a"]],
  ["a,,b", ["a", "b"]],
  ["a,A", ["a", "A"]],
  ["__proto__, toString, constructor", ["__proto__", "toString", "constructor"]],
];

for (const [fields, expected] of PROTOCOLS) {
  test(`S16 readHandshake() finds ${expected} in Sec-WebSocket-Protocol: ${fields}`, () => {
    const { protocols } = readHandshake(head({ "Sec-WebSocket-Protocol": fields }));
    assert.equal(protocols, expected);
  });
}

const DEFLATE = [{ name: "permessage-deflate", parameters: [["a", "10"]] }];
const BOTH = [{ name: "foo", parameters: [] }, ...DEFLATE];

const EXTENSIONS: readonly (readonly [fields: string | string[], expected: unknown])[] = [
  ["permessage-deflate; a=10", DEFLATE],
  ['permessage-deflate; a="10"', DEFLATE], // S20
  ["foo, permessage-deflate; a=10", BOTH],
  [["foo", "permessage-deflate; a=10"], BOTH], // S19
  [["foo,", ", permessage-deflate; a=10"], BOTH],
  ["", []],
];

for (const [fields, expected] of EXTENSIONS) {
  test(`S19 S20 readHandshake() reads Sec-WebSocket-Extensions: ${fields}`, () => {
    const { extensions } = readHandshake(head({ "Sec-WebSocket-Extensions": fields }));
    assert.equal(extensions, expected);
  });
}

test("S21 readHandshake() takes unknown headers, cookies and bytes above 0x7F", () => {
  const request = head({ "X-Foo": "bar", Cookie: "a=b", "X-Bytes": "\x80\xff", "X-Empty": "" });
  assert.is(readHandshake(request).key, SAMPLE_KEY);
});

test("S22 readHandshake() takes the headers in any order", () => {
  const chance = new Chance();
  const names = Object.keys(VALID);
  for (let round = 0; round < 200; round++) {
    const left = [...names];
    const rawHeaders: string[] = [];
    while (left.length > 0) {
      const [name] = left.splice(chance.below(left.length), 1);
      rawHeaders.push(name, VALID[name]);
    }
    const request = { method: "GET", httpVersion: "1.1", rawHeaders };
    assert.ok(isWebSocketUpgrade(request), `seed ${chance.seed}`);
    assert.is(readHandshake(request).key, SAMPLE_KEY, `seed ${chance.seed}`);
  }
});

test("S35 readHandshake() takes white space from around the key, and nothing else", () => {
  for (const key of [` ${SAMPLE_KEY}`, `${SAMPLE_KEY}\t`, `\t ${SAMPLE_KEY} \t`]) {
    assert.is(readHandshake(head({ "Sec-WebSocket-Key": key })).key, SAMPLE_KEY);
  }
});

test("readHandshake() takes a key with stray bits at its end, as erratum 3150 found them", () => {
  const key = "AQIDBAUGBwgJCgsMDQ4PEC==";
  assert.is(readHandshake(head({ "Sec-WebSocket-Key": key })).key, key);
});

test("U07 readHandshake() takes Content-Length: 0, which is no body", () => {
  assert.is(readHandshake(head({ "Content-Length": "0" })).key, SAMPLE_KEY);
});

test("S34 acceptKey() gives the answer of §1.3", () => {
  assert.is(acceptKey(SAMPLE_KEY), SAMPLE_ACCEPT);
});

test("S34 acceptKey() agrees with SHA-1 for 1,000 keys", () => {
  const chance = new Chance();
  for (let round = 0; round < 1000; round++) {
    const key = Buffer.from(chance.bytes(16)).toString("base64");
    assert.is(readHandshake(head({ "Sec-WebSocket-Key": key })).key, key, `seed ${chance.seed}`);
    assert.is(acceptKey(key), acceptFor(key), `${key}, seed ${chance.seed}`);
  }
});

test("fieldValues() gives every value of a header in its order, whatever the case", () => {
  const rawHeaders = ["A", " 1 ", "b", "2", "a", "3", "AA", "4", "a", "", "a"];
  const request = { httpVersion: "1.1", rawHeaders };
  assert.equal(fieldValues(request, "a"), ["1", "3", ""]);
  assert.equal(fieldValues(request, "c"), []);
});

const LISTS = ["Connection", "Upgrade", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions"];

for (const name of LISTS) {
  for (const mark of [",", " ", '"', ";", ", ", "a,"]) {
    test(`A23 64 KiB of ${JSON.stringify(mark)} in ${name} take linear time`, () => {
      const half = mark.repeat((32 * 1024) / mark.length);
      const times = growth(
        () => tryRead({ [name]: half }),
        () => tryRead({ [name]: half + half }),
      );
      assert.ok(times <= 3, `64 KiB take ${times} times as long as 32 KiB`);
    });
  }
}

function tryRead(fields: Readonly<Record<string, string>>): void {
  const request = head(fields);
  isWebSocketUpgrade(request);
  try {
    readHandshake(request);
  } catch (error) {
    assert.is((error as Error).name, "HandshakeError");
  }
}

test.run();
