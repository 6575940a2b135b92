// A standard `Response` through Node's: status, headers, and a body that streams as fast as the
// client takes it.

import { STATUS_CODES } from "node:http";
import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { endGently } from "./linger.ts";

/**
 * Sends `response`. Fulfils when all of it is with the socket; rejects when its body fails or the
 * client goes, and then the connection is cut, for the client must not take a part for the whole.
 */
export async function sendResponse(response: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.statusCode = response.status;
  if (response.statusText !== "") outgoing.statusMessage = response.statusText;
  for (const [name, value] of response.headers) outgoing.appendHeader(name, value);
  const connection = response.headers.get("connection");
  if (connection !== null && !outgoing.shouldKeepAlive) {
    outgoing.setHeader("Connection", withClose(connection)); // or Node would keep it alive
  }
  outgoing.on("error", () => {}); // the client may go at any moment: "close" tells
  const { body } = response;
  const text = refusals.get(response);
  if ((body === null && text === undefined) || outgoing.req.method === "HEAD") {
    outgoing.end();
    body?.cancel().catch(() => {});
    return;
  }
  const end = sent(outgoing);
  if (body !== null) {
    await sendBody(body, outgoing, end);
  } else {
    outgoing.write(text);
    outgoing.end();
  }
  await end;
}

/** The client went, and what was to be sent is not. */
export class ClientGone extends Error {
  constructor() {
    super("Client went before it was answered");
  }
}

/** Fulfils when all that is written is with the socket. */
function sent(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve, reject) => {
    outgoing.once("finish", resolve).once("close", () => reject(new ClientGone()));
  });
}

/** A loop: two streams and the pipe between them would cost more than most handlers do. */
async function sendBody(
  body: ReadableStream<Uint8Array>,
  outgoing: ServerResponse,
  end: Promise<void>,
): Promise<void> {
  const reader = body.getReader();
  let wake = (): void => {};
  end.catch((error: unknown) => {
    wake();
    reader.cancel(error).catch(() => {}); // a read() that waits ends, too
  });
  for (;;) {
    const { value, done } = await reader.read();
    if (done || outgoing.destroyed) break;
    if (outgoing.write(value)) continue;
    await new Promise<void>((resolve) => {
      wake = resolve;
      outgoing.socket?.once("drain", resolve); // of a socket that Node let go of it tells no other
    });
  }
  outgoing.end();
}

/** Tells the source of a body that nobody will read it. */
export function discard(response: unknown): void {
  if (response instanceof Response) response.body?.cancel().catch(() => {});
}

/** What refusals say that have no stream for it: to refuse must not cost more than to admit. */
const refusals = new WeakMap<Response, string>();

/** A response of plain text for a request that is refused; `sendResponse()` knows the text. */
export function refusal(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const response = new Response(null, { status, headers: { ...headers, ...PLAIN } });
  refusals.set(response, `${message}\n`);
  return response;
}

/** The same with a body, for others to read. */
export function readableRefusal(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>>,
): Response {
  return new Response(`${message}\n`, { status, headers: { ...headers, ...PLAIN } });
}

const PLAIN = { "Content-Type": "text/plain; charset=utf-8" };

/** Refuses on the bare socket what has no response of Node's, and ends it. */
export function refuseOnSocket(
  socket: Duplex,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (socket.writable) {
    let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n`;
    const all = { ...headers, Connection: withClose(headers["Connection"]), "Content-Length": "0" };
    for (const [name, value] of Object.entries(all)) head += `${name}: ${value}\r\n`;
    socket.write(`${head}\r\n`, "latin1"); // RFC 9110 §5.5: a character is a byte
  }
  endGently(socket);
}

/** RFC 9112 §9.6: says that no other answer will come, besides what Connection says already. */
function withClose(connection: string | undefined): string {
  return connection === undefined ? "close" : `${connection}, close`;
}
