// What the options of `upgradeWebSocket()` decide of a handshake, and those that mean nothing.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { UpgradeOptions } from "../../src/mod.ts";
import { handshake } from "../support/handshake.ts";
import type { Fields } from "../support/handshake.ts";
import { eventLoopTurn } from "../support/raw_client.ts";
import type { ResponseHead } from "../support/response_head.ts";
import { TestServer, upgradeWebSocket } from "../support/server.ts";
import { watchUncaught } from "../support/uncaught.ts";

const test = suite("server/upgrade_options");
const escaped = watchUncaught(test);

/** The head that answers a handshake, and what the handlers threw. */
async function answered(
  upgrade: UpgradeOptions,
  fields: Fields = {},
): Promise<{ head: ResponseHead; errors: readonly unknown[] }> {
  await using server = await TestServer.start({ upgrade });
  await using client = await server.connect();
  client.send(handshake(fields));
  return { head: await client.readHead(), errors: server.errors };
}

const ORIGIN = "https://example.com";

const ORIGINS: readonly (readonly [
  what: string,
  policy: UpgradeOptions["origin"],
  origin: string | null,
  status: number,
])[] = [
  ["a string lets its own in", ORIGIN, ORIGIN, 101],
  ["a string keeps others out", ORIGIN, "https://example.com.evil", 403],
  ["a string lets in who has none", ORIGIN, null, 101],
  ["a list lets its members in", ["http://a", ORIGIN], ORIGIN, 101],
  ["a list keeps others out", ["http://a", "http://b"], ORIGIN, 403],
  ["an empty list keeps all out", [], ORIGIN, 403],
  ['"*" lets all in', "*", ORIGIN, 101],
  ['"*" lets the opaque origin in', "*", "null", 101],
  ["by default the opaque origin is out", undefined, "null", 403],
  ["by default the same host is in", undefined, "http://h", 101],
  ["a function says yes", (origin) => origin === ORIGIN, ORIGIN, 101],
  ["a function says no", (origin) => origin !== ORIGIN, ORIGIN, 403],
  ["a function is asked about null", (origin) => origin !== null, null, 403],
];

for (const [what, policy, origin, status] of ORIGINS) {
  test(`origin: ${what}`, async () => {
    const upgrade = policy === undefined ? {} : { origin: policy };
    const { head, errors } = await answered(upgrade, { Origin: origin });
    assert.is(head.status, status);
    assert.equal(errors, []);
  });
}

test("origin: what the function throws is an error of the handler: 500", async () => {
  const thrown = new Error("No database");
  const origin = (): never => {
    throw thrown;
  };
  const { head, errors } = await answered({ origin });
  assert.is(head.status, 500);
  assert.is(errors[0], thrown);
});

/** What a function for `origin` may not give, though the types of plain JavaScript let it. */
const NO_VERDICTS: readonly (readonly [origin: () => unknown, found: string])[] = [
  [async () => false, "Promise"],
  [() => Promise.reject(new Error("No database")), "Promise"],
  [() => undefined, "undefined"],
  [() => 1, "1"],
  [() => "yes", '"yes"'],
];

for (const [origin, found] of NO_VERDICTS) {
  test(`origin: ${origin} lets nobody in: TypeError to onError, 500, no rejection`, async () => {
    escaped.length = 0;
    const { head, errors } = await answered({ origin: origin as never }, { Origin: "http://evil" });
    assert.is(head.status, 500);
    const text = `TypeError: Cannot upgrade: origin gave ${found}, must be true or false`;
    assert.equal(errors.map(String), [text]);
    await eventLoopTurn();
    assert.equal(escaped, []);
  });
}

const PROTOCOLS: readonly (readonly [UpgradeOptions, string, string | null])[] = [
  [{ protocols: ["b", "a"] }, "a, b", "a"],
  [{ protocols: ["c"] }, "a, b", null],
  [{}, "a, b", null],
  [{ protocol: "b", protocols: ["a"] }, "a, b", "b"],
];

for (const [options, offered, chosen] of PROTOCOLS) {
  test(`${JSON.stringify(options)} of the offer "${offered}" chooses ${chosen}`, async () => {
    const { head } = await answered(options, { "Sec-WebSocket-Protocol": offered });
    assert.equal([head.status, head.get("Sec-WebSocket-Protocol")], [101, chosen]);
  });
}

