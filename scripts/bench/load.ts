// The load, a process of its own on core 1. It reads no frame: it knows how large a reply is,
// counts bytes, and for each reply that has come sends the next message. So it is cheaper than any
// server, as the server without a protocol, `raw`, shows. What the replies say is looked at once.

import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import type { Command, Opened, Ran } from "./protocol.ts";

/** Frames in a row, so that what is due is one write. */
interface Batch {
  readonly frames: Buffer;
  readonly frameSize: number;
  readonly replySize: number;
}

const TEXT = "The quick brown fox jumps over the lazy dog. ";

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
function batchOf({ size, kind, inFlight }: Command & { do: "open" }): Batch {
  const payload = Buffer.alloc(size, TEXT);
  const opcode = kind === "text" ? 0x81 : 0x82;
  const key = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);
  const short = size < 126 ? size : size < 65_536 ? 126 : 127;
  const length = Buffer.alloc(short < 126 ? 0 : short === 126 ? 2 : 8);
  if (short === 126) length.writeUInt16BE(size);
  if (short === 127) length.writeBigUInt64BE(BigInt(size));
  const masked = payload.map((byte, index) => byte ^ key[index & 3]);
  const frame = Buffer.concat([Buffer.from([opcode, 0x80 | short]), length, key, masked]);
  const frames = Buffer.concat(Array.from({ length: inFlight }, () => frame));
  return { frames, frameSize: frame.length, replySize: frame.length - 4 };
}

async function openSocket(port: number, { frameSize, replySize }: Batch): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  const key = randomBytes(16).toString("base64");
  socket.write(
    `GET /?frame=${frameSize}&reply=${replySize} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n` +
      "Upgrade: websocket\r\nConnection: Upgrade\r\n" +
      `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  );
  const [head] = (await once(socket, "data")) as [Buffer];
  if (!head.toString("latin1").startsWith("HTTP/1.1 101 ")) throw new Error(`No 101: ${head}`);
  if (!head.includes("\r\n\r\n")) throw new Error("The head came in pieces");
  return socket;
}

/** One message there and back: the echo has the same payload, unmasked. */
async function checkEcho(socket: Socket, { frames, frameSize, replySize }: Batch): Promise<void> {
  socket.write(frames.subarray(0, frameSize));
  const chunks: Buffer[] = [];
  let size = 0;
  while (size < replySize) {
    const [chunk] = (await once(socket, "data")) as [Buffer];
    chunks.push(chunk);
    size += chunk.length;
  }
  const reply = Buffer.concat(chunks);
  const payload = reply.subarray(reply[1] < 126 ? 2 : reply[1] === 126 ? 4 : 10);
  const isSame = payload.equals(Buffer.alloc(payload.length, TEXT));
  if (size !== replySize || reply[0] !== frames[0] || !isSame) {
    throw new Error(`The echo is not the message: ${size} bytes, must be ${replySize}`);
  }
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
  return { seconds: (performance.now() - start) / 1000 };
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
