// One end of a connection, without a socket: what comes in, what the sink is asked for, and what
// there is to report. §5.5.1, §6.2, §7.1.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ProtocolError } from "../../src/frame/mod.ts";
import type { Message } from "../../src/message/message.ts";
import { Endpoint } from "../../src/protocol/endpoint.ts";
import { bytes, concat, hex, utf8 } from "../support/bytes.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { Chance, thrownAs } from "../frame/support.ts";
import { play, SinkLog } from "./support.ts";
import type { Event } from "./support.ts";

const test = suite("protocol/endpoint");

const close =
  (code: number, reason = ""): Event =>
  (endpoint) =>
    endpoint.close(code, reason);

const RESET = new Error("ECONNRESET");
const ANSWERED_1000 = ["input ended", "send Close 1000", "end TCP"];
const RSV_REASON = "Cannot accept frame: RSV bits are 100, must be 000 (§5.2)";

const SCRIPTS: readonly (readonly [what: string, events: Event[], log: string[]])[] = [
  ["reads a text", [frame("81", "Hello", "37fa213d")], ["text Hello"]],
  ["reads bytes", [frame("82", bytes("00ff"))], ["binary 00ff"]],
  ["hands over pings and pongs", [frame("89", "a"), frame("8a", "b")], ["ping 61", "pong 62"]],
  ["B25 answers a Close with its code", [closeFrame(1000)], ANSWERED_1000],
  [
    "B25 answers a Close with its code and its reason",
    [closeFrame(4001, "x")],
    ["input ended", "send Close 4001 x", "end TCP"],
  ],
  ["B25 answers no code with no code", [frame("88")], ["input ended", "send Close", "end TCP"]],
  ["B30 ignores a second Close", [closeFrame(1000), closeFrame(1001)], ANSWERED_1000],
  [
    "B30 ignores a second Close in the same chunk",
    [concat(closeFrame(1000), closeFrame(1001))],
    ANSWERED_1000,
  ],
  [
    "B30 ignores what follows a Close",
    [closeFrame(1000), frame("81", "x"), frame("89"), frame("8a")],
    ANSWERED_1000,
  ],
  [
    "B30 ignores what follows a Close in the same chunk",
    [concat(closeFrame(1000), frame("81", "x"), frame("89"), frame("8a"))],
    ANSWERED_1000,
  ],
  [
    "B30 ignores a violation behind a Close",
    [concat(closeFrame(1000), bytes("83"))],
    ANSWERED_1000,
  ],
  [
    "reads what comes before a Close",
    [concat(frame("81", "a"), frame("89"), closeFrame(1000))],
    ["text a", "ping ", ...ANSWERED_1000],
  ],
  [
    "B30 drops a message that a Close interrupts",
    [frame("01", "a"), closeFrame(1000), frame("80", "b")],
    ANSWERED_1000,
  ],
  [
    "B49 fails at a violation, with its code and its reason",
    [frame("c1", "x")],
    ["input ended", `send Close 1002 ${RSV_REASON}`, "end TCP"],
  ],
  [
    "B50 delivers nothing behind a violation, not even in the same chunk",
    [concat(frame("81", "a"), frame("c1", "x"), frame("81", "b"), frame("89"), closeFrame(1000))],
    ["text a", "input ended", `send Close 1002 ${RSV_REASON}`, "end TCP"],
  ],
  [
    "B50 delivers nothing in later chunks either",
    [frame("c1"), frame("81", "b"), frame("89"), closeFrame(1000), frame("c1")],
    ["input ended", `send Close 1002 ${RSV_REASON}`, "end TCP"],
  ],
  [
    "B37 fails at a bad byte of text with 1007",
    [frame("81", bytes("61 ff"))],
    [
      "input ended",
      "send Close 1007 Cannot accept text: a byte is not valid UTF-8 (§8.1)",
      "end TCP",
    ],
  ],
  [
    "B56 fails at a large message with 1009",
    [frame("82", new Uint8Array(1001)).slice(0, 8)],
    [
      "input ended",
      "send Close 1009 Cannot accept message: size is 1001, must be <= 1000 (§10.4)",
      "end TCP",
    ],
  ],
  [
    "B52 fails at a Close that may not travel with 1002",
    [closeFrame(1005)],
    [
      "input ended",
      "send Close 1002 Cannot accept Close: code is 1005, must be a defined one (§7.4)",
      "end TCP",
    ],
  ],
  ["B47 sends its own Close, and still reads", [close(4001, "bye")], ["send Close 4001 bye"]],
  ["B47 sends a Close without a code", [close(1005)], ["send Close"]],
  ["sends one Close for two calls", [close(1000), close(1001)], ["send Close 1000"]],
  [
    "B46 ends TCP when its own Close is answered",
    [close(1000), frame("81", "late"), frame("89"), closeFrame(1000), frame("81", "x")],
    ["send Close 1000", "text late", "ping ", "input ended", "end TCP"],
  ],
  [
    "B29 sends no second Close when both sides close at once",
    [close(1001), closeFrame(4000)],
    ["send Close 1001", "input ended", "end TCP"],
  ],
  [
    "ends TCP at a violation behind its own Close, and sends none",
    [close(1000), frame("c1"), closeFrame(1000)],
    ["send Close 1000", "input ended", "end TCP"],
  ],
  ["sends nothing when it closes behind the peer", [closeFrame(1000), close(1001)], ANSWERED_1000],
  [
    "says 1011 for what is no fault of the peer's, and nothing of what it was",
    [(endpoint) => endpoint.fail(new Error("secret"))],
    ["input ended", "send Close 1011", "end TCP"],
  ],
  ["does nothing when TCP ends but say so", [(it) => it.disconnected("remote")], ["input ended"]],
  [
    "does nothing behind the end of TCP",
    [(it) => it.disconnected("remote"), frame("81", "x"), close(1000), (it) => it.fail(RESET)],
    ["input ended"],
  ],
];