/** Options that a handler may not give, and what it gets thrown. */
const MISUSES: readonly (readonly [options: object, error: RegExp])[] = [
  [{ protocol: "x" }, /^TypeError: .*"x", must be one that the client offered \(none\)$/],
  [{ protocols: ["a b"] }, /^TypeError: .* protocols is "a b", must be an array of tokens$/],
  [{ protocols: "chat" as never }, /^TypeError: .* protocols is "chat", must be an array of/],
  [{ protocols: [5] as never }, /^TypeError: .* protocols is 5, must be an array of tokens$/],
  [{ protocol: null as never }, /^TypeError: .* protocol is null, must be one that the client/],
  [{ prot: "chat" }, /^TypeError: Cannot upgrade: found "prot", must be one of protocols, /],
  [{ limitz: undefined }, /^TypeError: Cannot upgrade: found "limitz", must be one of protocols,/],
  [{ limits: null as never }, /^TypeError: Cannot set limit: options are null, must be an object$/],
  [{ limits: 5 as never }, /^TypeError: Cannot set limit: options are 5, must be an object$/],
  [{ keepalive: null }, /^TypeError: Cannot keep alive: options are null, must be an object$/],
  [{ keepalive: true }, /^TypeError: Cannot keep alive: options are true, must be an object$/],
  [{ keepalive: { intervall: 5 } }, /^TypeError: .* "intervall", must be one of interval, timeo/],
  [{ keepalive: { interval: "20" } }, /^RangeError: .* interval is "20", must be a number/],
  [{ origin: 5 as never }, /^TypeError: .* origin is 5, must be origins or a function$/],
  [{ origin: [5] as never }, /^TypeError: .* origin is Array, must be origins or a function$/],
  [{ idleTimeout: -1 }, /^RangeError: .* idleTimeout is -1, must be seconds, or 0$/],
  [{ idleTimeout: "1" as never }, /^RangeError: .* idleTimeout is "1", must be seconds, or 0$/],
  [{ onError: "log" as never }, /^TypeError: .* onError is "log", must be a function$/],
  [{ headers: { Upgrade: "x" } }, /^TypeError: .*header upgrade is set by the handshake itself/],
  [{ headers: { "X-Bad": "a\nb" } }, /^TypeError/],
  [{ limits: { messageSizeMax: 0 } }, /^RangeError: .*messageSizeMax is 0/],
  [{ limits: { messageSizeMax: 2 ** 30 } }, /^RangeError: .*must be <= 536870888$/],
  [{ limits: { messageMax: 1 } }, /^TypeError: .*"messageMax"/],
  [{ keepalive: { interval: -1 } }, /^RangeError: .*interval/],
  [{ keepalive: { timeout: NaN } }, /^RangeError: .*timeout/],
  [{ text: "utf8" as never }, /^TypeError: .* text is "utf8", must be "string" or "bytes"$/],
];

for (const [options, error] of MISUSES) {
  test(`${JSON.stringify(options)}: ${error.source.slice(1, 11)} to onError, and 500`, async () => {
    const { head, errors } = await answered(options);
    assert.is(head.status, 500);
    assert.is(errors.length, 1);
    assert.match(String(errors[0]), error);
  });
}

/** What is neither options nor a handler. */
const CALLS: readonly (readonly [what: string, args: readonly unknown[], error: RegExp])[] = [
  ["options of null", [null], /^TypeError: Cannot upgrade: options are null, must be an object$/],
  ["options of 5", [5], /^TypeError: Cannot upgrade: options are 5, must be an object$/],
  ["options of []", [[]], /^TypeError: Cannot upgrade: options are Array, must be an object$/],
  ["a handler of 5", [{}, 5], /^TypeError: Cannot upgrade: handler is 5, must be a function$/],
  ["a handler of {}", [{}, {}], /^TypeError: Cannot upgrade: handler is Object, must be a func/],
  ["a promise", [{}, Promise.resolve()], /^TypeError: Cannot upgrade: handler is Promise, must/],
];

for (const [what, args, error] of CALLS) {
  test(`upgradeWebSocket() with ${what} throws: 500 and no connection`, async () => {
    const upgrade = upgradeWebSocket as (...rest: unknown[]) => { response: Response };
    await using server = await TestServer.start({
      respond: (request) => upgrade(request, ...args).response,
    });
    await using client = await server.connect();
    client.send(handshake());
    assert.is((await client.readHead()).status, 500);
    assert.is(server.errors.length, 1);
    assert.match(String(server.errors[0]), error);
  });
}

test("{ keepalive: { timeout: 20n } } is refused before the 101", async () => {
  const { head, errors } = await answered({ keepalive: { timeout: 20n as never } });
  assert.is(head.status, 500);
  const text = "RangeError: Cannot keep alive: timeout is 20, must be a number above 0";
  assert.equal(errors.map(String), [text]);
});

test.run();
