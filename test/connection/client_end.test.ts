// The client's end of a connection: it refuses what is masked (§5.1), and ends TCP behind the
// server (§7.1.1).

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Closure } from "../../src/protocol/endpoint.ts";
import { bytes } from "../support/bytes.ts";
import { frame } from "../support/frame.ts";
import { withTimeout } from "../support/with_timeout.ts";
import { closeHex, Line, turn } from "./support.ts";
import type { LineOptions } from "./support.ts";

const test = suite("connection/client_end");

function clientLine(options: LineOptions = {}): Line {
  return new Line({ role: "client", ...options });
}

function end(line: Line): Promise<Closure> {
  line.disconnect();
  return withTimeout(line.connection.closed, "the end");
}

test("A client reads what is not masked", async () => {
  const line = clientLine();
  line.receive(bytes("81 05 48656c6c6f"));
  assert.is(await line.connection.read(), "Hello");
});

test("A client fails the connection with 1002 when a frame is masked: §5.1", async () => {
  const line = clientLine();
  line.receive(frame("81", "Hello"));
  await turn();
  assert.match(line.transport.sent, /^88..03ea/);
  assert.is(line.transport.ends, 0); // the server ends TCP, or the time-out does
  line.clock.advanceSync(10_000);
  assert.is(line.transport.destroys, 1);
});

test("A client that closes waits for the server's FIN behind its Close: §7.1.1", async () => {
  const line = clientLine();
  void line.connection.close(1000);
  await turn();
  assert.is(line.transport.sent, closeHex(1000));
  line.receive(bytes("88 02 03e8"));
  await turn();
  assert.is(line.transport.ends, 0);
  line.fin();
  assert.is(line.transport.ends, 1);
  const closure = await end(line);
  assert.is(closure.wasClean, true);
  assert.is(closure.initiator, "local");
  assert.is(line.transport.sent, closeHex(1000));
  assert.is(line.clock.pending, 0);
});

test("A client answers the server's Close, and waits for its FIN: §5.5.1, §7.1.1", async () => {
  const line = clientLine();
  line.receive(bytes("88 02 0fa0"));
  await turn();
  await turn();
  assert.is(line.transport.sent, closeHex(4000));
  assert.is(line.transport.ends, 0);
  line.fin();
  assert.is(line.transport.ends, 1);
  const closure = await end(line);
  assert.is(closure.wasClean, true);
  assert.is(closure.code, 4000);
  assert.is(closure.initiator, "remote");
});

test("A client sends one Close, one FIN when the server's FIN overtakes its answer", async () => {
  const line = clientLine();
  line.receive(bytes("88 00"));
  line.fin();
  await turn();
  await turn();
  assert.is(line.transport.sent, "8800");
  assert.is(line.transport.ends, 1);
  assert.is(line.transport.writesAfterEnd, 0);
});

test("A client cuts TCP when the server has not within 10 s: §7.1.1", async () => {
  const line = clientLine();
  line.receive(bytes("88 02 03e8"));
  await turn();
  await turn();
  line.clock.advanceSync(9_999);
  assert.is(line.transport.destroys, 0);
  line.clock.advanceSync(1);
  assert.is(line.transport.destroys, 1);
  assert.is((await end(line)).wasClean, true); // §7.1.4: both have sent a Close
});

test("A client answers FIN without a Close with FIN: 1006", async () => {
  const line = clientLine();
  line.fin();
  assert.is(line.transport.ends, 1);
  assert.is((await end(line)).code, 1006);
});

test.run();
