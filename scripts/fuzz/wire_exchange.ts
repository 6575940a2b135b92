// One TCP connection of a client: bytes out as they are cut, whatever comes back, and how it ended.

import { connect } from "node:net";
import type { Socket } from "node:net";
import { Finding } from "./target.ts";

/** What a client does. */
export interface Exchange {
  readonly bytes: Uint8Array;
  /** Where TCP cuts: each is the end of a write; the event loop turns between them. */
  readonly cuts: readonly number[];
  /** What comes behind the bytes. */
  readonly end: "FIN" | "RST" | "wait";
  /** With "wait": whether enough has come. */
  readonly isEnough: (received: Buffer) => boolean;
  /** What is sent then; without it, RST. */
  readonly last?: Uint8Array;
}

/** What came back. */
export interface Answer {
  readonly bytes: Buffer;
  readonly end: "FIN" | "RST";
}

/** Far more than anything takes, on a machine that has other things to do. */
const TIMEOUT_MS = 150_000;

/** Fulfils when the connection has ended, whoever ended it. */
export function exchange(port: number, act: Exchange): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    let received = Buffer.alloc(0);
    let isOver = false;
    let waits = act.end === "wait";
    const finish = (end: Answer["end"]): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      socket.resetAndDestroy(); // no port has to wait for late segments
      resolve({ bytes: received, end });
    };
    const timer = setTimeout(() => {
      isOver = true;
      socket.destroy();
      const found = `${received.length} bytes and no end, for ${TIMEOUT_MS} ms`;
      reject(new Finding("end of the connection", "FIN or RST", found));
    }, TIMEOUT_MS);
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (!waits || !act.isEnough(received)) return;
      waits = false;
      if (act.last === undefined) finish("RST");
      else socket.write(act.last);
    });
    socket.on("end", () => finish("FIN"));
    socket.on("error", () => finish("RST"));
    socket.on("close", () => finish("RST"));
    socket.once("connect", () => void send(socket, act, finish));
  });
}

async function send(
  socket: Socket,
  { bytes, cuts, end }: Exchange,
  finish: (end: Answer["end"]) => void,
): Promise<void> {
  let start = 0;
  for (const cut of [...cuts, bytes.length]) {
    if (socket.destroyed) return;
    if (cut > start) socket.write(bytes.subarray(start, cut));
    start = cut;
    if (cut < bytes.length) await new Promise((resolve) => setImmediate(resolve));
  }
  if (end === "FIN") socket.end();
  if (end !== "RST") return;
  await new Promise((resolve) => setImmediate(resolve));
  finish("RST");
}
