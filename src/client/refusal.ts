// An answer that opens no connection, with the first of its body: what a person wants to read when
// a server says 401. The body is as the server framed it: RFC 9112 §6.3.

import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import type { Clock } from "../connection/clock.ts";
import { Deadline } from "../connection/deadline.ts";
import { listHas } from "../message/token.ts";
import { statusOf } from "../protocol/client_handshake.ts";
import { fieldValues } from "../protocol/handshake.ts";
import type { HttpHead } from "../protocol/http_head.ts";
import { OpeningError } from "./opening_error.ts";

/** So much of the body is shown, in bytes, and waited for. */
const BODY_SIZE_MAX = 1024;
const BODY_TIMEOUT_MS = 1000;

/** The error for this answer. `rest` is what came behind its head. */
export async function readRefusal(
  socket: Socket,
  head: HttpHead,
  rest: Uint8Array,
  clock: Clock,
): Promise<OpeningError> {
  const body = toText(await readBody(socket, head, rest, clock));
  const status = statusOf(head);
  const found = head.startLine.slice(9).trim();
  const hint = hintFor(status, head);
  const text = `Cannot open: server answered ${found}, must be 101 (§4.1)${hint}`;
  return new OpeningError(text, { status, head, body });
}

/** As much of the body as comes in time. */
function readBody(
  socket: Socket,
  head: HttpHead,
  rest: Uint8Array,
  clock: Clock,
): Promise<Uint8Array> {
  const isChunked = listHas(fieldValues(head, "transfer-encoding").join(), "chunked");
  const length = Number(fieldValues(head, "content-length")[0] ?? BODY_SIZE_MAX);
  let received = Buffer.from(rest);
  const body = (): Uint8Array => (isChunked ? unchunk(received) : received).subarray(0, length);
  return new Promise((resolve) => {
    const deadline = new Deadline(clock);
    const isDone = (): boolean =>
      body().length >= Math.min(length, BODY_SIZE_MAX) || (isChunked && hasLastChunk(received));
    const finish = (): void => {
      deadline.meet();
      socket.destroy();
      resolve(body().subarray(0, BODY_SIZE_MAX));
    };
    if (isDone()) return finish();
    deadline.set(BODY_TIMEOUT_MS, finish);
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (isDone() || received.length > 4 * BODY_SIZE_MAX) finish();
    });
    socket.once("end", finish);
    socket.once("close", finish);
    socket.resume();
  });
}

/** The content of as many chunks as are there, the last one cut or not: RFC 9112 §7.1. */
function unchunk(bytes: Buffer): Uint8Array {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = bytes.indexOf("\r\n", at);
    const size = lineEnd < 0 ? NaN : Number.parseInt(bytes.toString("latin1", at, lineEnd), 16);
    if (!(size > 0)) return Buffer.concat(parts); // the last chunk, none yet, or no chunk at all
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}

function hasLastChunk(bytes: Buffer): boolean {
  return bytes.indexOf("0\r\n") === 0 || bytes.includes("\r\n0\r\n");
}

/** Text, if it is some: a picture says nothing here. */
function toText(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes);
  return text.includes("\0") ? "" : text.trim();
}

/** What the header says that the status wants to be read with: RFC 9110 §15. */
function hintFor(status: number, head: HttpHead): string {
  if (status >= 300 && status < 400) return hint(head, "location", "it is at");
  if (status === 401) return hint(head, "www-authenticate", "it wants");
  if (status === 426) return hint(head, "sec-websocket-version", "it speaks version");
  return "";
}

function hint(head: HttpHead, name: string, says: string): string {
  const value = fieldValues(head, name).join(", ");
  return value === "" ? "" : `; ${says} ${value.slice(0, 200)}`;
}
