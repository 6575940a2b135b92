// An endpoint whose owner is full: no compressed message is inflated until it says go on. And which
// reserved bits compression takes: RFC 7692 §6.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Inflater } from "../../src/message/inflate.ts";
import { Endpoint } from "../../src/protocol/endpoint.ts";
import { flushed } from "../message/compressed.ts";
import { bytes, concat, utf8 } from "../support/bytes.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { SinkLog } from "./support.ts";

const test = suite("protocol/endpoint (stop)");

class FullSink extends SinkLog {
  full = true;

  isFull(): boolean {
    return this.full;
  }
}

function compressing(sink: SinkLog): Endpoint {
  const inflater = new Inflater({ windowBits: 15, contextTakeover: false });
  return new Endpoint(sink, "server", 1000, { inflater });
}

function compressed(text: string): Uint8Array {
  return frame("c1", flushed(utf8(text)), "01020304");
}

test("Endpoint stops behind a compressed message when its owner is full, until goOn()", () => {
  const sink = new FullSink();
  const endpoint = compressing(sink);
  assert.is(endpoint.stopped, false);
  endpoint.receive(concat(compressed("a"), compressed("b"), compressed("c")));
  assert.equal(sink.entries, ["text a"]);
  assert.is(endpoint.stopped, true);
  endpoint.goOn();
  assert.equal(sink.entries, ["text a", "text b"]);
  assert.is(endpoint.stopped, true);
  sink.full = false;
  endpoint.goOn();
  assert.equal(sink.entries, ["text a", "text b", "text c"]);
  assert.is(endpoint.stopped, false);
});

test("Endpoint reads on where its owner has room, or never says that it has none", () => {
  for (const sink of [Object.assign(new FullSink(), { full: false }), new SinkLog()]) {
    const endpoint = compressing(sink);
    assert.is(endpoint.isFull(), false);
    endpoint.receive(concat(compressed("a"), compressed("b")));
    assert.equal(sink.entries, ["text a", "text b"]);
    assert.is(endpoint.stopped, false);
  }
});

test("Endpoint.goOn() fails the connection where a rule is broken (§7.1.7)", () => {
  const sink = new FullSink();
  const endpoint = compressing(sink);
  endpoint.receive(concat(compressed("a"), bytes("83")));
  assert.equal(sink.entries, ["text a"]);
  endpoint.goOn();
  assert.equal(sink.entries.slice(1), [
    "input ended",
    "send Close 1002 Cannot accept frame: opcode is 0x3, which is reserved (§5.2)",
    "end TCP",
  ]);
  endpoint.goOn();
  assert.is(sink.entries.length, 4);
});

test("Endpoint is never full, nor stopped, behind a Close (§1.4)", () => {
  const sink = new FullSink();
  const endpoint = compressing(sink);
  assert.is(endpoint.isFull(), true);
  endpoint.receive(concat(compressed("a"), closeFrame(1000)));
  assert.is(endpoint.stopped, true);
  endpoint.goOn();
  assert.is(endpoint.isFull(), false);
  assert.is(endpoint.stopped, false);
});

test("Endpoint inflates nothing that its owner drops, nor what may refer to that", () => {
  let isDropping = true;
  const sink = Object.assign(new SinkLog(), { drops: () => isDropping });
  const endpoint = compressing(sink);
  endpoint.receive(concat(frame("c1", bytes("ffffffff")), frame("81", "plain")));
  assert.equal(sink.entries, ["text plain"]);
  assert.is(endpoint.drops(), true);
  isDropping = false;
  endpoint.receive(concat(compressed("a"), frame("82", "b")));
  assert.equal(sink.entries, ["text plain", "binary 62"]);
  assert.is(endpoint.drops(), false);
  endpoint.receive(closeFrame(1000));
  assert.is(endpoint.drops(), true);
  assert.is(compressing(new SinkLog()).drops(), false);
});

for (const [first, rsv, due] of [
  ["a1", "010", "000"],
  ["91", "001", "000"],
  ["d1", "101", "100"],
] as const) {
  test(`Endpoint gives compression RSV1 alone: it refuses RSV ${rsv} (RFC 7692 §6)`, () => {
    const sink = new SinkLog();
    compressing(sink).receive(frame(first));
    const reason = `Cannot accept frame: RSV bits are ${rsv}, must be ${due} (§5.2)`;
    assert.is(sink.entries[1], `send Close 1002 ${reason}`);
    const without = new SinkLog();
    new Endpoint(without, "server", 1000).receive(frame(first));
    const other = `Cannot accept frame: RSV bits are ${rsv}, must be 000 (§5.2)`;
    assert.is(without.entries[1], `send Close 1002 ${other}`);
  });
}

test.run();
