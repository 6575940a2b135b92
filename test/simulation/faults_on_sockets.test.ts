// A sample of the faults on sockets of the machine: what the simulation believes of TCP must be so.
// A client that resets, that ends, or that goes away with what was sent to it unread; and handlers
// some of which throw.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../src/testing/random.ts";
import { concat } from "../support/bytes.ts";
import { TestServer } from "../support/server.ts";
import type { Connection } from "../support/server.ts";
import { until, withTimeout } from "../support/with_timeout.ts";
import { offsets } from "./fault.ts";
import { Planned } from "./promises.ts";
import { Script } from "./script.ts";
import { SESSIONS } from "./sessions.ts";
import type { Session } from "./sessions.ts";
import { checkEnd } from "./verdict.ts";

const test = suite("simulation/faults_on_sockets");

const KINDS = ["RST", "FIN", "half-close", "unread and gone", "all of it"] as const;

/** One of so many, which is 2 of 100 of what the simulation plays. */
const PART = 8;

/** So many connections are under way at a time. */
const AT_ONCE = 16;

interface Sample {
  readonly kind: (typeof KINDS)[number];
  readonly at: number;
}

/** Plays one on a connection of its own, which must end as it says, and leave nothing. */
async function play(server: TestServer, session: Session, { kind, at }: Sample): Promise<void> {
  const fields = session.isCompressed ? { "Sec-WebSocket-Extensions": "permessage-deflate" } : {};
  const script = session.script(new Script("client")).pause();
  const wire = concat(...script.segments.filter((segment) => segment !== null));
  await using client = await server.open(fields);
  const connection = connectionOf(server, client.socket.localPort);
  if (kind === "unread and gone") client.pause();
  client.send(wire.subarray(0, at));
  const { closed } = connection;
  let isOver = false;
  void closed.then(() => (isOver = true));
  const isRead = (): boolean => connection.stats().received.bytes === at;
  await until(() => isOver || isRead() || connection.stats().paused, "the bytes to be read");
  if (kind === "RST" || kind === "unread and gone") client.reset();
  else if (kind === "half-close" || kind === "FIN") client.end();
  else client.send(wire.subarray(at));
  if (kind === "FIN") client.socket.destroySoon();
  if (kind === "all of it") client.end();
  const closure = await withTimeout(closed, "the end");
  const read = connection.stats().received.bytes;
  const events = script.events.filter(({ end }) => end <= read);
  checkEnd(closure, events, session.isCompressed ?? false);
  assert.is(await connection.close(), closure, "closed is always the same");
  assert.equal(connection.stats().outbox, { messages: 0, size: 0 });
}

/** Of several connections at once, the one that a client of this port has. */
function connectionOf(server: TestServer, port: number | undefined): Connection {
  const found = server.connections.find(({ remoteAddr }) => {
    return remoteAddr.transport === "tcp" && remoteAddr.port === port;
  });
  if (found === undefined) throw new Error(`No connection of port ${port}`);
  return found;
}

/** A handler of the session; it throws what is planned at the third await of every fifth one. */
function watched(session: Session, pending: { count: number }) {
  return async (connection: Connection): Promise<void> => {
    let awaits = 0;
    const isBad = connection.remoteAddr.transport === "tcp" && connection.remoteAddr.port % 5 === 0;
    await session.handler(connection, {
      got: () => {},
      at: async (promise) => {
        pending.count++;
        try {
          const value = await promise;
          if (isBad && ++awaits === 3) throw new Planned("handler");
          return value;
        } finally {
          pending.count--;
        }
      },
    });
  };
}

test("RST, FIN and unread bytes on real sockets end as in the simulation", async () => {
  const random = new Random(5);
  let played = 0;
  for (const session of SESSIONS) {
    const pending = { count: 0 };
    await using server = await TestServer.start({
      run: watched(session, pending),
      upgrade: {
        limits: session.limits ?? {},
        compression: session.isCompressed ?? false,
      },
    });
    const { size } = session.script(new Script("client")).pause();
    const all = offsets(size).flatMap((at) => KINDS.map((kind) => ({ kind, at })));
    const samples = all.filter(() => random.oneIn(PART));
    played += samples.length;
    const workers = Array.from({ length: AT_ONCE }, async () => {
      for (let next = samples.pop(); next !== undefined; next = samples.pop()) {
        const { kind, at } = next;
        try {
          await play(server, session, next);
        } catch (error) {
          const what = `${session.name}, ${kind} at ${at}: ${(error as Error).message}`;
          throw new Error(what, { cause: error });
        }
      }
    });
    await Promise.all(workers);
    await until(() => pending.count === 0, "every promise to settle");
    assert.ok(server.errors.every((error) => error instanceof Planned), session.name);
  }
  assert.ok(played > 1000, `${played} played`);
  const sockets = (): number =>
    process.getActiveResourcesInfo().filter((name) => name.includes("TCPSocket")).length;
  await until(() => sockets() === 0, "all sockets to be closed");
});

test.run();
