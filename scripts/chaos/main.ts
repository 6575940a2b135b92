// `npm run chaos`: a server with many connections, to which everything happens that may happen to
// one, at random. Each connection that survives must have its messages in order, each one that ends
// must end as it may, and at the end nothing may be left of all of them.
//
//   --minutes N      default: 1
//   --connections N  default: 1000
//   --rate N         actions a second, of all clients together; default: as many as connections
//   --seed S         of all that is drawn; default: from the clock; it is printed
//
// What clients do is in `actions`, what happens to processes in `process_faults`. The same seed
// draws the same faults; when they meet which message is up to the machine. Exit code 1: something
// was not as it must be.

import { Random } from "../../src/testing/random.ts";
import { AnsweringProcess } from "../answering_process.ts";
import { commandLine, positiveNumber, wholeNumber } from "../command_line.ts";
import { wrongAtEnd } from "./at_end.ts";
import { pass } from "./pass.ts";
import { processFaults } from "./process_faults.ts";
import type { Processes } from "./process_faults.ts";
import type { ClientsCommand, ClientsReport, Sample, ServerCommand } from "./protocol.ts";

const PUSH_MS = 2000;
const PAUSE_MS_MAX = 3000;

const { minutes, connections, rate, seed } = readOptions();
console.log(`Chaos: ${connections} connections, ${rate} actions a second, seed ${seed}`);
const server = new AnsweringProcess<ServerCommand>(
  new URL("server.js", import.meta.url),
  [String(PUSH_MS)],
  ["--expose-gc", "--unhandled-rejections=strict"],
);
const clients = new AnsweringProcess<ClientsCommand>(new URL("clients.js", import.meta.url));
const happened: Record<string, number> = {};
const wrong: string[] = [];
try {
  await run({ server, clients });
} catch (error) {
  wrong.push(String(error));
} finally {
  server.signal("SIGCONT");
  await clients.stop();
  await server.stop();
}
for (const line of wrong) console.error(`Wrong: ${line}`);
if (wrong.length > 0) {
  const options = `--minutes ${minutes} --connections ${connections} --rate ${rate}`;
  console.error(`Again: npm run chaos -- ${options} --seed ${seed}`);
  process.exit(1);
}
console.log("All as it must be");

async function run(processes: Processes): Promise<void> {
  const port = await server.answer<number>();
  const before = await server.ask<Sample>({ do: "sample" });
  await clients.ask({ do: "open", port, connections, seed, mix: "chaos", rate, churn: 0 });
  const random = new Random(seed);
  const faults = processFaults();
  const end = performance.now() + minutes * 60_000;
  while (performance.now() < end && server.isAlive) {
    await pass(random.below(PAUSE_MS_MAX));
    const { name, act } = random.pick(faults);
    happened[name] = (happened[name] ?? 0) + 1;
    for (const line of await act(processes, random)) wrong.push(`${name}: ${line}`);
  }
  const report = await clients.ask<ClientsReport>({ do: "finish" });
  wrong.push(...report.violations, ...(await wrongAtEnd(server, before)));
  const { stats, thrown } = await server.ask<Sample>({ do: "sample" });
  show("Processes", happened);
  show("Clients", report.actions);
  show("Ends, by the code of the server's Close", report.endings);
  show("Closes that the server sent", stats.connections.closesSent);
  console.log(`Messages: ${report.echoes} echoed in order, ${report.pushes} pushed in order`);
  console.log(`Connections: ${stats.connections.opened}, handlers that threw: ${thrown}`);
}

function show(title: string, counts: Readonly<Record<string, number>>): void {
  const parts = Object.entries(counts).map(([name, times]) => `${name} ${times}`);
  console.log(`${title}: ${parts.join(", ")}`);
}

function readOptions(): Record<"minutes" | "connections" | "rate" | "seed", number> {
  const type = "string";
  const { values } = commandLine({
    options: { minutes: { type }, connections: { type }, rate: { type }, seed: { type } },
  });
  const connections = wholeNumber("connections", values.connections ?? "1000");
  return {
    minutes: positiveNumber("minutes", values.minutes ?? "1"),
    connections,
    rate: wholeNumber("rate", values.rate ?? String(connections)),
    seed: wholeNumber("seed", values.seed ?? String(Date.now() % 2 ** 31)),
  };
}
