// An attack, and what must be true when it is over: the server lives, whoever was connected beside
// it is served, and nothing is left of it: no connection, socket, file descriptor, timer, listener
// or memory.

import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { concat } from "../support/bytes.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { handshake } from "../support/handshake.ts";
import type { Fields } from "../support/handshake.ts";
import { atRest } from "../server/at_rest.ts";
import type { RawClient, Wire } from "../support/raw_client.ts";
import { AttackedServer } from "./attacked_server.ts";
import type { AttackedOptions } from "./attacked_server.ts";
import type { Census } from "./census.ts";

/** Sends the bytes, and asserts the answer. */
export type Act = (server: AttackedServer) => Promise<void>;

/** One attack. Its name begins with the ids of its rows. */
export type Attack = readonly [name: string, act: Act];

/**
 * What the heap may have grown by since before the first attack: code that was compiled, caches of
 * Node. Most attacks bring several times as much.
 */
const MEMORY_MAX = 6 * 1024 * 1024;

/** A busy machine takes its time to let go. */
const RESIDUE_TIMEOUT_MS = 10_000;

/** A server that is attacked again and again, and a connection to it that must not feel it. */
export class Siege implements AsyncDisposable {
  readonly server: AttackedServer;
  readonly #steady: RawClient;
  #before: Census;
  #rounds = 0;

  private constructor(server: AttackedServer, steady: RawClient, before: Census) {
    this.server = server;
    this.#steady = steady;
    this.#before = before;
  }

  static async start(options: AttackedOptions = {}): Promise<Siege> {
    const server = await AttackedServer.start(options);
    // Whoever it is that comes first brings code and tables of Node that stay.
    for (const path of ["/echo", "/takeover"]) await warmUp(server, path);
    const steady = await server.open();
    server.keep(steady);
    const siege = new Siege(server, steady, await server.census());
    await siege.#serves();
    siege.#before = await siege.#left();
    return siege;
  }

  /** Runs an attack, and then sees what is left of it. */
  async withstands(act: Act): Promise<void> {
    await this.server.seen();
    try {
      await act(this.server);
    } finally {
      this.server.dropClients();
    }
    await this.#serves();
    await this.#leavesNothing();
  }

