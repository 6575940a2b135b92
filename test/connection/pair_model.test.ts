// Two connections do what they like on a wire that does what it likes. Whatever they do: messages
// come once and in order, what was taken before a close() comes, both learn of the end, and no
// promise and no timer is left.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Connection } from "../../src/connection/connection.ts";
import type { Message } from "../../src/message/message.ts";
import { connectionPair, FakeClock, randomChunks } from "../../src/testing/mod.ts";
import type { PairOptions } from "../../src/testing/mod.ts";
import { Random } from "../../src/testing/random.ts";
import { withTimeout } from "../support/with_timeout.ts";
import { lineOf } from "./support.ts";

const test = suite("connection/pair_model");

const RUNS = 80;

function optionsOf(random: Random, seed: number, clock: FakeClock): PairOptions {
  const limits = {
    inboxMessagesMax: 1 + random.below(20),
    outboxMessagesMax: 1 + random.below(20),
  };
  return {
    clock,
    seed,
    limits,
    latency: random.oneIn(2) ? 0 : () => random.below(50),
    chunking: random.oneIn(3) ? [] : randomChunks({ seed, sizeMax: random.pick([20, 100, 5000]) }),
    highWaterMark: random.pick([40, 3000, 65_536]),
    compression: random.oneIn(3) && { threshold: 0, contextTakeover: random.oneIn(2) },
    keepalive: random.oneIn(2) && { interval: 5000, timeout: 5000 },
  };
}

/** One end: what it has taken to send, and what it has got. */
class Player {
  readonly taken: string[] = [];
  readonly got: string[] = [];
  readonly done: Promise<unknown>;
  hasClosed = false;

  constructor(connection: Connection, random: Random, name: string) {
    this.done = Promise.all([this.#read(connection), this.#act(connection, random, name)]);
  }

  async #read(connection: Connection): Promise<void> {
    try {
      for await (const message of connection) this.got.push(lineOf(message));
    } catch {
      // the other has terminated
    }
  }

  async #act(connection: Connection, random: Random, name: string): Promise<void> {
    try {
      for (let left = random.below(60); left > 0; left--) {
        if (random.oneIn(10)) void connection.ping().catch(() => {});
        const message = messageOf(random, `${name} ${left}`);
        await connection.write(message);
        this.taken.push(lineOf(message));
      }
    } catch {
      return; // the other has closed
    }
    if (random.oneIn(4)) return;
    this.hasClosed = true;
    await connection.close(3000 + random.below(1000));
  }
}

function messageOf(random: Random, label: string): Message {
  const size = random.pick([0, 10, 200, 2000]);
  if (random.oneIn(2)) return label.padEnd(size, "🙂");
  return new Uint8Array(Buffer.from(label.padEnd(size)));
}

/** Plays once. Returns how many ends have got all that the other had to say. */
async function play(seed: number): Promise<number> {
  let complete = 0;
  const random = new Random(seed);
  const clock = new FakeClock();
  const pair = connectionPair(optionsOf(random, seed, clock));
  const client = new Player(pair.client, random, "client");
  const server = new Player(pair.server, random, "server");
  for (let steps = 0; steps < 20; steps++) await clock.advance(random.below(1000));
  if (random.oneIn(2)) void pair.client.close();
  else pair.server.terminate();
  await clock.advance(60_000);
  const ends = Promise.all([pair.client.closed, pair.server.closed, client.done, server.done]);
  const [clientClosure, serverClosure] = await withTimeout(ends, "the end");
  const isClean = clientClosure.wasClean && serverClosure.wasClean;
  for (const [from, to] of [
    [client, server],
    [server, client],
  ]) {
    if (to.hasClosed) continue; // what finds the inbox full is dropped then
    const isAllDue = isClean && from.hasClosed;
    const due = isAllDue ? from.taken : from.taken.slice(0, to.got.length);
    assert.equal(to.got, due);
    if (isAllDue) complete++;
  }
  assert.is(clock.pending, 0);
  return complete;
}

test(`Two connections keep their word in ${RUNS} courses of events`, async () => {
  let complete = 0;
  for (let seed = 0; seed < RUNS; seed++) {
    try {
      complete += await play(seed);
    } catch (error) {
      throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
    }
  }
  assert.ok(complete > RUNS / 4, `${complete} ends have got all`);
});

test.run();
