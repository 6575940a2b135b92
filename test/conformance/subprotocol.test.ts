// Subprotocols and extensions, as they are offered and chosen: §4.2.2, §9.1, §11.3.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { bytes } from "../support/bytes.ts";
import { handshake, SAMPLE_KEY } from "../support/handshake.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { hold, TestServer, upgradeWebSocket } from "../support/server.ts";
import { accepted, refused } from "./verdict.ts";

const test = suite("conformance/subprotocol");

const PROTOCOL = "Sec-WebSocket-Protocol";
const EXTENSIONS = "Sec-WebSocket-Extensions";

/** What the client offers, what the server speaks, and what is chosen. */
const CHOICES: readonly (readonly [
  what: string,
  offer: string | readonly string[],
  protocols: readonly string[],
  chosen: string | null,
])[] = [
  ["S16 the only one", "chat", ["chat"], "chat"],
  ["S16 the client's first choice", "a, b", ["b", "a"], "a"],
  ["S16 the client's second, which is our only one", "a, b", ["b"], "b"],
  ["S16 two lines are one list", ["a", "b"], ["b"], "b"],
  ["S16 two lines keep their order", ["b, x", "a"], ["a", "b"], "b"],
  ["S16 white space around the comma", "a \t,\t b", ["b"], "b"],
  ["S16 no white space", "a,b", ["b"], "b"],
  ["S16 names differ by case", "Chat, chat", ["chat"], "chat"],
  ["S17 empty items are ignored: RFC 9110 §5.6.1", ",a,,b,", ["b"], "b"],
  ["S17 any token will do", "!#$%&'*+-.^_`|~0Az", ["!#$%&'*+-.^_`|~0Az"], "!#$%&'*+-.^_`|~0Az"],
  ["S28 S29 none in common", "x", ["y"], null],
  ["S29 none that we speak", "x", [], null],
  ["S29 a name that every object has", "toString, __proto__, constructor", ["y"], null],
  ["S29 the beginning of ours", "cha", ["chat"], null],
];

for (const [what, offer, protocols, chosen] of CHOICES) {
  test(`${what}: ${chosen ?? "no header"}`, async () => {
    const head = await accepted(handshake({ [PROTOCOL]: offer }), { protocols });
    assert.equal(head.all(PROTOCOL), chosen === null ? [] : [chosen]);
  });
}

test("S29 none offered: no header", async () => {
  const head = await accepted(handshake(), { protocols: ["chat"] });
  assert.equal(head.all(PROTOCOL), []);
});

test("S16 the connection knows what was chosen", async () => {
  await using server = await TestServer.start({ run: hold, upgrade: { protocols: ["b"] } });
  await server.open({ [PROTOCOL]: "a, b" });
  assert.is(server.connection.protocol, "b");
  await server.open();
  assert.is(server.connection.protocol, "");
});

const BAD_OFFERS: readonly (readonly [what: string, offer: string | readonly string[]])[] = [
  ["a space inside", "a b"],
  ["the same twice", "a,a"],
  ["the same twice, in two lines", ["a", "b, a"]],
  ["quotes", '"a"'],
  ["a slash", "a/b"],
  ["a colon", "a:b"],
  ["a byte above 7f", "\xe9"],
  ["nothing", ""],
  ["a comma alone", ","],
  ["a parameter", "a;b=c"],
];

for (const [what, offer] of BAD_OFFERS) {
  test(`S17 a list with ${what}: 400`, async () => {
    await refused(handshake({ [PROTOCOL]: offer }), 400);
  });
}

test("S28 a protocol that was not offered is a TypeError, and not on the wire", async () => {
  await using server = await TestServer.start({ upgrade: { protocol: "chat" } });
  for (const offer of [null, "superchat", "Chat"]) {
    await using client = await server.connect();
    client.send(handshake({ [PROTOCOL]: offer }));
    const head = await client.readHead();
    assert.equal([head.status, head.get(PROTOCOL)], [500, null]);
    assert.instance(server.errors.pop(), TypeError);
  }
});

test("S28 a protocol that was offered is chosen", async () => {
  const head = await accepted(handshake({ [PROTOCOL]: "a, b" }), { protocol: "b" });
  assert.is(head.get(PROTOCOL), "b");
});

/** Names that no server can speak, for they would end the header: A08. */
for (const name of ["a\r\nSet-Cookie: x", "a b", ""]) {
  test(`S28 A08 our protocol ${JSON.stringify(name)} never gets onto the wire`, async () => {
    await using server = await TestServer.start({ upgrade: { protocols: [name] } });
    await using client = await server.connect();
    client.send(handshake({ [PROTOCOL]: "a" }));
    const head = await client.readHead();
    assert.equal([head.all(PROTOCOL), head.all("Set-Cookie")], [[], []]);
  });
}

/** Headers that the 101 has from the handshake only: §11.3, RFC 9110 §8.6. */
const OWN_HEADERS = [
  ["S30 Sec-WebSocket-Protocol", PROTOCOL, "mine"],
  ["S36 Sec-WebSocket-Accept", "sec-websocket-accept", "AAAA"],
  ["S31 Sec-WebSocket-Extensions", EXTENSIONS, "permessage-deflate"],
  ["U12 Content-Length", "Content-Length", "5"],
  ["U12 Transfer-Encoding", "Transfer-Encoding", "chunked"],
] as const;

