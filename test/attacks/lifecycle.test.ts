// Attacks on the life of a connection: slow and silent clients, resets, handlers that fail, crowds.
// A58 to A76, and A81, which is on our client. Each leaves nothing behind.
//
// Not here, because what they attack does not exist: topics (A69, A70), a comparison of secrets
// (A74), HTTP/2 (A77 to A80).

import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { utf8 } from "../support/bytes.ts";
import { closeFrame, frame } from "../support/frame.ts";
import type { RawClient } from "../support/raw_client.ts";
import { flushed } from "../message/compressed.ts";
import { each, framesTo, growsBy, OFFERED, testAttacks } from "./attack.ts";
import type { Act, Attack } from "./attack.ts";
import type { AttackedServer } from "./attacked_server.ts";
import { KIB, MIB, unread } from "./floods.ts";

const test = suite("attacks/lifecycle");

/** Waits until the server has seen all of `lines`. */
async function seen(server: AttackedServer, ...lines: readonly string[]): Promise<void> {
  const due = [...lines];
  const found: string[] = [];
  const end = performance.now() + 5000;
  while (due.length > 0) {
    const news = await server.sees();
    found.push(...news);
    for (const line of news) if (due.includes(line)) due.splice(due.indexOf(line), 1);
    if (performance.now() > end) throw new Error(`Expected ${due.join()}, found ${found.join()}`);
  }
}

