// The process that is attacked: a server of ours, by its public door, with a route for whatever an
// attack needs of its application. It says on its IPC channel where it listens, and answers there
// what it holds and what its handlers have seen. It catches nothing by itself: what escapes from
// the server ends it, and that is seen.
//
// `node attacked_process.js OPTIONS`: {@linkcode AttackedOptions} as JSON.

import { subscribe } from "node:diagnostics_channel";
import { serve, upgradeWebSocket } from "../../src/mod.ts";
import type { Connection, ServeHandler, UpgradeOptions } from "../../src/mod.ts";
import { beginCensus, takeCensus } from "./census.ts";
import type { AttackedOptions, Question } from "./attacked_server.ts";

beginCensus();
const options = JSON.parse(process.argv[2] ?? "{}") as AttackedOptions;
const seen: string[] = [];
let open = 0;
const held = new Set<Connection>();

subscribe("sluice.connection.open", () => void open++);
subscribe("sluice.connection.close", (message) => {
  const { closure } = message as { closure: { code: number; initiator: string } };
  open--;
  seen.push(`closed ${closure.code} ${closure.initiator}`);
});

/** What the application does with a connection, by the path of its request. */
const RUN: Readonly<Record<string, (connection: Connection) => void | Promise<void>>> = {
  "/echo": echo,
  "/deflate": echo,
  "/takeover": echo,
  "/watched": hold,
  "/hold": hold,
  "/reads": async (connection) => {
    for await (const _ of connection) seen.push("a message");
  },
  "/asleep": hold,
  "/push": async (connection) => {
    for (const message = new Uint8Array(16 * 1024); ; ) await connection.write(message);
  },
  "/leave": async (connection) => void (await connection.close(1001)),
  "/surrogate": (connection) => connection.write("\ud800"),
  "/secret": async (connection) => {
    const text = "secret".repeat(1000);
    await connection.write(text, { compress: false });
    await connection.write(text);
  },
  "/late": async (connection) => {
    void connection.close(1000);
    for (const act of [connection.write("late"), connection.ping(), connection.read()]) {
      await act.then(() => seen.push("fulfilled"), (error: Error) => seen.push(error.name));
    }
  },
  "/throws": () => {
    throw new Error("The application fails");
  },
  "/rejects": () => Promise.reject(undefined),
  "/tells": async (connection) => {
    await connection.closed;
    await connection.write("late").catch((error: unknown) => console.error(error));
  },
  "/bad-reason": (connection) => void connection.close(1000, new Float32Array(20) as never),
  "/bad-message": (connection) => connection.write(100 as never),
};

const UPGRADE: Readonly<Record<string, UpgradeOptions>> = {
  "/deflate": { compression: true },
  "/takeover": { compression: { contextTakeover: true } },
  "/secret": { compression: true },
  "/watched": { keepalive: { interval: 100, timeout: 100 } },
  // While a socket is paused, only a ping that cannot be written tells that the client has gone.
  "/asleep": { keepalive: { interval: 200 } },
  "/bad-protocol": { protocol: "a\r\nX-Smuggled: 1" },
  "/bad-header": { headers: [["X-Mine", "a\r\nX-Smuggled: 1"]] },
};

/** Routes whose answer is no upgrade, or not a right one. */
const RESPOND: Readonly<Record<string, ServeHandler>> = {
  "/plain": () => new Response("plain"),
  "/unread": async (request) => {
    await request.body?.getReader().read(); // begun, and not read on
    await new Promise<void>((resolve) => (release = resolve));
    return new Response(null);
  },
  "/release": () => {
    release();
    return new Response(null);
  },
  "/stuck": () => new Promise<Response>(() => {}),
  "/slow": async (request) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return upgradeWebSocket(request, hold).response;
  },
  "/request-fails": () => {
    throw new Error("The application fails");
  },
  "/forgotten": (request) => {
    upgradeWebSocket(request, hold);
    return new Response("otherwise");
  },
  "/twice": (request) => {
    upgradeWebSocket(request, hold);
    return upgradeWebSocket(request, hold).response;
  },
  "/stolen": (request) => stolen ?? (stolen = upgradeWebSocket(request, hold).response),
};
let stolen: Response | null = null;
let release: () => void = () => {};

const handler: ServeHandler = (request, info) => {
  seen.push(`${request.method} ${request.url}`);
  const path = new URL(request.url).pathname;
  const respond = RESPOND[path];
  if (respond !== undefined) return respond(request, info);
  const upgrade = { ...options.upgrade, ...UPGRADE[path] };
  return upgradeWebSocket(request, upgrade, RUN[path] ?? echo).response;
};

const ports: number[] = [];
const servers = options.certificate === undefined ? [{}] : [{}, options.certificate];
for (const tls of servers) {
  const onListen = (addr: { transport: string; port?: number }): void => {
    ports.push(addr.port ?? 0);
    if (ports.length === servers.length) process.send?.(ports);
  };
  serve({ port: 0, hostname: "127.0.0.1", ...options.serve, ...tls, onListen }, handler);
}

process.on("message", async (question: Question) => {
  if (question === "seen") return process.send?.(seen.splice(0));
  const { counts, ...census } = await takeCensus();
  return process.send?.({ ...census, counts: { ...counts, connections: open } });
});
process.on("disconnect", () => process.exit());

async function echo(connection: Connection): Promise<void> {
  for await (const message of connection) await connection.write(message);
}

/** Reads nothing and writes nothing until the end. */
async function hold(connection: Connection): Promise<void> {
  held.add(connection);
  await connection.closed;
  held.delete(connection);
}
