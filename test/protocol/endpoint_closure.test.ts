// What there is to report when a connection has ended: §7.1.4 to §7.1.6. The code and reason are
// those of the first Close that was received; 1005 when it had none, 1006 when none came.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ProtocolError } from "../../src/frame/mod.ts";
import type { Closure } from "../../src/protocol/endpoint.ts";
import { bytes, concat } from "../support/bytes.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { play } from "./support.ts";
import type { Event } from "./support.ts";

const test = suite("protocol/endpoint (closure)");

const lost: Event = (endpoint) => endpoint.disconnected("remote");
const cut: Event = (endpoint) => endpoint.disconnected("local");
const close: Event = (endpoint) => endpoint.close(1001, "away");

/** What the transport says: the cause where nobody knows a better one. */
const RESET = new Error("ECONNRESET");

function report(events: readonly Event[]): Closure {
  return play(events)[1].closure(RESET);
}

const NONE = { code: 1005, reason: "" };
const BYE = { code: 4001, reason: "bye" };
const AWAY = { code: 1001, reason: "away" };

type Expected = Omit<Closure, "cause">;

const SCRIPTS: readonly (readonly [what: string, events: Event[], expected: Expected])[] = [
  [
    "B48 of a Close with code and reason",
    [closeFrame(4001, "bye"), lost],
    { ...BYE, wasClean: true, initiator: "remote", sent: BYE, received: BYE },
  ],
  [
    "B48 of a Close without a code",
    [frame("88"), lost],
    { ...NONE, wasClean: true, initiator: "remote", sent: NONE, received: NONE },
  ],
  [
    "B48 of no Close at all",
    [frame("81", "x"), lost],
    { code: 1006, reason: "", wasClean: false, initiator: "remote", sent: null, received: null },
  ],
  [
    "B48 of two: the first counts",
    [concat(closeFrame(4001, "bye"), closeFrame(1001, "away")), lost],
    { ...BYE, wasClean: true, initiator: "remote", sent: BYE, received: BYE },
  ],
  [
    "B48 of our Close, answered with another code: the peer's counts",
    [close, closeFrame(4001, "bye"), lost],
    { ...BYE, wasClean: true, initiator: "local", sent: AWAY, received: BYE },
  ],
  [
    "of our Close that was never answered",
    [close, lost],
    { code: 1006, reason: "", wasClean: false, initiator: "local", sent: AWAY, received: null },
  ],
  [
    "of a connection that we cut",
    [cut],
    { code: 1006, reason: "", wasClean: false, initiator: "local", sent: null, received: null },
  ],
  [
    "of a connection that has not ended",
    [],
    { code: 1006, reason: "", wasClean: false, initiator: "remote", sent: null, received: null },
  ],
  [
    "B30 of a Close with a violation behind it in the same chunk, which is ignored",
    [concat(closeFrame(4001, "bye"), bytes("83 00 ff")), lost],
    { ...BYE, wasClean: true, initiator: "remote", sent: BYE, received: BYE },
  ],
  [
    "of our Close, answered with a violation behind the answer, which is ignored",
    [close, concat(closeFrame(1001, "away"), bytes("83 00 ff")), lost],
    { ...AWAY, wasClean: true, initiator: "local", sent: AWAY, received: AWAY },
  ],
  [
    "of a Close with an error of the owner's behind it, which is too late",
    [closeFrame(4001, "bye"), (endpoint) => endpoint.fail(new Error("late")), lost],
    { ...BYE, wasClean: true, initiator: "remote", sent: BYE, received: BYE },
  ],
];

for (const [what, events, expected] of SCRIPTS) {
  test(`Endpoint.closure() reports the end ${what}`, () => {
    const { cause, ...found } = report(events);
    assert.equal(found, expected);
    assert.is(cause, expected.wasClean ? undefined : RESET);
  });
}

const RSV = "Cannot accept frame: RSV bits are 100, must be 000 (§5.2)";

test("Endpoint.closure() reports a violation as its cause, and 1006 since no Close came", () => {
  for (const events of [
    [frame("c1"), lost],
    [concat(frame("c1"), closeFrame(1000)), lost], // §7.1.7: not even a Close is processed
    [frame("c1"), closeFrame(1000), lost],
  ]) {
    const { cause, sent, ...rest } = report(events);
    const expected = { code: 1006, reason: "", wasClean: false, initiator: "remote" };
    assert.equal(rest, { ...expected, received: null });
    assert.equal(sent, { code: 1002, reason: RSV });
    assert.ok(cause instanceof ProtocolError && cause.message === RSV && cause.offset === 0);
  }
});

test("Endpoint.closure() reports a violation behind our own Close as its cause", () => {
  const closure = report([close, frame("c1"), closeFrame(1000), lost]);
  assert.equal([closure.code, closure.wasClean, closure.initiator], [1006, false, "local"]);
  assert.equal(closure.sent, AWAY);
  assert.ok(closure.cause instanceof ProtocolError);
});

test("Endpoint.closure() reports our own error as its cause, and that we began", () => {
  const error = new Error("handler");
  const closure = report([(endpoint) => endpoint.fail(error), lost]);
  assert.equal(closure.sent, { code: 1011, reason: "" });
  assert.equal([closure.code, closure.initiator], [1006, "local"]);
  assert.is(closure.cause, error);
});

test("Endpoint.closure() stays as it is once TCP has ended", () => {
  const [, endpoint] = play([lost]);
  const before = endpoint.closure(undefined);
  endpoint.receive(closeFrame(1000));
  endpoint.close(1000, "");
  endpoint.fail(new Error("late"));
  endpoint.disconnected("local");
  assert.equal(endpoint.closure(undefined), before);
});

test.run();