for (const [what, events, log] of SCRIPTS) {
  test(`Endpoint ${what}`, () => {
    assert.equal(play(events)[0], log);
    const singles = events.flatMap((event): Event[] =>
      typeof event === "function" ? [event] : [...event].map((byte) => Uint8Array.of(byte)),
    );
    assert.equal(play(singles)[0], log, "byte by byte");
  });
}

test("Endpoint in the role of a client reads unmasked frames, and refuses masked ones", () => {
  assert.equal(play([bytes("81 05 48656c6c6f")], "client")[0], ["text Hello"]);
  const [log] = play([frame("81", "x")], "client");
  assert.is(log[1], "send Close 1002 Cannot accept frame: server masked it (§5.1)");
});

test("Endpoint.state goes from open by closing and ending to closed", () => {
  const [, endpoint] = play([]);
  const states = [endpoint.state];
  const acts = [close(1000), closeFrame(1000), (it: Endpoint) => it.disconnected("local")];
  for (const act of acts) {
    if (typeof act === "function") act(endpoint);
    else endpoint.receive(act);
    states.push(endpoint.state);
  }
  assert.equal(states, ["open", "closing", "ending", "closed"]);
});

test("Endpoint.close() throws for what may not travel, and changes nothing", () => {
  for (const [code, reason] of [
    [999, ""],
    [1006, ""],
    [1005, "x"],
    [1000, "x".repeat(124)],
  ] as const) {
    const [log, endpoint] = play([]);
    thrownAs(RangeError, () => endpoint.close(code, reason));
    assert.is(endpoint.state, "open");
    endpoint.close(1000, "");
    assert.equal(log, ["send Close 1000"]);
  }
});

test("Endpoint unmasks in place, and hands over memory of the message's own", () => {
  const messages: Message[] = [];
  const sink = new SinkLog();
  sink.message = (message) => messages.push(message);
  const chunk = frame("82", "abc", "37fa213d");
  new Endpoint(sink, "server", 1000).receive(chunk);
  chunk.fill(0);
  assert.is(hex(messages[0] as Uint8Array), "616263");
});

test("Endpoint never throws, delivers nothing behind the end and sends one Close", () => {
  const chance = new Chance();
  const parts = [frame("81", "a"), frame("01", "b"), frame("80"), frame("89"), closeFrame(1000)];
  parts.push(closeFrame(999), frame("c1"), bytes("83"), utf8("GET / HTTP/1.1"), frame("88"));
  for (let round = 0; round < 3000; round++) {
    const stream = concat(...Array.from({ length: 6 }, () => chance.pick(parts)));
    if (chance.below(2) === 0) stream[chance.below(stream.length)] ^= 1 << chance.below(8);
    const [log, endpoint] = play(chance.cut(stream, 1 + chance.below(30)));
    const end = log.indexOf("input ended");
    const what = `${hex(stream)}, seed ${chance.seed}`;
    if (end === -1) assert.is(endpoint.state, "open", what);
    else assert.match(log.slice(end).join("|"), /^input ended\|send Close[^|]*\|end TCP$/, what);
  }
});

test("Endpoint turns a bug of its owner's sink into 1011, and is finished", () => {
  const sink = new SinkLog();
  sink.message = () => {
    throw new TypeError("oops");
  };
  const endpoint = new Endpoint(sink, "server", 1000);
  endpoint.receive(concat(frame("81", "a"), frame("89")));
  assert.equal(sink.entries, ["input ended", "send Close 1011", "end TCP"]);
  assert.ok(endpoint.closure(undefined).cause instanceof TypeError);
  assert.not.ok(endpoint.closure(undefined).cause instanceof ProtocolError);
});

test.run();
