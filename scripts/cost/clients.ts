// Clients that do what a stage is about, in the process that measures.

import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { writeHandshake } from "../../src/protocol/client_handshake.ts";
import { parseWebSocketUrl } from "../../src/protocol/websocket_url.ts";

/** RFC 6455 §1.3. */
const KEY = "dGhlIHNhbXBsZSBub25jZQ==";

/** What is asked for. */
export interface Opening {
  readonly port: number;
  /** "" sends nothing, "half" the half of a head. */
  readonly head: string;
  readonly compressed: boolean;
  /** Waits for the 101. */
  readonly opens: boolean;
  readonly reads: boolean;
}

/** A client of the server at `port`, as far as it should come. */
export async function openClient(opening: Opening): Promise<Socket> {
  const { port, head, compressed, opens, reads } = opening;
  const socket = connect({ port, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
  socket.on("error", () => {});
  await once(socket, "connect");
  if (head !== "") {
    const request = requestTo(port, head === "half" ? "/echo" : head, compressed);
    socket.write(head === "half" ? request.subarray(0, request.length >> 1) : request);
  }
  if (opens) {
    const [answer] = (await once(socket, "data")) as [Buffer];
    const text = answer.toString("latin1");
    if (!text.startsWith("HTTP/1.1 101 ")) throw new Error(`No 101: ${text.slice(0, 80)}`);
    const isAgreed = /permessage-deflate/i.test(text);
    if (isAgreed !== compressed) throw new Error(`Compression: ${isAgreed}, must be ${compressed}`);
  }
  if (reads) socket.resume();
  else socket.pause();
  return socket;
}

function requestTo(port: number, path: string, compressed: boolean): Buffer {
  const url = parseWebSocketUrl(`ws://127.0.0.1:${port}${path}`);
  const extensions = compressed ? "permessage-deflate" : "";
  const text = writeHandshake({ url, key: KEY, protocols: [], extensions, headers: [] });
  return Buffer.from(text, "latin1");
}

/** Writes `bytes`, and fulfils when the kernel has them, or never, when the server pauses. */
export async function send(socket: Socket, bytes: Uint8Array): Promise<void> {
  if (!socket.write(bytes)) await once(socket, "drain");
}
