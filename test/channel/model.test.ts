// Channels play against their model: `CHANNEL_SEED=1 npm test` plays the same games again, and
// CHANNEL_GAMES says how many.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Channel } from "../../src/channel/mod.ts";
import { play } from "./game.ts";

const test = suite("channel/model");

const first = Number(process.env["CHANNEL_SEED"] ?? Math.floor(Math.random() * 1e9));
const GAMES = Number(process.env["CHANNEL_GAMES"] ?? 300);

test(`I1 to I5 hold in ${GAMES} random games, from CHANNEL_SEED=${first} on`, async () => {
  for (let seed = first; seed < first + GAMES; seed++) await play(seed);
});

/** Loses what it hands out, at times. */
class Forgetful<T> extends Channel<T> {
  #count = 0;

  override tryReceive(): ReturnType<Channel<T>["tryReceive"]> {
    if (++this.#count % 9 === 0) super.tryReceive();
    return super.tryReceive();
  }
}

/** Says that it has closed. */
class Open<T> extends Channel<T> {
  override close(): boolean {
    return !this.closed;
  }
}

for (const channel of [Forgetful, Open]) {
  test(`The model tells a ${channel.name} channel from a sound one`, async () => {
    for (let seed = 0; seed < 20; seed++) {
      try {
        await play(seed, channel);
      } catch {
        return;
      }
    }
    assert.unreachable("no game is lost");
  });
}

test.run();
