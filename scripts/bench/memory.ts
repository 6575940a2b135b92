// What an idle connection costs: the resident memory of a server with many connections less that
// with few, divided by the difference. What a process takes for itself drops out. And how many
// opening handshakes a server does a second, one after the other, which it is asked on the way.

import { Load, startAll } from "./measure.ts";
import type { Server } from "./servers.ts";
import { spreadOf } from "./statistics.ts";
import type { Spread } from "./statistics.ts";

/** Idle connections of one server. */
export interface IdleCost {
  readonly server: string;
  /** Bytes of resident memory for each connection more. */
  readonly bytes: Spread;
  readonly handshakesPerSecond: Spread;
}

const SLUICE = ["sluice each", "sluice for", "sluice deflate 6"];
const SERVERS = [...SLUICE, "ws", "bun", "deno", "gorilla", "uws", "http"];

/** Up to here a server is warm, and its young generation as large as it will be. */
const FEW = 2000;
const MANY = 14_000;

/** Time for a server to collect what the handshakes left. */
const REST_MS = 3000;

/** One measurement of them. */
interface Sample {
  readonly bytes: number;
  readonly handshakesPerSecond: number;
}

const ROUNDS = 3;

/** The costs, one server after the other, each several times. */
export async function measureIdle(): Promise<readonly IdleCost[]> {
  const samples = new Map<string, Sample[]>(SERVERS.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of round % 2 === 0 ? SERVERS : [...SERVERS].reverse()) {
      samples.get(name)?.push(...(await sampled(name)));
    }
  }
  return [...samples].filter(([, found]) => found.length > 0).map(([server, found]) => ({
    server,
    bytes: spreadOf(found.map(({ bytes }) => bytes)),
    handshakesPerSecond: spreadOf(found.map((sample) => sample.handshakesPerSecond)),
  }));
}

/** A sample of that server, or none where it cannot be had. */
async function sampled(name: string): Promise<readonly Sample[]> {
  const { servers, missing } = await startAll([name]);
  for (const why of Object.values(missing)) console.log(`${name}: left out, ${why}`);
  const load = new Load();
  try {
    return await Promise.all(servers.map((server) => sampleOf(server, load)));
  } finally {
    load.stop();
    for (const server of servers) server.stop();
  }
}

async function sampleOf(server: Server, load: Load): Promise<Sample> {
  const { name, port } = server;
  const open = (connections: number): Promise<{ readonly seconds: number }> =>
    load.ask({
      do: "open",
      name,
      port,
      size: 32,
      kind: "text",
      inFlight: 1,
      connections,
      isEcho: false,
      compressed: name.includes("deflate"),
    });
  await open(FEW);
  await rest();
  const few = server.residentBytes();
  const { seconds } = await open(MANY - FEW);
  await rest();
  const bytes = (server.residentBytes() - few) / (MANY - FEW);
  return { bytes, handshakesPerSecond: (MANY - FEW) / seconds };
}

function rest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, REST_MS));
}
