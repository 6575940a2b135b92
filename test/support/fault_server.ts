// A program: an echo server that does what its clients say, and what no server should. The argument
// is JSON: `port` and `limits` of `serve()`, `upgrade` the options of `upgradeWebSocket()`.
//
//   cpu        answers with the processor time of the process so far, in ms
//   block N    the event loop does nothing else for N ms, behind a turn of its own
//   fill N     writes N bytes, then blocks for a second
//   jump N     from now on the wall clock is wrong by N ms
//   throw, reject, blindly, over
//              the handler throws; rejects with undefined; writes and awaits nothing; returns

import { serve, upgradeWebSocket } from "../../src/mod.ts";
import type { Connection, ServeOptions, UpgradeOptions } from "../../src/mod.ts";
import { setWallClock } from "./wall_clock.ts";

/** What the program is told. */
export interface FaultServerOptions {
  readonly limits?: ServeOptions["limits"];
  /** Default: any that is free. */
  readonly port?: number;
  readonly upgrade?: UpgradeOptions;
}

function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** Out of the timers' turn: what a timer blocks is followed by a look at the sockets. */
function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function run(connection: Connection): Promise<void> {
  for await (const message of connection) {
    const [command, number = "0"] = String(message).split(" ");
    if (command === "throw") throw new Error("The handler throws");
    if (command === "reject") return Promise.reject();
    if (command === "over") return;
    if (command === "jump") setWallClock(Number(number));
    if (command === "blindly") {
      for (let count = 0; count < 100; count++) void connection.write("x".repeat(20_000));
    }
    if (command === "block") {
      await eventLoopTurn();
      block(Number(number));
    }
    if (command === "fill") {
      void connection.write(new Uint8Array(Number(number)));
      await eventLoopTurn();
      block(1000);
    }
    const { user, system } = process.cpuUsage();
    await connection.write(command === "cpu" ? String((user + system) / 1000) : message);
  }
}

function failing(): never {
  throw new Error("Who is told of errors throws, too");
}

process.once("SIGTERM", () => process.exit()); // so that what was reached of src/ is written down

const options = JSON.parse(process.argv[2] ?? "{}") as FaultServerOptions;
const { limits = {}, port = 0, upgrade = {} } = options;

serve(
  {
    port,
    hostname: "127.0.0.1",
    limits,
    onListen: (addr) => console.log(`port ${addr.transport === "tcp" ? addr.port : 0}`),
    onError: failing,
  },
  (request) => {
    const path = new URL(request.url).pathname;
    if (path === "/throw") throw new Error("The handler of requests throws");
    if (path === "/throw-upgraded") {
      upgradeWebSocket(request, run);
      throw new Error("The handler throws behind upgradeWebSocket()");
    }
    return upgradeWebSocket(request, { ...upgrade, onError: failing }, run).response;
  },
);
