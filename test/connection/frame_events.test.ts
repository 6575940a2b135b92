// Frames as observers see them: each header that passes, wherever TCP cut it.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { FramePassed } from "../../src/connection/diagnostics.ts";
import { everySplit } from "../../src/testing/every_split.ts";
import { bytes, concat } from "../support/bytes.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { Observed } from "../support/observed.ts";
import { Line, turn } from "./support.ts";

const test = suite("connection/frame_events");

/** An event in a line: opcode, FIN, RSV1, length. */
function lines({ events }: Observed<FramePassed>, line: Line): string[] {
  assert.ok(events.every(({ connection }) => connection === line.connection));
  return events.map(({ opcode, fin, rsv1, length }) => {
    return `${opcode}${fin ? " fin" : ""}${rsv1 ? " rsv1" : ""} ${length}`;
  });
}

test("sluice.frame.received has each frame once, at every cut of the stream", () => {
  const key = "37fa213d";
  const wire = concat(
    frame("01", "ab", key),
    frame("89", "", key),
    frame("80", new Uint8Array(126).fill(97), key),
    closeFrame(1000),
  );
  for (const chunks of everySplit(wire)) {
    using observed = new Observed<FramePassed>("sluice.frame.received");
    const line = new Line();
    for (const chunk of chunks) line.receive(chunk);
    assert.equal(lines(observed, line), ["1 2", "9 fin 0", "0 fin 126", "8 fin 2"]);
    assert.is(line.connection.tryRead(), `ab${"a".repeat(126)}`);
  }
});

/** What breaks a rule, and what is told of it. */
const BROKEN: readonly (readonly [what: string, wire: Uint8Array, told: readonly string[]])[] = [
  ["a frame that is not masked, before it is checked", bytes("8100"), ["1 fin 0"]],
  ["a compressed frame that nobody agreed on", frame("c1", "x"), ["1 fin rsv1 1"]],
  ["nothing behind a Close", concat(closeFrame(1000), frame("81", "x")), ["8 fin 2"]],
  ["nothing from a length that is not minimal", bytes("82fe000000000000"), []],
];

for (const [what, wire, told] of BROKEN) {
  test(`sluice.frame.received has ${what}`, () => {
    using observed = new Observed<FramePassed>("sluice.frame.received");
    const line = new Line();
    line.receive(wire);
    line.receive(frame("81", "later"));
    assert.equal(lines(observed, line), told);
  });
}

test("sluice.frame.sent has each frame once: short, long, control and Close", async () => {
  using observed = new Observed<FramePassed>("sluice.frame.sent");
  const line = new Line();
  for (const message of ["Hello", new Uint8Array(200_000), "é".repeat(60_000), ""]) {
    await line.connection.write(message);
  }
  await turn();
  void line.connection.ping();
  void line.connection.close(4001);
  await turn();
  const messages = ["1 fin 5", "2 fin 200000", "1 fin 120000", "1 fin 0"];
  assert.equal(lines(observed, line), [...messages, "9 fin 4", "8 fin 2"]);
});

test("sluice.frame.sent says which frames are compressed", async () => {
  using observed = new Observed<FramePassed>("sluice.frame.sent");
  const line = new Line({ compression: {} });
  await line.connection.write("a".repeat(2000));
  await line.connection.write("b");
  await turn();
  assert.match(lines(observed, line).join(), /^1 fin rsv1 \d+,1 fin 1$/);
});

test("a connection that opened while nobody listened is not told of", async () => {
  const line = new Line();
  using received = new Observed<FramePassed>("sluice.frame.received");
  using sent = new Observed<FramePassed>("sluice.frame.sent");
  line.receive(frame("81", "x"));
  await line.connection.write("y");
  await turn();
  assert.equal([received.events, sent.events], [[], []]);
});

test.run();
