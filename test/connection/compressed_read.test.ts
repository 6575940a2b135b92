// Compressed messages among others are read in the order in which they came, wherever TCP has cut
// them: short plain texts wait for the end of their chunk, and must not be overtaken.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Chance } from "../frame/support.ts";
import { flushed, jsonBytes, PeerStream } from "../message/compressed.ts";
import { bytes, concat, utf8 } from "../support/bytes.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { describe } from "../support/raw_client.ts";
import { Line, lineOf } from "./support.ts";

const test = suite("connection/compressed_read");

const TEXT = "abcdefghij".repeat(20);

test("what comes compressed and plain, many in a chunk, is read in its order", async () => {
  const chance = new Chance();
  for (const contextTakeover of [false, true]) {
    for (const chunkSize of [1, 40, 511, 512, 513, 2048, 5000, 16_384, 65_536]) {
      const line = new Line({ compression: { contextTakeover, windowBits: 15 } });
      const stream = new PeerStream("deflate", { windowBits: 15 });
      const expected: string[] = [];
      const frames: Uint8Array[] = [];
      for (let count = 0; count < (chunkSize < 40 ? 60 : 400); count++) {
        const size = chance.pick([0, 5, 20, 20, 100, 100, 600, 3000]);
        const content = jsonBytes(chance, size);
        const opcode = 1 + chance.below(2);
        const isCompressed = chance.below(3) === 0;
        expected.push(describe(opcode, content));
        let payload = content;
        if (isCompressed) payload = contextTakeover ? await stream.next(content) : flushed(content);
        const rsv = isCompressed ? 4 : 0;
        const half = chance.below(payload.length + 1);
        const key = chance.pick(["00000000", "37fa213d"]);
        if (chance.below(4) > 0) {
          frames.push(frame(`${(8 + rsv).toString(16)}${opcode}`, payload, key));
        } else {
          frames.push(frame(`${rsv}${opcode}`, payload.slice(0, half), key));
          if (chance.below(2) === 0) frames.push(frame("8a", "x"));
          frames.push(frame("80", payload.slice(half), key));
        }
      }
      frames.push(closeFrame(1000));
      const read = (async (): Promise<string[]> => {
        const found: string[] = [];
        for await (const message of line.connection) found.push(lineOf(message));
        return found;
      })();
      const wire = concat(...frames);
      for (let at = 0; at < wire.length; at += chunkSize) {
        line.receive(wire.subarray(at, at + chunkSize));
      }
      assert.equal(await read, expected, `seed ${chance.seed}, chunks of ${chunkSize}`);
      stream.close();
    }
  }
});

test("texts that wait for the end of their chunk are handed out before what breaks a rule", () => {
  for (const [first, payload] of [
    ["c1", bytes("ffffffff")],
    ["c1", flushed(bytes("ff"))],
    ["c9", bytes("")],
  ] as const) {
    const line = new Line({ compression: {} });
    const good = ["one", "two", "three"].map((text) => frame("81", text));
    line.receive(...good, frame("c1", flushed(utf8(TEXT))), frame(first, payload));
    const found = Array.from({ length: 5 }, () => line.connection.tryRead());
    assert.equal(found, ["one", "two", "three", TEXT, undefined]);
  }
});

test.run();
