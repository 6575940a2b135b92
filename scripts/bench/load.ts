// The load, a process of its own on core 1. It reads no frame: it knows how large a reply is,
// counts bytes, and for each reply that has come sends the next message. So it is cheaper than any
// server, as the server without a protocol, `raw`, shows. What the replies say is looked at once.
// Compressed messages begin anew each time, so that their echoes have one size as well.

import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import { payloadOf } from "./payload.ts";
import type { Command, Opened, Ran } from "./protocol.ts";

/** Frames in a row, so that what is due is one write. */
interface Batch {
  readonly frames: Buffer;
  readonly frameSize: number;
  readonly payload: Buffer;
  /** What is asked for in the handshake. */
  readonly extensions: string;
  replySize: number;
}

const EXTENSION = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

class Client {
  readonly #socket: Socket;
  readonly #batch: Batch;
  #pending = 0;
  #underWay = 0;
  received = 0;
  isSending = false;
  onIdle: (() => void) | null = null;

  constructor(socket: Socket, batch: Batch) {
    this.#socket = socket;
    this.#batch = batch;
    socket.on("data", ({ length }) => this.#receive(length));
  }

  send(count: number): void {
    this.#underWay += count;
    this.#socket.write(this.#batch.frames.subarray(0, count * this.#batch.frameSize));
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(length: number): void {
    this.#pending += length;
    const replies = Math.floor(this.#pending / this.#batch.replySize);
    if (replies === 0) return;
    this.#pending -= replies * this.#batch.replySize;
    this.#underWay -= replies;
    this.received += replies;
    if (this.isSending) this.send(replies);
    else if (this.#underWay === 0) this.onIdle?.();
  }
}

const clients = new Map<string, Client[]>();

/** A masked frame, and the size of its echo. */
function batchOf({ size, kind, inFlight, compressed }: Command & { do: "open" }): Batch {
  const payload = payloadOf(size, compressed);
  const content = compressed ? deflated(payload) : payload;
  const opcode = (kind === "text" ? 0x81 : 0x82) | (compressed ? RSV1 : 0);
  const key = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);
  const { length: sent } = content;
  const short = sent < 126 ? sent : sent < 65_536 ? 126 : 127;
  const length = Buffer.alloc(short < 126 ? 0 : short === 126 ? 2 : 8);
  if (short === 126) length.writeUInt16BE(sent);
  if (short === 127) length.writeBigUInt64BE(BigInt(sent));
  const masked = content.map((byte, index) => byte ^ key[index & 3]);
  const frame = Buffer.concat([Buffer.from([opcode, 0x80 | short]), length, key, masked]);
  const frames = Buffer.concat(Array.from({ length: inFlight }, () => frame));
  const extensions = compressed ? `Sec-WebSocket-Extensions: ${EXTENSION}\r\n` : "";
  const replySize = frame.length - 4;
  return { frames, frameSize: frame.length, payload, extensions, replySize };
}

/** RSV1: the message is compressed. */
const RSV1 = 0x40;

/** What a flush ends with, and what is left out of a message: RFC 7692 §7.2.1. */
const TAIL = Buffer.from("0000ffff", "hex");

function deflated(payload: Buffer): Buffer {
  const flushed = deflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH });
  return flushed.subarray(0, -TAIL.length);
}

function inflated(payload: Buffer): Buffer {
  const flushed = Buffer.concat([payload, TAIL]);
  return inflateRawSync(flushed, { finishFlush: constants.Z_SYNC_FLUSH });
}

async function openSocket(port: number, batch: Batch): Promise<Socket> {
  const { frameSize, replySize, extensions } = batch;
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  const key = randomBytes(16).toString("base64");
  socket.write(
    `GET /?frame=${frameSize}&reply=${replySize} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n` +
      "Upgrade: websocket\r\nConnection: Upgrade\r\n" +
      `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n${extensions}\r\n`,
  );
  const [head] = (await once(socket, "data")) as [Buffer];
  if (!head.toString("latin1").startsWith("HTTP/1.1 101 ")) throw new Error(`No 101: ${head}`);
  if (!head.includes("\r\n\r\n")) throw new Error("The head came in pieces");
  return socket;
}

/** One message there and back: the echo says the same, unmasked. Its size is that of them all. */
async function checkEcho(socket: Socket, batch: Batch): Promise<void> {
  socket.write(batch.frames.subarray(0, batch.frameSize));
  let reply: Buffer = Buffer.alloc(0);
  while (reply.length < 2 || reply.length < frameEnd(reply)) {
    const [chunk] = (await once(socket, "data")) as [Buffer];
    reply = Buffer.concat([reply, chunk]);
  }
  const content = reply.subarray(headerSize(reply));
  const payload = (reply[0] & RSV1) === 0 ? content : inflated(content);
  const isSame = payload.equals(batch.payload);
  if (!isSame || (reply[0] & ~RSV1) !== (batch.frames[0] & ~RSV1)) {
    throw new Error(`The echo is not the message: ${payload.length} bytes, not the same`);
  }
  batch.replySize = reply.length;
}

function headerSize(frame: Buffer): number {
  return frame[1] < 126 ? 2 : frame[1] === 126 ? 4 : 10;
}

/** How long an unmasked frame is, of which the beginning is there. */
function frameEnd(frame: Buffer): number {
  const size = headerSize(frame);
  if (frame.length < size) return Infinity;
  const length =
    size === 2 ? frame[1] : size === 4 ? frame.readUInt16BE(2) : Number(frame.readBigUInt64BE(2));
  return size + length;
}

async function open(command: Command & { do: "open" }): Promise<Opened> {
  const batch = batchOf(command);
  const opened: Client[] = [];
  const start = performance.now();
  for (let count = 0; count < command.connections; count++) {
    const socket = await openSocket(command.port, batch);
    socket.on("error", () => {});
    if (count === 0 && command.isEcho) await checkEcho(socket, batch);
    opened.push(new Client(socket, batch));
  }
  clients.set(command.name, [...(clients.get(command.name) ?? []), ...opened]);
  return { seconds: (performance.now() - start) / 1000, replySize: batch.replySize };
}

async function run({ name, ms, inFlight }: Command & { do: "run" }): Promise<Ran> {
  const all = clients.get(name) ?? [];
  const cpu = process.cpuUsage();
  const start = performance.now();
  let busy = all.length;
  const idle = new Promise<void>((resolve) => {
    for (const client of all) {
      client.received = 0;
      client.isSending = true;
      client.onIdle = () => void (--busy === 0 && resolve());
      client.send(inFlight);
    }
  });
  setTimeout(() => all.forEach((client) => (client.isSending = false)), ms);
  await idle;
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const messages = all.reduce((sum, { received }) => sum + received, 0);
  return { messages, seconds, cpuSeconds: (user + system) / 1e6 };
}

function close(name: string): Record<string, never> {
  for (const client of clients.get(name) ?? []) client.close();
  clients.delete(name);
  return {};
}

process.on("message", (command: Command) => {
  const act = command.do === "open" ? open(command) : command.do === "run" ? run(command) : null;
  Promise.resolve(act ?? close(command.name)).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on("disconnect", () => process.exit());
