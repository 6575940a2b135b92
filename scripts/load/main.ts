// `npm run load`: Sluice with ten thousand clients that mean no good, or that it has to leave. The
// server is one process, the clients are others; each goal is printed with its number and its
// bound, and a goal that is missed makes the exit code 1.
//
//   npm run load                   all of them, some minutes
//   npm run load -- readers        clients that never read, beside 200 that do, while all of them
//                                  get 100 messages of 1 KiB a second
//   npm run load -- handshakes     handshakes of a byte now and then
//   npm run load -- drain          shutdown() with a million messages under way, and SIGTERM
//   --connections N                default: 10,000
//   --seconds N                    of readers, at most; default: 150
//   --budget MIB                   buffersSizeMax of readers; default: Infinity
//   --binary                       messages of readers are bytes, of which each connection that is
//                                  full has copies, and not one text for all
//   --verbose                      each second of readers
//
// A machine that does something else besides misses goals in milliseconds.

import type { ServerLimits } from "../../src/mod.ts";
import { commandLine, knownNames, wholeNumber } from "../command_line.ts";
import { MEBIBYTE } from "./crowd.ts";
import { loadDrain, loadSigterm } from "./drain.ts";
import { isMet, verdictOf } from "./goals.ts";
import type { Goal } from "./goals.ts";
import { loadHandshakes } from "./handshakes.ts";
import { loadReaders } from "./readers.ts";

const HEALTHY = 200;

const { values, positionals } = commandLine({
  allowPositionals: true,
  options: {
    connections: { type: "string", default: "10000" },
    seconds: { type: "string", default: "150" },
    budget: { type: "string" },
    binary: { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
  },
});
const [which = "all"] = knownNames(positionals, ["all", "readers", "handshakes", "drain"]);
const connections = wholeNumber("connections", values.connections);
let missed = 0;

await load("readers", `${connections} clients that never read, ${HEALTHY} that do`, () =>
  loadReaders({
    connections,
    healthy: HEALTHY,
    perSecond: 100,
    size: 1024,
    kind: values.binary ? "binary" : "text",
    secondsMax: wholeNumber("seconds", values.seconds),
    server: values.budget === undefined ? {} : budget(wholeNumber("budget", values.budget)),
    connection: {},
    ...(values.verbose ? { onSecond: (line: string) => console.log(line) } : {}),
  }),
);
await load("handshakes", `${connections} handshakes within 5 s, of a byte each 4 s`, () =>
  loadHandshakes({ connections, withinMs: 5000, trickleMs: 4000, everyMs: 20, server: {} }),
);
const drain = { connections, rude: 10, size: 100, timeout: 10_000, spread: 2000 };
await load("drain", `shutdown() with ${connections} connections, 100 messages to each`, () =>
  loadDrain({ ...drain, count: 100, restMs: 0 }),
);
await load("drain", `shutdown() with ${connections} connections, spread over 2 s`, () =>
  loadDrain({ ...drain, count: 1, restMs: 2000 }),
);
await load("drain", `SIGTERM to the minimal server, ${connections} connections`, () =>
  loadSigterm(connections),
);
console.log(missed === 0 ? "All goals are met" : `${missed} goals are missed`);
process.exit(missed === 0 ? 0 : 1);

async function load(
  name: string,
  title: string,
  run: () => Promise<readonly Goal[]>,
): Promise<void> {
  if (which !== name && which !== "all") return;
  console.log(`${name}: ${title}`);
  const goals = await run();
  for (const goal of goals) console.log(verdictOf(goal));
  missed += goals.filter((goal) => !isMet(goal)).length;
}

function budget(mebibytes: number): Partial<ServerLimits> {
  return { buffersSizeMax: mebibytes * MEBIBYTE };
}