for (const [what, name, value] of OWN_HEADERS) {
  test(`${what} among the headers of the application is refused`, async () => {
    const upgrade = { headers: { [name]: value }, protocols: ["a"] };
    await using server = await TestServer.start({ upgrade });
    await using client = await server.connect();
    client.send(handshake({ [PROTOCOL]: "a" }));
    const head = await client.readHead();
    assert.is(head.status, 500);
    assert.is(head.all(name).includes(value), false);
    assert.instance(server.errors[0], TypeError);
  });

  test(`${what} that the application puts into the response is refused`, async () => {
    const respond = (request: Request): Response => {
      const { response } = upgradeWebSocket(request, { protocols: ["a"] });
      response.headers.append(name, value);
      return response;
    };
    await using server = await TestServer.start({ respond });
    await using client = await server.connect();
    client.send(handshake({ [PROTOCOL]: "a" }));
    const head = await client.readHead();
    assert.is(head.status, 500);
    assert.is(head.all(name).includes(value), false);
  });
}

test("S30 the chosen protocol has one line, beside other headers", async () => {
  const upgrade = { protocols: ["a"], headers: { "Set-Cookie": "id=1", "X-Mine": "yes" } };
  const head = await accepted(handshake({ [PROTOCOL]: ["a", "b"] }), upgrade);
  assert.equal(head.all(PROTOCOL), ["a"]);
  assert.equal([head.get("Set-Cookie"), head.get("X-Mine")], ["id=1", "yes"]);
});

const OFFERS: readonly (readonly [what: string, offer: string | readonly string[] | null])[] = [
  ["no offer", null],
  ["an extension that nobody knows", "foo"],
  ["one with parameters", 'foo; bar; baz=1; qux="2"'],
  ["several", "foo, bar; x, foo; y=1"],
  ["S19 several in two lines", ["foo", "bar; x=1"]],
  ["compression, which was not asked for", "permessage-deflate; client_max_window_bits"],
  ["S20 a quoted value", 'permessage-deflate; client_max_window_bits="10"'],
  ["S20 a quoted value with an escape", 'foo; bar="1\\0"'],
  ["empty items", ", foo,, bar ,"],
  ["names that every object has", "__proto__; constructor=1, toString"],
];

for (const [what, offer] of OFFERS) {
  test(`S31 ${what}: no extension in the answer`, async () => {
    const head = await accepted(handshake({ [EXTENSIONS]: offer }));
    assert.equal(head.all(EXTENSIONS), []);
  });
}

test("B40 B60 an extension that was offered and not agreed on may not be used", async () => {
  await using server = await TestServer.start();
  await using client = await server.open({ [EXTENSIONS]: "permessage-deflate" });
  client.send(frame("c1", bytes("f248cdc9c90700"))); // RFC 7692 §7.2.3.1
  assert.equal(await client.transcript(1000), ["close 1002", "FIN"]);
});

test("S19 an extension header in two lines has the same answer as one list", async () => {
  await using server = await TestServer.start();
  const answers: string[] = [];
  for (const offer of ["foo, bar; a=1", ["foo", "bar; a=1"]]) {
    await using client = await server.connect();
    client.send(handshake({ [EXTENSIONS]: offer }), closeFrame(1000));
    answers.push(Buffer.from(await client.readToFin()).toString("latin1"));
  }
  assert.is(answers[0], answers[1]);
});

const BAD_EXTENSIONS: readonly (readonly [what: string, offer: string | readonly string[]])[] = [
  ["S18 no name", "=1"],
  ["S18 a parameter that is missing", "a;"],
  ["S18 a parameter that is empty", "a;;b"],
  ["S18 two names", "a b"],
  ["S18 a name in quotes", '"a"'],
  ["S18 a value that is missing", "a; b="],
  ["S18 a quote that is not closed", 'a; b="c'],
  ["S18 something behind a quote", 'a; b="c"d'],
  ["S18 a space in quotes", 'a; b="x y"'],
  ["S18 an empty quote", 'a; b=""'],
  ["S18 a slash", "a/b"],
  ["S18 a bad one behind a good one", "a; b=c, d;"],
  ["S18 a bad one in the second line", ["a", "=1"]],
  ["S20 a quoted value that is no token", 'permessage-deflate; client_max_window_bits="1 0"'],
  ["S20 an escape to a space", 'a; b="x\\ y"'],
];

for (const [what, offer] of BAD_EXTENSIONS) {
  test(`${what} in the extension header: 400`, async () => {
    await refused(handshake({ [EXTENSIONS]: offer }), 400);
  });
}

test("S18 A23 a header of 15,000 commas, spaces or quotes takes no time", async () => {
  for (const offer of [",", " ", '"', ";", "a,", 'a;b="', 'a;b="\\']) {
    await using server = await TestServer.start();
    await using client = await server.connect();
    const start = performance.now();
    client.send(handshake({ [EXTENSIONS]: offer.repeat(15_000 / offer.length), [PROTOCOL]: "a" }));
    assert.ok([101, 400].includes((await client.readHead()).status));
    assert.ok(performance.now() - start < 500, `${JSON.stringify(offer)} takes too long`);
  }
});

test("S10 the key is never read from another field", async () => {
  await refused(handshake({ "Sec-WebSocket-Key": null, "Sec-WebSocket-Key1": SAMPLE_KEY }), 400);
});

test.run();