/** Who does not read is sent what the kernel takes, and then nothing more is made. */
const neverReads: Act = async (server) => {
  const clients: RawClient[] = [];
  await growsBy(server, 2 * MIB, async () => {
    for (let count = 0; count < 4; count++) {
      const client = await server.open("/push");
      client.pause();
      clients.push(client);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  });
  await seen(server, ...clients.map(() => "closed 1006 remote"));
};

/** Ends TCP without a Close, in the middle of things. */
const halfCloses: Act = async (server) => {
  for (const wire of [frame("81", "a"), frame("01", "a"), frame("82", "abc").subarray(0, 7)]) {
    const client = await server.open();
    client.send(wire);
    client.end();
    const transcript = await client.transcript(1000);
    assert.is(transcript.at(-1), "FIN");
  }
  await seen(server, ...new Array<string>(3).fill("closed 1006 remote"));
};

const RESETS: readonly (readonly [path: string, wire: Uint8Array])[] = [
  ["/push", frame("81", "a")],
  ["/leave", new Uint8Array(0)],
  ["/echo", frame("82", new Uint8Array(300 * KIB)).subarray(0, 200 * KIB)],
  ["/echo", closeFrame(1000)],
  ["/takeover", frame("c1", flushed(utf8("abcdefgh".repeat(4 * KIB))))],
];

const resets: Act = async (server) => {
  for (const [path, wire] of RESETS) {
    for (const isRead of [true, false]) {
      const client = await server.open(path, OFFERED);
      client.send(wire);
      if (isRead) await new Promise((resolve) => setTimeout(resolve, 5));
      client.reset();
    }
  }
};

/** What a client may do to end it, while the server does the same or not. */
const ENDINGS: readonly ((client: RawClient) => void)[] = [
  (client) => client.send(closeFrame(4000)),
  (client) => client.send(closeFrame(1000), closeFrame(1001)),
  (client) => client.end(),
  (client) => {
    if (client.socket.writable) client.reset(); // Node cannot reset what it has ended
  },
  () => {},
];

const everyOrder: Act = async (server) => {
  let count = 0;
  for (const path of ["/leave", "/late", "/hold"]) {
    for (const first of ENDINGS) {
      for (const second of ENDINGS) {
        const client = await server.open(path);
        first(client);
        if (!client.socket.destroyed) second(client);
        if (path === "/hold" && first === second && second === ENDINGS.at(-1)) client.end();
        count++;
        if (client.socket.destroyed) continue;
        const closes = (await client.transcript()).filter((line) => line.startsWith("close"));
        assert.ok(closes.length <= 1, closes.join());
      }
    }
  }
  const results: string[] = [];
  while (results.length < count) {
    results.push(...(await server.seen()).filter((line) => line.startsWith("closed")));
  }
  assert.is(results.length, count, "one result each");
};

const CYCLES = 300;
/** A connection holds several times as much: one of ten that is left would show. */
const CYCLE_MAX = 1000;

/** Opens and closes over and over, in every way. */
const cycles: Act = async (server) => {
  const cycle = async (count: number): Promise<void> => {
    for (let round = 0; round < count; round++) {
      const client = await server.open("/echo");
      if (round % 3 === 0) client.reset();
      else if (round % 3 === 1) client.send("83");
      else client.send(closeFrame(1000));
      if (round % 3 !== 0) await client.transcript();
      client.socket.destroy();
      server.dropClients();
    }
    while ((await server.census()).counts["connections"] > 1);
    await server.seen();
  };
  await cycle(CYCLES);
  await growsBy(server, CYCLES * CYCLE_MAX, () => cycle(CYCLES));
};

/** A hundred clients that each stay below their limit hold no more than those limits in all. */
const belowTheirLimits: Act = (server) =>
  growsBy(server, 50 * 1.3 * MIB, async () => {
    for (let count = 0; count < 50; count++) {
      const client = await server.open("/hold");
      client.send(frame("02", new Uint8Array(MIB - 1)), frame("89"));
      assert.is(await client.readEvent(), "pong ");
    }
  });

const ATTACKS: readonly Attack[] = [
  ["A58 A59 clients that never read are cut off at the stall time-out", neverReads],
  ["A60 FIN without a Close", halfCloses],
  [
    "A61 a client that answers no ping",
    async (server) => {
      const client = await server.open("/watched");
      assert.is((await client.readFrame()).opcode, 9);
      await seen(server, "closed 1006 remote");
    },
  ],
  ["A62 RST while the server writes, closes, reads, inflates", resets],
  [
    "A63 what is written, pinged and read behind close() is refused",
    async (server) => {
      const client = await server.open("/late");
      client.send(closeFrame(1000));
      assert.equal(await client.transcript(), ["close 1000", "FIN"]);
      await seen(server, ...new Array<string>(3).fill("ConnectionClosedError"));
    },
  ],
  ["A64 both sides end it, in every order", everyOrder],
  [
    "A65 handlers that throw and reject",
    each(
      ["/throws", "/rejects"].map((path) => framesTo(path, [closeFrame(1000)], "close 1011")),
    ),
  ],
  ["A66 messages that nobody reads", unread(frame("82", new Uint8Array(64 * KIB)), 500)],
  ["A67 A68 short messages that nobody reads", unread(frame("82", "x"), 2_500_000)],
  ["A71 opened and closed 600 times", cycles],
  ["A72 50 clients that each stay below their limit", belowTheirLimits],
  [
    "A73 a reason of close() that is no string, a message of write() that is none",
    each(
      ["/bad-reason", "/bad-message"].map(
        (path) => framesTo(path, [closeFrame(1000)], "close 1011"),
      ),
    ),
  ],
  [
    "A75 escape codes in a reason do not reach a log",
    async (server) => {
      const client = await server.open("/tells");
      client.send(closeFrame(4000, "\x1b[2J\x07\x7f\u009b2J"));
      assert.equal(await client.transcript(), ["close 4000", "FIN"]);
      await seen(server, "closed 4000 remote");
      while (!server.output.includes("4000")) await server.seen();
      assert.not.match(server.output, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
    },
  ],
  [
    "A76 nothing of others is installed with it, and nothing runs at its installation",
    async () => {
      const text = readFileSync(new URL("../../../package.json", import.meta.url), "utf8");
      const { dependencies, optionalDependencies, peerDependencies, scripts } = JSON.parse(text);
      assert.equal(
        [dependencies, optionalDependencies, peerDependencies],
        [undefined, undefined, undefined],
      );
      const installing = ["preinstall", "install", "postinstall", "prepare"];
      assert.equal(Object.keys(scripts).filter((name) => installing.includes(name)), []);
    },
  ],
];

const limits = { closeTimeoutMs: 200, stallTimeoutMs: 300 };
testAttacks(test, ATTACKS, { upgrade: { limits } });

test.run();
