// A client that is told: it asks once, and each value comes by itself.

import { randomBytes } from "node:crypto";
import { get } from "node:http";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { encodeFrame, FrameDecoder, Opcode } from "../../src/frame/mod.ts";
import type { FrameHeader } from "../../src/frame/mod.ts";
import { Client } from "./client.ts";

/** A client of the kind "events". */
export class EventClient extends Client {
  override open(): Promise<void> {
    return new Promise((resolve, reject) => {
      const request = get({ host: "127.0.0.1", port: this.port, path: "/events", agent: false });
      request.once("socket", (socket) => this.meter.uses(socket));
      request.once("error", reject);
      request.once("response", (response) => this.#read(response, resolve));
    });
  }

  /** Our server's events are a line of data and an empty line; TCP may cut them anywhere. */
  #read(response: IncomingMessage, onFirst: () => void): void {
    let rest = "";
    response.setEncoding("utf8");
    response.on("data", (chunk: string) => {
      const events = (rest + chunk).split("\n\n");
      rest = events.pop() ?? "";
      for (const event of events) this.learn(event.slice("data: ".length));
      if (events.length > 0) onFirst();
    });
  }
}

/** A client of the kind "websocket", on our own codec. */
export class WebSocketClient extends Client {
  override open(): Promise<void> {
    const headers = {
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
      "Sec-WebSocket-Version": "13",
    };
    const { port } = this;
    return new Promise((resolve, reject) => {
      const request = get({ host: "127.0.0.1", port, path: "/ws", headers, agent: false });
      request.once("error", reject);
      request.once("upgrade", (_response, socket: Socket, head: Buffer) => {
        this.meter.uses(socket);
        this.#read(socket, head, resolve);
      });
    });
  }

  #read(socket: Socket, head: Buffer, onFirst: () => void): void {
    let opcode = 0;
    let payload = Buffer.alloc(0);
    const sink = {
      frameStart: (header: FrameHeader): void => {
        opcode = header.opcode;
        payload = Buffer.alloc(0);
      },
      framePayload: (bytes: Uint8Array, start: number, end: number): void => {
        payload = Buffer.concat([payload, bytes.subarray(start, end)]);
      },
      frameEnd: (): void => {
        if (opcode === Opcode.PING) {
          const key = randomBytes(4).readInt32BE();
          socket.write(encodeFrame({ opcode: Opcode.PONG, payload, key }));
        } else if (opcode === Opcode.TEXT) {
          this.learn(payload.toString());
          onFirst();
        }
      },
    };
    const decoder = new FrameDecoder(sink, { role: "client" });
    socket.on("data", (chunk: Buffer) => decoder.push(chunk));
    decoder.push(head);
  }
}
