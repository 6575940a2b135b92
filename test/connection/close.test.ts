// The closing handshake as the user sees it: close(), its promise, its order and its arguments.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConnectionClosedError } from "../../src/connection/error.ts";
import type { Message } from "../../src/message/message.ts";
import type { Closure } from "../../src/protocol/endpoint.ts";
import { thrown } from "../frame/support.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { rejects } from "../support/rejects.ts";
import { withTimeout } from "../support/with_timeout.ts";
import { binaryHex, closeHex, fullLine, isSettled, Line, short, textHex, turn } from "./support.ts";

const test = suite("connection/close");

/** Lets the peer answer our Close and end TCP, and waits for the closure. */
async function answer(line: Line, code = 1000): Promise<Closure> {
  line.receive(closeFrame(code));
  line.fin();
  line.disconnect();
  return withTimeout(line.connection.closed, "the end");
}

test("close() sends 1000, waits for the peer's Close, then ends TCP", async () => {
  const line = new Line();
  const closed = line.connection.close();
  await turn();
  assert.is(line.transport.sent, "880203e8");
  assert.is(line.transport.ends, 0);
  line.receive(closeFrame(1000));
  assert.is(line.transport.ends, 1);
  assert.is(await isSettled(closed), false); // not before TCP has ended
  line.fin();
  line.disconnect();
  assert.equal(await withTimeout(closed, "the end"), {
    code: 1000,
    reason: "",
    wasClean: true,
    initiator: "local",
    sent: { code: 1000, reason: "" },
    received: { code: 1000, reason: "" },
    cause: undefined,
  });
  assert.is(line.transport.destroys, 0);
  assert.is(line.transport.writesAfterEnd, 0);
});

test("close() sends its code and reason", async () => {
  const line = new Line();
  void line.connection.close(4999, "Tschüß");
  await turn();
  assert.is(line.transport.sent, closeHex(4999, "Tschüß"));
  const closure = await answer(line, 3000);
  assert.equal(closure.sent, { code: 4999, reason: "Tschüß" });
  assert.is(closure.code, 3000);
});

const CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1011, 1012, 1013, 1014, 3000, 4999];

for (const code of CODES) {
  test(`close() sends the code ${code} with a reason of 123 bytes`, async () => {
    const line = new Line();
    void line.connection.close(code, "ä".repeat(61) + "x");
    await turn();
    assert.is(line.transport.sent, closeHex(code, "ä".repeat(61) + "x"));
  });
}

/** What may not be on the wire: §7.4, §5.5. */
const REFUSED: readonly (readonly [code: number, reason: string])[] = [
  [0, ""],
  [999, ""],
  [1004, ""],
  [1005, ""],
  [1006, ""],
  [1010, ""],
  [1015, ""],
  [1016, ""],
  [2999, ""],
  [5000, ""],
  [65536 + 1000, ""],
  [1000.5, ""],
  [-1, ""],
  [Number.NaN, ""],
  [1000, "x".repeat(124)],
  [1000, "ä".repeat(62)],
];

for (const [code, reason] of REFUSED) {
  test(`close() throws RangeError for ${code} ${reason.slice(0, 3)} and does nothing`, async () => {
    const line = new Line();
    assert.throws(
      () => void line.connection.close(code, reason),
      (error: unknown) => error instanceof RangeError,
    );
    assert.is(line.connection.tryWrite("still open"), true);
    await turn();
    assert.is(line.transport.sent, textHex("still open"));
  });
}

const OPTIONS: readonly (readonly [options: unknown, message: RegExp])[] = [
  [null, /^TypeError: Cannot close: options are null, must be an object$/],
  [500, /^TypeError: Cannot close: options are 500, must be an object$/],
  [{ timeoutMs: 500 }, /^TypeError: Cannot close: found "timeoutMs", must be one of timeout$/],
  [{ timeout: 0 }, /^RangeError: Cannot close: timeout is 0, must be a number of ms above 0$/],
  [{ timeout: "5" }, /^RangeError: Cannot close: timeout is "5", must be a number of ms above 0$/],
];

for (const [options, message] of OPTIONS) {
  test(`close() throws for the options ${JSON.stringify(options)} and does nothing`, async () => {
    const line = new Line();
    const close = (): unknown => line.connection.close(1000, "", options as { timeout: number });
    assert.match(String(thrown(close)), message);
    await turn();
    assert.is(line.transport.sent, "");
    assert.is(line.connection.tryWrite("still open"), true);
  });
}

