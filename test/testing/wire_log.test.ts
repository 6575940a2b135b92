// What went over the wire, as long as it is kept.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { hex } from "../support/bytes.ts";
import { withPair } from "./support.ts";

const test = suite("testing/wire_log");

test("WireLog.take() shows what came since, and the log says when it is not all kept", () =>
  withPair({ limits: { messageSizeMax: 2 ** 25 } }, async ({ client, server, wire, settled }) => {
    await server.write("a");
    await settled();
    assert.is(hex(wire.take("server")), "810161");
    await server.write("b");
    await settled();
    assert.is(hex(wire.take("server")), "810162");
    assert.is(hex(wire.take("server")), "");
    assert.is(hex(wire.sent("server")), "810161810162");
    void server.write(new Uint8Array(2 ** 24));
    await client.read();
    await client.read();
    await client.read();
    assert.is(wire.size("server"), 6 + 10 + 2 ** 24);
    assert.throws(() => wire.sent("server"), /Cannot show the wire: 16777232 bytes were sent/);
    assert.is(hex(wire.sent("client")), "");
  }));

test.run();
