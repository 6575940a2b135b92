// A TCP relay between a client and the minimal server, which looks at what passes: a client library
// hides whether a message came compressed, and whether it compresses itself. RSV1 does not.
//
//   client  --->  relay  --->  server         head of HTTP, then the headers of frames, payloads
//           <---         <---                 are passed over: §5.2, RFC 7692 §6

import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import type { RunningServer } from "./server.ts";

/** Data messages that went one way over connections to /echo, and how many were compressed. */
export interface Passed {
  readonly messages: number;
  readonly compressed: number;
}

/** A relay that runs. */
export interface Relay {
  /** Where to find the server behind it: `http://127.0.0.1:PORT`. */
  readonly origin: string;
  readonly toServer: Passed;
  readonly toClient: Passed;
  /** Cuts what is still open. */
  stop(): Promise<void>;
}

const ECHO = "/echo";
const END_OF_HEAD = "\r\n\r\n";
const RSV1 = 0x40;
const CONTROL = 0x08;
const MASKED = 0x80;

/** Starts a relay to `server` on a free port. */
export async function startRelay({ origin }: RunningServer): Promise<Relay> {
  const toServer = new Counter();
  const toClient = new Counter();
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(new URL(origin).port), "127.0.0.1");
    const request = new FrameReader(toServer);
    const response = new FrameReader(toClient);
    client.on("data", (chunk) => request.push(chunk)).pipe(upstream);
    upstream.on("data", (chunk) => request.path === ECHO && response.push(chunk)).pipe(client);
    for (const [socket, other] of [[client, upstream], [upstream, client]]) {
      sockets.add(socket.setNoDelay(true));
      socket.on("error", () => other.destroy());
      socket.on("close", () => sockets.delete(socket));
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const stop = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  };
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, toServer, toClient, stop };
}

/**
 * What was compressed of all that passed, in a few words. Throws when nothing was, one way or the
 * other; or only on the way back, when the client `inflatesOnly`.
 */
export function compressedShares({ toServer, toClient }: Relay, inflatesOnly = false): string {
  for (const { messages, compressed } of inflatesOnly ? [toClient] : [toServer, toClient]) {
    if (compressed > 0) continue;
    throw new Error(`Of ${messages} messages none was compressed, must be some`);
  }
  const [to, back] = [toServer, toClient].map((one) => `${one.compressed} of ${one.messages}`);
  return `compressed were ${to} messages to /echo, and ${back} from there`;
}

class Counter implements Passed {
  messages = 0;
  compressed = 0;
}

/** One direction of one connection. */
class FrameReader {
  /** Of a request, once its head is there. */
  path: string | undefined;
  readonly #counter: Counter;
  #isInHead = true;
  #unread: Uint8Array = Buffer.alloc(0); // of a head, or of the header of a frame
  #payload = 0; // what is still to be passed over

  constructor(counter: Counter) {
    this.#counter = counter;
  }

  push(chunk: Uint8Array): void {
    let bytes = Buffer.concat([this.#unread, chunk]);
    if (this.#isInHead) {
      const end = bytes.indexOf(END_OF_HEAD);
      if (end >= 0) {
        this.path = /^GET (\S+)/.exec(bytes.toString("latin1", 0, end))?.[1];
        bytes = bytes.subarray(end + END_OF_HEAD.length);
        this.#isInHead = false;
      }
    }
    if (this.path !== undefined && this.path !== ECHO) return; // what else there is to ask for
    while (!this.#isInHead) {
      const skipped = Math.min(this.#payload, bytes.length);
      this.#payload -= skipped;
      bytes = bytes.subarray(skipped);
      const size = this.#readHeader(bytes);
      if (size === 0) break;
      bytes = bytes.subarray(size);
    }
    this.#unread = bytes;
  }

  /** Returns the size of the header, or 0 when it is not all there. */
  #readHeader(bytes: Buffer): number {
    if (bytes.length < 2) return 0;
    const short = bytes[1] & 0x7f;
    const start = short === 127 ? 10 : short === 126 ? 4 : 2;
    if (bytes.length < start) return 0;
    if (short === 127) this.#payload = Number(bytes.readBigUInt64BE(2));
    else this.#payload = short === 126 ? bytes.readUInt16BE(2) : short;
    if ((bytes[1] & MASKED) !== 0) this.#payload += 4; // the key goes with it
    const opcode = bytes[0] & 0x0f;
    if (opcode !== 0 && opcode < CONTROL) {
      this.#counter.messages++;
      if ((bytes[0] & RSV1) !== 0) this.#counter.compressed++;
    }
    return start;
  }
}