test("close() gives the same promise to all who call it; the first one counts", async () => {
  const line = new Line();
  const closed = [
    line.connection.close(3001, "first"),
    line.connection.close(3002, "second"),
    line.connection.close(),
  ];
  for (const promise of closed) assert.is(promise, line.connection.closed);
  await turn();
  assert.is(line.transport.sent, closeHex(3001, "first"));
  await answer(line, 3001);
  const closures = await withTimeout(Promise.all(closed), "the end");
  assert.is(closures[0], closures[2]);
  assert.is(line.connection.close(), line.connection.closed);
});

test("close() can be awaited from inside the message loop", async () => {
  const line = new Line();
  const seen: Message[] = [];
  const handler = (async () => {
    for await (const message of line.connection) {
      seen.push(message);
      await Promise.all([line.connection.close(), line.connection.close()]);
    }
  })();
  line.receive(frame("81", "a"), frame("81", "b"));
  await turn();
  assert.is(line.transport.sent, closeHex(1000));
  await answer(line);
  await withTimeout(handler, "the handler");
  assert.equal(seen, ["a", "b"]); // what arrived before is still read
});

test("close() sends what was queued before it, and refuses the calls that wait", async () => {
  const line = await fullLine({ outboxMessagesMax: 3 });
  const writes = ["a", "b", "c"].map((text) => line.connection.write(text));
  const waiting = rejects(line.connection.write("d"));
  void line.connection.close();
  await Promise.all(writes);
  assert.instance(await waiting, ConnectionClosedError);
  line.transport.drain();
  await turn();
  assert.is(line.transport.sent, ["a", "b", "c"].map(textHex).join("") + closeHex(1000));
});

test("close() on a full socket sends all that was queued first, when it has drained", async () => {
  const line = new Line();
  line.transport.full = true;
  await line.connection.write("a");
  await turn();
  await line.connection.write("b");
  void line.connection.close();
  await turn();
  assert.is(line.transport.sent, textHex("a"));
  line.receive(closeFrame(1000)); // the peer closes meanwhile
  assert.is(line.transport.ends, 0);
  line.transport.drain();
  assert.is(line.transport.sent, textHex("a") + textHex("b") + closeHex(1000));
  assert.is(line.transport.ends, 1);
});

test("close() on a socket that fills up puts no Close and no FIN in between", async () => {
  const line = new Line({ limits: { outboxSizeMax: 1_000_000 } });
  const large = new Uint8Array(100_000).fill(1);
  for (const message of [large, "a", large, "b"]) void line.connection.write(message);
  void line.connection.close();
  line.transport.full = true;
  await turn();
  line.receive(closeFrame(1000));
  for (let drains = 0; line.transport.ends === 0; drains++) {
    assert.ok(drains < 20);
    line.lifecycle.drained(); // and full again with the next write
  }
  const expected = [binaryHex(large), textHex("a"), binaryHex(large), textHex("b")].join("");
  assert.is(short(line.transport.sent), short(expected + closeHex(1000)));
  assert.is(line.transport.writesAfterEnd, 0);
});

test("close() before open() sends the Close when there is a socket", async () => {
  const line = new Line({ isOpen: false });
  void line.connection.write("a");
  void line.connection.close(4000);
  await turn();
  line.open();
  await turn();
  assert.is(line.transport.sent, textHex("a") + closeHex(4000));
  assert.is((await answer(line)).wasClean, true);
});

test("close() behind the peer's Close sends no second one and keeps its code", async () => {
  const line = new Line();
  line.receive(closeFrame(1001, "bye"));
  const closed = line.connection.close(4000, "mine");
  await turn();
  assert.is(line.transport.sent, closeHex(1001, "bye"));
  line.disconnect();
  const closure = await withTimeout(closed, "the end");
  assert.is(closure.initiator, "remote");
  assert.equal(closure.sent, { code: 1001, reason: "bye" });
});

test("await using closes with 1000, and waits for the end", async () => {
  const line = new Line();
  let ended = false;
  const block = (async () => {
    {
      await using connection = line.connection;
      await connection.write("a");
    }
    ended = true;
  })();
  await turn();
  assert.is(line.transport.sent, textHex("a") + closeHex(1000));
  assert.is(ended, false);
  await answer(line);
  await withTimeout(block, "the end of the block");
  assert.is(ended, true);
});

test.run();
