// The opening handshake of a client, and what comes of many of them at once.

import { connect } from "node:net";
import type { Socket } from "node:net";
import { pass } from "./pass.ts";
import type { Rush } from "./protocol.ts";

/** The key of §1.3, and the answer to it. */
const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

const COMPRESSION = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

/** Pieces of a slow handshake. */
const PIECES = 8;

const SHED_WITHIN_MS = 500;
const PROBE_WITHIN_MS = 200;
const PROBE_EVERY_MS = 20;
const PROBES_MAX = 100;

/** The head of a request. */
export function requestHead(path: string, compresses: boolean): string {
  const extensions = compresses ? `Sec-WebSocket-Extensions: ${COMPRESSION}\r\n` : "";
  return (
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    `Sec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\n${extensions}\r\n`
  );
}

/**
 * Sends a head at once, or in pieces within so many milliseconds. One timer after the other: those
 * of different delays that are overdue, as after a stop of the process, go off in any order.
 */
export async function sendWithin(ms: number, head: string, socket: Socket): Promise<void> {
  if (ms === 0) return void socket.write(head);
  const size = Math.ceil(head.length / PIECES);
  for (let at = 0; at < head.length; at += size) {
    socket.write(head.slice(at, at + size));
    await pass(ms / PIECES);
  }
}

/** Throws when `head` does not answer {@linkcode requestHead} as it must. */
export function checkResponseHead(head: string, compresses: boolean): void {
  if (!head.startsWith("HTTP/1.1 101 ") || !head.includes(ACCEPT)) {
    throw new Error(`the handshake is answered with ${head.split("\r\n")[0]}`);
  }
  if (head.includes("permessage-deflate") !== compresses) {
    throw new Error("compression is not as it was offered");
  }
}

/** So many connections at once: what comes of them in time. Then they are reset. */
export async function rush(port: number, connections: number): Promise<Rush> {
  const attempts = Array.from({ length: connections }, () => attempt(port));
  const late = pass(SHED_WITHIN_MS).then(() => false);
  const outcomes = await Promise.all(attempts.map(({ opened }) => Promise.race([opened, late])));
  for (const { socket } of attempts) socket.resetAndDestroy();
  const opened = outcomes.filter((isOpen) => isOpen).length;
  return { opened, shed: connections - opened };
}

/** Milliseconds until a connection opens; `Infinity`: none does. */
export async function probe(port: number): Promise<number> {
  const start = performance.now();
  for (let count = 0; count < PROBES_MAX; count++) {
    const { socket, opened } = attempt(port);
    const isOpen = await Promise.race([opened, pass(PROBE_WITHIN_MS).then(() => false)]);
    socket.resetAndDestroy();
    if (isOpen) return performance.now() - start;
    await pass(PROBE_EVERY_MS);
  }
  return Infinity;
}

/** A client that goes in the middle of its handshake, with RST or with FIN. */
export function abortHandshake(port: number, hasReset: boolean): void {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  socket.on("connect", () => {
    socket.write(requestHead("/", false).slice(0, 60), () => {
      if (hasReset) socket.resetAndDestroy();
      else socket.destroy();
    });
  });
}

function attempt(port: number): { readonly socket: Socket; readonly opened: Promise<boolean> } {
  const socket = connect(port, "127.0.0.1");
  const opened = new Promise<boolean>((resolve) => {
    socket.on("error", () => {});
    socket.on("close", () => resolve(false));
    socket.on("connect", () => socket.write(requestHead("/for-each", false)));
    socket.on("data", () => resolve(true));
  });
  return { socket, opened };
}
