// Clients of a load, a process of their own. Each process has its own address of the server's,
// 127.0.0.2 and so on: so the ports of one address are not the bound.

import { connect } from "node:net";
import type { Socket } from "node:net";
import { dial } from "../../src/client/dial.ts";
import type { Dialed } from "../../src/client/dial.ts";
import { OpeningError } from "../../src/client/opening_error.ts";
import { encodeFrame, Opcode } from "../../src/frame/mod.ts";
import { writeHandshake } from "../../src/protocol/client_handshake.ts";
import { fieldValues } from "../../src/protocol/handshake.ts";
import { parseWebSocketUrl } from "../../src/protocol/websocket_url.ts";
import { answerCommands } from "../answering_process.ts";
import { now, until } from "../pull_and_push/clock.ts";
import { Times } from "./percentiles.ts";
import type { Attempts, ClientCommand, ClientsReport } from "./protocol.ts";
import { ReadingClient } from "./reading_client.ts";

/** Handshakes under way at the same time. */
const AT_ONCE = 64;

/** For a server that is busy. */
const OPEN_TIMEOUT_MS = 60_000;

/** Often enough for any keepalive. */
const PONG_EVERY_MS = 10_000;

const total = { broadcast: new Times(), echo: new Times() };
let recent = { broadcast: new Times(), echo: new Times() };
const hearer = {
  heard: (what: "broadcast" | "echo", ms: number): void => {
    total[what].add(ms);
    recent[what].add(ms);
  },
};
const reading: ReadingClient[] = [];
const kept: (Socket | Dialed)[] = []; // those that nobody reads
const trickled: number[] = [];
let echoesSent = 0;

/** Runs `act` so many times, a few at once. */
async function eachOf(count: number, act: () => Promise<void>): Promise<null> {
  let begun = 0;
  const work = async (): Promise<void> => {
    while (begun++ < count) await act();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return null;
}

async function open({ kind, url }: ClientCommand & { do: "open" }): Promise<void> {
  const dialed = await dial(url, { timeoutMs: OPEN_TIMEOUT_MS });
  dialed.socket.on("error", () => {});
  if (kind === "silent") keepSilent(dialed);
  else reading.push(new ReadingClient(dialed, hearer, kind === "reading"));
}

/** The socket is paused, and stays so. An unsolicited pong (§5.5.3) now and then shows life. */
function keepSilent(dialed: Dialed): void {
  kept.push(dialed);
  const pong = encodeFrame({ opcode: Opcode.PONG, key: 0 });
  setInterval(() => dialed.socket.write(pong), PONG_EVERY_MS);
}

/** Not all in one moment. */
function startEchoes(everyMs: number): void {
  for (const [index, client] of reading.entries()) {
    let sent = 0;
    const send = (): void => {
      if (sent++ > 0) echoesSent++; // the one before: this one is still under way
      client.echo();
    };
    setTimeout(() => setInterval(send, everyMs), (everyMs * index) / reading.length);
  }
}

async function trickleAll(command: ClientCommand & { do: "trickle" }): Promise<null> {
  const { count, withinMs } = command;
  const begun = now();
  const all: Promise<void>[] = [];
  while (all.length < count) {
    const due = Math.min(count, Math.ceil((count * (now() - begun + 1)) / withinMs));
    while (all.length < due) all.push(trickle(command));
    await until(now() + 1);
  }
  await Promise.all(all);
  return null;
}

/** A handshake that is begun, and goes on a byte for each interval, until the server ends it. */
function trickle({ host, port, everyMs }: ClientCommand & { do: "trickle" }): Promise<void> {
  const request = requestTo(`ws://${host}:${port}/open`);
  const socket = connect({ host, port });
  kept.push(socket);
  socket.on("error", () => {});
  socket.resume();
  return new Promise((resolve) => {
    socket.once("connect", () => {
      resolve();
      const start = now();
      let at = 0;
      const timer = setInterval(() => socket.write(request.subarray(at++, at)), everyMs);
      socket.once("close", () => {
        clearInterval(timer);
        trickled.push(now() - start);
      });
    });
  });
}

function requestTo(url: string): Buffer {
  const key = "dGhlIHNhbXBsZSBub25jZQ==";
  const handshake = { url: parseWebSocketUrl(url), key, protocols: [], extensions: "" };
  return Buffer.from(writeHandshake({ ...handshake, headers: [] }), "latin1");
}

async function attempt(command: ClientCommand & { do: "attempt" }): Promise<Attempts> {
  const { url, everyMs, forMs, overlap } = command;
  const answers: Record<string, number> = {};
  const times = new Times();
  let withoutRetryAfter = 0;
  const one = async (): Promise<void> => {
    const begun = now();
    let answer: string;
    try {
      (await dial(url, { timeoutMs: OPEN_TIMEOUT_MS })).socket.destroy();
      times.add(now() - begun);
      answer = "101";
    } catch (error) {
      if (!(error instanceof OpeningError)) throw error;
      const { status, head, cause } = error;
      answer = String(status ?? (cause as NodeJS.ErrnoException | undefined)?.code ?? error);
      const isPolite = head !== null && fieldValues(head, "retry-after").length === 1;
      if (status === 503 && !isPolite) withoutRetryAfter++;
    }
    answers[answer] = (answers[answer] ?? 0) + 1;
  };
  const end = now() + forMs;
  const all: Promise<void>[] = [];
  for (let due = now(); due < end; due = Math.max(due + everyMs, now())) {
    await until(due);
    const attempted = one();
    all.push(attempted);
    if (!overlap) await attempted;
  }
  await Promise.all(all);
  return { answers, withoutRetryAfter, openMs: times.percentiles() };
}

function report(): ClientsReport {
  const { broadcast, echo } = recent;
  recent = { broadcast: new Times(), echo: new Times() };
  return {
    broadcastMs: total.broadcast.percentiles(),
    echoMs: total.echo.percentiles(),
    recentMs: { broadcast: broadcast.percentiles(), echo: echo.percentiles() },
    echoesSent,
    reading: reading.map((client) => client.report()),
    trickled,
  };
}

async function act(command: ClientCommand): Promise<null | Attempts | ClientsReport> {
  switch (command.do) {
    case "open":
      return await eachOf(command.count, () => open(command));
    case "trickle":
      return await trickleAll(command);
    case "echo":
      startEchoes(command.everyMs);
      return null;
    case "attempt":
      return await attempt(command);
    case "report":
      return report();
  }
}

answerCommands(act);
