// What the tests of this floor share: a connection on a fake socket and a fake clock, and both ends
// of its wire in hex.

import * as assert from "uvu/assert";
import { createHash } from "node:crypto";
import { Compression } from "../../src/connection/compression.ts";
import { Connection } from "../../src/connection/connection.ts";
import type { KeepaliveOptions } from "../../src/connection/keepalive.ts";
import { Lifecycle } from "../../src/connection/lifecycle.ts";
import { connectionLimits } from "../../src/connection/limits.ts";
import type { ConnectionLimits } from "../../src/connection/limits.ts";
import type { Role } from "../../src/frame/mod.ts";
import { compressionSettings } from "../../src/message/compression.ts";
import type { CompressionOptions } from "../../src/message/compression.ts";
import { parseExtensions } from "../../src/message/extension.ts";
import { negotiate } from "../../src/message/negotiate.ts";
import type { Message } from "../../src/message/message.ts";
import { concat, utf8 } from "../support/bytes.ts";
import { FakeClock } from "../../src/testing/fake_clock.ts";
import { FakeTransport } from "../support/fake_transport.ts";
import { describe } from "../support/raw_client.ts";

/** How a {@linkcode Line} is set up. */
export interface LineOptions {
  readonly limits?: Partial<ConnectionLimits>;
  /** Default: `false`, so that the only timers are those that the test is about. */
  readonly keepalive?: KeepaliveOptions | false;
  /** Default: `true`. */
  readonly isOpen?: boolean;
  /** With a client that offers all there is. Default: nothing is compressed. */
  readonly compression?: CompressionOptions;
  /** Default: one of its own. */
  readonly clock?: FakeClock;
  /** Default: "server". What a client sends stays unmasked here, so that it can be read. */
  readonly role?: Role;
  /** Whether delays are whole milliseconds of at least one, as those of Node. Default: `false`. */
  readonly truncates?: boolean;
}

/** A connection between two fakes. */
export class Line {
  readonly transport: FakeTransport = new FakeTransport();
  readonly clock: FakeClock;
  readonly lifecycle: Lifecycle;
  readonly connection: Connection;

  constructor(options: LineOptions = {}) {
    const { limits, keepalive = false, isOpen = true, truncates = false, compression } = options;
    const { role = "server" } = options;
    this.clock = options.clock ?? new FakeClock({ truncates });
    const all = connectionLimits(limits);
    this.lifecycle = new Lifecycle({
      limits: all,
      keepalive,
      clock: this.clock,
      role,
      compression: compression === undefined ? null : agreed(compression),
    });
    this.connection = new Connection(this.lifecycle, {
      protocol: "",
      remoteAddr: { transport: "tcp", hostname: "192.0.2.1", port: 1024 },
      closeTimeoutMs: all.closeTimeoutMs,
    });
    this.transport.events = this.lifecycle;
    if (isOpen) this.open();
  }

  open(): void {
    this.lifecycle.open(this.transport);
  }

  /** One read of the socket brings `frames`. Its memory is used for something else at once. */
  receive(...frames: readonly Uint8Array[]): void {
    const chunk = concat(...frames);
    this.lifecycle.received(chunk);
    chunk.fill(0xff);
  }

  /** The peer sends FIN. */
  fin(): void {
    this.lifecycle.ended();
  }

  /** Both directions have ended. */
  disconnect(cause?: unknown): void {
    this.lifecycle.disconnected(cause);
  }
}

function agreed(options: CompressionOptions): Compression {
  const settings = compressionSettings(options);
  const offers = parseExtensions("permessage-deflate; client_max_window_bits");
  const negotiated = negotiate(offers, settings);
  if (negotiated === null) throw new Error("Expected the offer to be taken");
  return new Compression(negotiated, settings);
}

/** Lets the event loop turn once: ticks, promises and one round of `setImmediate`. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A connection whose socket is full behind the message "x", and stays it until `drain()`. */
export async function fullLine(limits: Partial<ConnectionLimits> = {}): Promise<Line> {
  const line = new Line({ limits });
  line.transport.full = true;
  await line.connection.write("x");
  await turn();
  assert.is(line.transport.take(), textHex("x"));
  return line;
}

/** Whether `promise` settles within a turn of the event loop. */
export async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const settle = (): void => void (settled = true);
  promise.then(settle, settle);
  await turn();
  return settled;
}

/** `hex` to compare; length and digest of a long one, whose difference uvu shows for minutes. */
export function short(hex: string): string {
  if (hex.length <= 4000) return hex;
  return `${hex.length / 2} bytes, SHA-1 ${createHash("sha1").update(hex).digest("hex")}`;
}

/** A message in one line, as a client describes it. */
export function lineOf(message: Message): string {
  return typeof message === "string" ? describe(1, utf8(message)) : describe(2, message);
}

/** An unmasked text frame of up to 65,535 bytes in hex, as the server sends it: §5.2. */
export function textHex(text: string): string {
  return dataHex("81", Buffer.from(text));
}

/** The same for binary. */
export function binaryHex(payload: Uint8Array): string {
  return dataHex("82", Buffer.from(payload));
}

/** An unmasked Close frame in hex. */
export function closeHex(code: number, reason = ""): string {
  const digits = code.toString(16).padStart(4, "0");
  return dataHex("88", Buffer.concat([Buffer.from(digits, "hex"), Buffer.from(reason)]));
}

function dataHex(first: string, payload: Buffer): string {
  const { length } = payload;
  const size = length > 65535 ? 16 : length > 125 ? 4 : 2;
  const form = length > 65535 ? "7f" : length > 125 ? "7e" : "";
  return first + form + length.toString(16).padStart(size, "0") + payload.toString("hex");
}
