// buffersSizeMax over real sockets: many connections, each within its own bounds.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { LimitError, serve, upgradeWebSocket } from "../../src/mod.ts";
import type { Connection, Server } from "../../src/mod.ts";
import type { Budget } from "../../src/connection/budget.ts";
import { Random } from "../../src/testing/random.ts";
import { Deferred } from "../support/deferred.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { handshake } from "../support/handshake.ts";
import { RawClient } from "../support/raw_client.ts";
import { hold } from "../support/server.ts";
import { until, withTimeout } from "../support/with_timeout.ts";

const test = suite("server/budget");

const KIB = 1024;
const MIB = 1024 * KIB;

/** What the connections of a path do. */
type Run = (connection: Connection) => Promise<void>;

/** A server with a budget, of which no API tells, and its clients. */
class BudgetServer implements AsyncDisposable {
  readonly budget: Budget;
  readonly connections: Connection[] = [];
  readonly #clients: RawClient[] = [];
  readonly #server: Server;
  readonly #port = new Deferred<number>();

  constructor(buffersSizeMax: number, paths: Readonly<Record<string, Run>>) {
    this.#server = serve(
      {
        port: 0,
        hostname: "127.0.0.1",
        limits: { buffersSizeMax },
        onListen: (addr) => this.#port.resolve(addr.transport === "tcp" ? addr.port : 0),
      },
      (request) => {
        const run = paths[new URL(request.url).pathname];
        const { connection, response } = upgradeWebSocket(request, { onError: () => {} }, run);
        this.connections.push(connection);
        return response;
      },
    );
    const { admission } = this.#server as unknown as { admission: { budget: Budget } };
    this.budget = admission.budget;
  }

  async open(path: string): Promise<RawClient> {
    const client = await RawClient.connect(await this.#port.promise);
    this.#clients.push(client);
    client.send(handshake({}, `GET ${path} HTTP/1.1`));
    assert.is((await client.readHead()).status, 101);
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.socket.destroy();
    await withTimeout(this.#server.shutdown({ timeout: 1000 }), "the server to shut down");
  }
}

const echo: Run = async (connection) => {
  for await (const message of connection) await connection.write(message);
};

/** The close code and the reason that a client gets, behind whatever else. */
async function closeOf(client: RawClient): Promise<string> {
  for (;;) {
    const { opcode, payload } = await client.readFrame();
    if (opcode !== 8) continue;
    const reason = Buffer.from(payload.subarray(2)).toString();
    return `${payload[0] * 256 + payload[1]} ${reason}`;
  }
}

test("buffersSizeMax: a crowd that nobody reads: 1013; others are served meanwhile", async () => {
  const max = 4 * MIB;
  await using server = new BudgetServer(max, { "/hold": hold, "/echo": echo });
  const healthy = await server.open("/echo");
  const hogs = await Promise.all(Array.from({ length: 5 }, () => server.open("/hold")));
  let [highest, served, isDone] = [0, 0, false];
  const serving = (async () => {
    for (; !isDone; served++) {
      healthy.send(frame("81", String(served)));
      assert.is(await healthy.readEvent(), `text ${served}`);
      highest = Math.max(highest, server.budget.total);
    }
  })();
  const message = frame("82", new Uint8Array(64 * KIB));
  for (const hog of hogs) hog.send(...Array.from({ length: 15 }, () => message)); // 4.7 MiB in all
  await until(() => server.budget.total > max, "more than the budget");
  const before = served;
  const close = await withTimeout(Promise.race(hogs.map(closeOf)), "a Close");
  const reason = "all connections hold too much, this one the most (buffersSizeMax)";
  assert.is(close, `1013 Cannot go on: ${reason}`);
  assert.ok(served > before + 10, `${served - before} echoes while the others were held up`);
  const closures = server.connections.slice(1).map(({ closed }) => closed);
  const { cause, initiator, sent } = await Promise.race(closures);
  assert.equal([initiator, sent?.code], ["local", 1013]);
  assert.ok(cause instanceof LimitError && cause.max === max && cause.found > max);
  isDone = true;
  await serving;
  // A read of 64 KiB ends a message, and begins the buffer of the next.
  const most = max + 6 * 2 * 66 * KIB;
  assert.ok(highest > max && highest <= most, `${highest} of ${most}`);
  const { total } = server.budget; // what the others have sent is taken in now
  assert.ok(total <= max && total > max / 2, `${total} in the end`);
  const open = server.connections.filter((connection) => connection.tryWrite("still there"));
  assert.ok(open.length === 4 || open.length === 5, `${open.length} are open`);
});

test("buffersSizeMax: clients that read nothing are cut, others miss nothing", async () => {
  const max = 4 * MIB;
  const room = new Set<Connection>();
  const join: Run = async (connection) => {
    room.add(connection);
    await connection.closed;
    room.delete(connection);
  };
  await using server = new BudgetServer(max, { "/": join });
  const healthy = await server.open("/");
  const deaf = await Promise.all(Array.from({ length: 6 }, () => server.open("/")));
  for (const client of deaf) client.pause();
  await until(() => room.size === 7, "all of them");
  const payload = new Uint8Array(256 * KIB);
  let highest = 0;
  const began = performance.now();
  while (room.size > 3 && performance.now() - began < 5000) {
    for (const connection of room) connection.write(payload).catch(() => {});
    highest = Math.max(highest, server.budget.total);
    const { opcode, size } = await healthy.readFrame();
    assert.equal([opcode, size > payload.length], [2, true]);
  }
  // A quarter above, and what one round of writes may add to it.
  assert.ok(highest > max && highest <= (max * 5) / 4 + 7 * 2 * payload.length, `${highest}`);
  const gone = server.connections.filter((connection) => !room.has(connection));
  assert.ok(gone.length >= 4 && room.has(server.connections[0]), `${gone.length} are gone`);
  for (const { cause } of await Promise.all(gone.map(({ closed }) => closed))) {
    assert.is((cause as LimitError).limit, "buffersSizeMax");
  }
  await until(() => server.budget.total <= max, "less than the budget");
  for (const client of deaf) client.socket.destroy();
  await until(() => server.budget.total === 0, "nothing that is held");
});

for (const max of [256 * KIB, 64 * MIB]) {
  test(`buffersSizeMax of ${max / KIB} KiB: 0 is held when all have gone, somehow`, async () => {
    const random = new Random(max);
    const slow: Run = async (connection) => {
      for await (const message of connection) {
        if (random.below(10) === 0) await new Promise((resolve) => setImmediate(resolve));
        if (random.below(2) === 0) await connection.write(message);
        else connection.tryWrite(message);
        if (random.below(400) === 0) return connection.terminate();
      }
    };
    await using server = new BudgetServer(max, { "/": slow });
    const clients = await Promise.all(Array.from({ length: 20 }, () => server.open("/")));
    let count = 0;
    for (let round = 0; round < 60; round++) {
      for (const client of clients) {
        const size = random.below(20) === 0 ? random.below(200 * KIB) : random.below(2000);
        client.send(frame("82", new Uint8Array(size)), frame("01", "a"), frame("80", "b"));
        count += 2;
        const act = random.below(100);
        if (act < 10) client.pause();
        else if (act < 30) client.resume();
        else if (act === 30) client.reset();
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.ok(count >= 2000);
    for (const [index, client] of clients.entries()) {
      client.resume();
      if (index % 3 === 0) client.send(closeFrame(1000));
      else if (index % 3 === 1) client.end();
      else client.reset();
    }
    for (const connection of server.connections) {
      if (random.below(2) === 0) void connection.close();
    }
    for (const client of clients.filter((_, index) => index % 3 === 0)) client.end();
    await withTimeout(Promise.all(server.connections.map(({ closed }) => closed)), "the end");
    assert.is(server.budget.total, 0);
  });
}

test.run();
