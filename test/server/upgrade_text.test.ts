// The option `text` of `upgradeWebSocket()` on a real connection.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { TextBytes } from "../../src/mod.ts";
import { bytes } from "../support/bytes.ts";
import { frame } from "../support/frame.ts";
import { TestServer } from "../support/server.ts";

const test = suite("server/upgrade_text");

test("text: texts are handed over as bytes, and sent as texts again", async () => {
  const types: unknown[] = [];
  await using server = await TestServer.start({
    upgrade: { text: "bytes" },
    run: (connection) =>
      connection.forEach((message) => {
        types.push(message.constructor);
        return connection.write(message);
      }),
  });
  await using client = await server.open();
  client.send(frame("81", "Grüße"), frame("82", bytes("00ff")));
  assert.equal([await client.readEvent(), await client.readEvent()], [
    "text Grüße",
    "binary 00ff",
  ]);
  assert.equal(types, [TextBytes, Uint8Array]);
});

test.run();
