// All input is validated: §10.7. Here nobody says which byte is wrong: whatever comes, the server
// answers in the protocol, or closes, and serves the others.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { concat } from "../support/bytes.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { handshake } from "../support/handshake.ts";
import { TestServer } from "../support/server.ts";

const test = suite("conformance/hostile_input");

/** Numbers below `bound` that look random and are the same in each run (mulberry32). */
function generator(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

const CONVERSATION = concat(
  frame("01", "κό", "37fa213d"),
  frame("89", "ping", "01020304"),
  frame("80", "σμε", "fffefdfc"),
  frame("82", new Uint8Array(130), "a0b0c0d0"),
  closeFrame(1000, "bye"),
);

/** Each line of a transcript that no protocol forbids: what follows is checked by the reader. */
const LINE = /^(text|binary|pong|close|FIN$)/;

test("B58 a byte that is changed in a conversation is answered in the protocol", async () => {
  const random = generator(1);
  await using server = await TestServer.start();
  for (let round = 0; round < 250; round++) {
    const wire = CONVERSATION.slice();
    const at = random(wire.length);
    wire[at] ^= 1 + random(255);
    await using client = await server.open();
    client.send(wire);
    client.end();
    const transcript = await client.transcript();
    const isLegal = transcript.every((line) => LINE.test(line)) && transcript.at(-1) === "FIN";
    assert.ok(isLegal, `byte ${at} is ${wire[at]}: ${transcript.join()}`);
  }
  assert.equal(server.errors, []);
});

test("B58 noise for frames is answered in the protocol", async () => {
  const random = generator(2);
  await using server = await TestServer.start();
  for (let round = 0; round < 250; round++) {
    const wire = Uint8Array.from({ length: 1 + random(200) }, () => random(256));
    await using client = await server.open();
    client.send(wire);
    client.end();
    const transcript = await client.transcript();
    const isLegal = transcript.every((line) => LINE.test(line)) && transcript.at(-1) === "FIN";
    assert.ok(isLegal, `round ${round}: ${transcript.join()}`);
  }
  assert.equal(server.errors, []);
});

test("B58 a byte that is changed in a handshake has a status, and no exception", async () => {
  const random = generator(3);
  await using server = await TestServer.start();
  for (let round = 0; round < 250; round++) {
    const wire = handshake({ Origin: "http://h", "Sec-WebSocket-Protocol": "a, b" });
    const at = random(wire.length);
    wire[at] ^= 1 + random(255);
    await using client = await server.connect();
    client.send(wire);
    client.end();
    const { status } = await client.readHead();
    const known = [101, 400, 403, 405, 426, 501, 505].includes(status);
    assert.ok(known, `byte ${at} is ${wire[at]}: ${status}`);
  }
  assert.equal(server.errors, []);
});

test("B58 after all of that the server serves", async () => {
  const random = generator(4);
  await using server = await TestServer.start();
  await using steady = await server.open();
  for (let round = 0; round < 200; round++) {
    const client = await server.open();
    client.send(Uint8Array.from({ length: 1 + random(50) }, () => random(256)));
    if (random(2) === 0) client.reset();
    else client.end();
  }
  steady.send(frame("81", "steady"), closeFrame(1000));
  assert.equal(await steady.transcript(), ["text steady", "close 1000", "FIN"]);
});

test.run();