  async #serves(): Promise<void> {
    const text = `steady ${++this.#rounds}`;
    this.#steady.send(frame("81", text));
    let event = await this.#steady.readEvent();
    while (event === "ping ") event = await this.#steady.readEvent(); // the test is slow
    assert.is(event, `text ${text}`);
  }

  /** What is held when nothing changes any more. */
  async #left(): Promise<Census> {
    let last = await this.server.census();
    for (;;) {
      const next = await this.server.census();
      if (same(next, last)) return next;
      last = next;
    }
  }

  async #leavesNothing(): Promise<void> {
    const end = performance.now() + RESIDUE_TIMEOUT_MS;
    for (;;) {
      const after = await this.server.census();
      const grown = after.memory - this.#before.memory;
      const left = moreIn(after, this.#before);
      if (left.length === 0 && grown <= MEMORY_MAX) return;
      if (performance.now() < end) continue;
      assert.equal(left, [], "something is left of the attack");
      assert.ok(grown <= MEMORY_MAX, `${grown} bytes are left of the attack`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }
}

function same(one: Census, other: Census): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

/** What there is more of than before, by its name. A timer that has run out since is none. */
function moreIn({ counts }: Census, before: Census): string[] {
  return Object.entries(counts)
    .filter(([name, count]) => count > (before.counts[name] ?? 0))
    .map(([name, count]) => `${name}: ${count}, was ${before.counts[name] ?? 0}`);
}

function sorted({ counts }: Census): unknown {
  return Object.entries(counts).sort(([one], [other]) => (one < other ? -1 : 1));
}

async function warmUp(server: AttackedServer, path: string): Promise<void> {
  const client = await server.open(path, OFFERED);
  client.send(frame("82", new Uint8Array(1000)), frame("89"), closeFrame(1000));
  await client.transcript();
  server.dropClients();
}

/** Makes a test of each attack, all of them against one server. */
export function testAttacks(
  test: Test,
  attacks: readonly Attack[],
  options?: AttackedOptions,
): void {
  let siege: Promise<Siege> | null = null;
  for (const [name, act] of attacks) {
    test(name, async () => {
      const current = await (siege ??= Siege.start(options));
      try {
        await current.withstands(act);
      } catch (error) {
        siege = null; // the next one begins anew
        await current[Symbol.asyncDispose]();
        throw error;
      }
    });
  }
  test.after(async () => (await siege)?.[Symbol.asyncDispose]());
}

/** Offers compression. */
export const OFFERED: Fields = { "Sec-WebSocket-Extensions": "permessage-deflate" };

/** Sends frames, and expects this transcript and FIN. */
export function frames(wire: readonly Wire[], ...answer: readonly string[]): Act {
  return framesTo("/echo", wire, ...answer);
}

/** The same to another route. Compression is offered. */
export function framesTo(path: string, wire: readonly Wire[], ...answer: readonly string[]): Act {
  return async (server) => {
    const client = await server.open(path, OFFERED);
    client.send(...wire);
    assert.equal(await client.transcript(), [...answer, "FIN"]);
  };
}

/** Each of these alone ends its connection with this code. */
export function allFail(wires: readonly (readonly Wire[])[], code: number, path = "/echo"): Act {
  return each(wires.map((wire) => framesTo(path, wire, `close ${code}`)));
}

/** What a client may have sent already behind its handshake: nobody may read it (RFC 9931). */
const BEHIND = handshake({}, "GET /admin HTTP/1.1");

/** Sends a request, and expects one answer with this status, and FIN; no handler is asked. */
export function refused(wire: Uint8Array, ...statuses: readonly number[]): Act {
  return async (server) => {
    await server.seen();
    const client = await server.connect();
    client.send(concat(wire, BEHIND));
    const head = await client.readHead();
    assert.ok(statuses.includes(head.status), head.statusLine);
    const rest = Buffer.from(await client.readToFin()).toString("latin1");
    assert.not.match(rest, /HTTP\/\S+ \d/, "there is a second response");
    assert.equal(await server.seen(), []);
  };
}

/** A handshake to `path` is answered with this status, whatever the handler has to do with it. */
export function answered(path: string, status: number, fields: Fields = {}): Act {
  return async (server) => {
    const client = await server.connect();
    client.send(handshake(fields, `GET ${path} HTTP/1.1`));
    const head = await client.readHead();
    assert.is(head.status, status, head.statusLine);
    assert.equal(head.all("X-Smuggled"), []);
  };
}

/** Does several of them, one behind the other. */
export function each(acts: readonly Act[]): Act {
  return async (server) => {
    for (const act of acts) await act(server);
  };
}

/** Sees that the server holds at most `max` bytes more behind `act`, with all its clients there. */
export async function growsBy(
  server: AttackedServer,
  max: number,
  act: () => Promise<void>,
): Promise<void> {
  const { memory } = await server.census();
  await act();
  let grown = Infinity;
  for (let tries = 0; grown > max && tries < 5; tries++) {
    grown = (await server.census()).memory - memory;
  }
  assert.ok(grown <= max, `Expected at most ${max} bytes more, found ${grown}`);
}

/** The same wire over and over. */
export function repeated(wire: Uint8Array, count: number): Uint8Array {
  return new Uint8Array(Buffer.concat(new Array<Uint8Array>(count).fill(wire)));
}

/** Waits until the server takes no more of what `client` has sent: all of it, or it is paused. */
export async function sentOrStuck(server: AttackedServer, client: RawClient): Promise<void> {
  const sent = (): number => client.socket.bytesWritten - client.socket.writableLength;
  for (let before = -1; before !== sent(); ) {
    before = sent();
    await atRest(sent);
    await server.census(); // it answers, so it was not only slow
  }
}
