// What the tests of this floor share: a script of events for an endpoint, a sink that writes down
// what it is asked for, and the head of a handshake as Node hands it over.

import type { Role } from "../../src/frame/mod.ts";
import type { Message } from "../../src/message/message.ts";
import { Endpoint } from "../../src/protocol/endpoint.ts";
import type { EndpointSink } from "../../src/protocol/endpoint.ts";
import type { RequestHead } from "../../src/protocol/handshake.ts";
import { hex } from "../support/bytes.ts";
import { SAMPLE_KEY } from "../support/handshake.ts";
import type { Fields } from "../support/handshake.ts";

/** A sink that logs; a Close that is sent as "send Close", its code, and its reason as text. */
export class SinkLog implements EndpointSink {
  readonly entries: string[] = [];

  message(message: Message): void {
    this.entries.push(typeof message === "string" ? `text ${message}` : `binary ${hex(message)}`);
  }

  ping(payload: Uint8Array): void {
    this.entries.push(`ping ${hex(payload)}`);
  }

  pong(payload: Uint8Array): void {
    this.entries.push(`pong ${hex(payload)}`);
  }

  inputEnded(): void {
    this.entries.push("input ended");
  }

  sendClose(payload: Uint8Array): void {
    const code = payload.length === 0 ? "" : ` ${payload[0] * 256 + payload[1]}`;
    this.entries.push(`send Close${code} ${new TextDecoder().decode(payload.subarray(2))}`.trim());
  }

  endTcp(): void {
    this.entries.push("end TCP");
  }
}

/** What may happen to an endpoint: bytes arrive, or something is called. */
export type Event = Uint8Array | ((endpoint: Endpoint) => void);

/** The log of a fresh endpoint, with a limit of 1,000 bytes, and the endpoint itself. */
export function play(events: readonly Event[], role: Role = "server"): [string[], Endpoint] {
  const sink = new SinkLog();
  const endpoint = new Endpoint(sink, role, 1000);
  for (const event of events) {
    if (typeof event === "function") event(endpoint);
    else endpoint.receive(event.slice());
  }
  return [sink.entries, endpoint];
}

/** The fields of a valid handshake. */
export const VALID: Readonly<Record<string, string>> = {
  Host: "h",
  Upgrade: "websocket",
  Connection: "Upgrade",
  "Sec-WebSocket-Key": SAMPLE_KEY,
  "Sec-WebSocket-Version": "13",
};

/** The head of a valid handshake, with `fields` in place of its own or behind them. */
export function head(fields: Fields): RequestHead {
  const rawHeaders: string[] = [];
  for (const [name, values] of Object.entries({ ...VALID, ...fields })) {
    for (const value of values === null ? [] : [values].flat()) rawHeaders.push(name, value);
  }
  return { method: "GET", httpVersion: "1.1", rawHeaders };
}
