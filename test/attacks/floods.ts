// Attacks that send much or hold much, for several chapters: what a server keeps of it is bounded.

import * as assert from "uvu/assert";
import { flushed } from "../message/compressed.ts";
import { concat } from "../support/bytes.ts";
import { frame, frameHeader } from "../support/frame.ts";
import { growsBy, repeated, sentOrStuck } from "./attack.ts";
import type { Act } from "./attack.ts";

export const KIB = 1024;
export const MIB: number = 1024 * KIB;

/** The largest message, where nothing else is said. */
const LIMIT = MIB;

/** Of what is only announced nothing is held but a first buffer. */
export const announced: Act = (server) =>
  growsBy(server, 100 * 80 * KIB, async () => {
    for (let count = 0; count < 100; count++) {
      const client = await server.open();
      client.send(frame("89"), frameHeader("82", LIMIT), "61");
      assert.is(await client.readEvent(), "pong ");
    }
  });

/** `wire` is one message of zeros, of which the server holds at most twice its size. */
export function heldOnce(wire: Uint8Array, size: number, segmentSize: number): Act {
  return async (server) => {
    const client = await server.open("/hold");
    await growsBy(server, 2 * size + 2 * MIB, async () => {
      await client.sendChopped(wire, segmentSize);
      client.send(frame("89"));
      assert.is(await client.readEvent(), "pong ");
    });
  };
}

/** Fragments that pass the limit with their sum. */
export const endlessFragments: Act = async (server) => {
  const client = await server.open();
  client.send(frame("02", "a"), repeated(frame("00", new Uint8Array(KIB)), 1023));
  client.send(frame("00", new Uint8Array(KIB - 1)), frame("89", "full"));
  assert.is(await client.readEvent(), "pong 66756c6c");
  client.send(frameHeader("00", 1));
  assert.equal(await client.transcript(), ["close 1009", "FIN"]);
};

/** Pings whose pongs nobody reads: a few wait, and then only the newest. */
export const unreadPongs: Act = async (server) => {
  const client = await server.open("/reads");
  client.pause();
  await server.seen();
  await growsBy(server, 8 * MIB, async () => {
    client.send(repeated(frame("89", new Uint8Array(125)), 200_000), frame("81", "behind them"));
    assert.equal(await server.sees(), ["a message"]);
  });
};

export const unsolicitedPongs: Act = async (server) => {
  const client = await server.open();
  await growsBy(server, 2 * MIB, async () => {
    client.send(repeated(frame("8a", "unsolicited"), 500_000), frame("89", "end"));
    assert.is(await client.readEvent(), "pong 656e64");
  });
};

/** Messages that nobody reads: the socket is paused, with bounds in bytes and in their number. */
export function unread(wire: Uint8Array, count: number): Act {
  return async (server) => {
    const client = await server.open("/asleep");
    await growsBy(server, 6 * MIB, async () => {
      client.send(repeated(wire, count));
      await sentOrStuck(server, client);
    });
    assert.ok(client.socket.writableLength > 0, "the server goes on reading");
  };
}

/** 16 KiB that inflate to 16 MiB of zeros. */
export const BOMB: Uint8Array = flushed(new Uint8Array(16 * MIB));

export function inFragments(payload: Uint8Array, size: number): Uint8Array {
  const parts = [frame("42")];
  for (let at = 0; at < payload.length; at += size) {
    parts.push(frame("00", payload.subarray(at, at + size)));
  }
  return concat(...parts, frame("80"));
}
