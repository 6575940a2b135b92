// All clients of one contestant, a process of their own. Each begins at a moment of its own within
// the first interval, as if people had opened the page one after the other.

import { Random } from "../../src/testing/random.ts";
import { answerCommands } from "../answering_process.ts";
import { AskingClient } from "./asking_client.ts";
import type { Client } from "./client.ts";
import { until } from "./clock.ts";
import type { Kind } from "./contestants.ts";
import { difference, Meter } from "./meter.ts";
import type { ClientsReport, OpenCommand, RunCommand } from "./protocol.ts";
import { EventClient, WebSocketClient } from "./told_client.ts";

const meter = new Meter();
let clients: readonly Client[] = [];
let random = new Random(0, 0);

async function open({ kind, port, clients: count, seed }: OpenCommand): Promise<null> {
  random = new Random(seed, 1);
  clients = Array.from({ length: count }, () => clientOf(kind, port));
  await Promise.all(clients.map((client) => client.open()));
  return null;
}

function clientOf(kind: Kind, port: number): Client {
  if (kind === "events") return new EventClient(port, meter);
  if (kind === "websocket") return new WebSocketClient(port, meter);
  return new AskingClient(port, meter, kind);
}

async function run({ startAt, endAt, intervalMs, tailMs }: RunCommand): Promise<ClientsReport> {
  for (const client of clients) client.learned = [];
  const polling = clients.map((client) => {
    if (intervalMs === 0 || !(client instanceof AskingClient)) return null;
    const phaseMs = (random.below(2 ** 32) / 2 ** 32) * intervalMs;
    return client.poll(startAt + phaseMs, endAt + tailMs, intervalMs);
  });
  await until(startAt);
  const before = meter.counts();
  await until(endAt);
  const counts = difference(before, meter.counts());
  await Promise.all([...polling, until(endAt + tailMs)]);
  return { ...counts, learned: clients.map(({ learned }) => learned) };
}

answerCommands((command: OpenCommand | RunCommand): Promise<ClientsReport | null> =>
  command.do === "open" ? open(command) : run(command),
);
