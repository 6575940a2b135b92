// What an anonymous client can do to a server, stage by stage: how it gets there, and what bounds
// it there. Numbers are measured; the options and what happens are those that src documents.

import { deflateRawSync, constants } from "node:zlib";
import { encodeFrame, Opcode } from "../../src/frame/mod.ts";
import type { CostSetup } from "./protocol.ts";

/** One stage, which a client reaches and then stays in. */
export interface Stage {
  readonly what: string;
  /** What is sent on TCP, before any frame: "" for nothing, a path for a whole handshake to it. */
  readonly head: "" | "half" | `/${string}`;
  /** Whether permessage-deflate is offered. */
  readonly compressed?: boolean;
  /** Whether the 101 is waited for, and then left in peace. */
  readonly opens: boolean;
  /** What is sent behind it. */
  readonly bytes?: () => Uint8Array;
  /** Whether the client reads: then pings are answered. */
  readonly reads: boolean;
  /** Connections that are there in either measurement. */
  readonly counts: readonly [few: number, many: number];
  /** With which the time is measured that the client is let be. */
  readonly limits?: Partial<Pick<CostSetup, "server" | "connection">>;
  /** The option by which it then ends; `null`: it need not end. */
  readonly held: "handshakeTimeoutMs" | "stallTimeoutMs" | "closeTimeoutMs" | null;
  /** Options that bound it. */
  readonly options: readonly string[];
}

/** A stream of bytes that costs work. */
export interface Flood {
  readonly what: string;
  readonly path: string;
  readonly compressed?: boolean;
  /** What is sent again and again. */
  readonly bytes: () => Uint8Array;
  /** Frames in it. */
  readonly frames: number;
  /** Whether each time is a connection of its own, since it ends it. */
  readonly endsConnection?: boolean;
  readonly options: readonly string[];
}

const KEY = 0x37fa213d;
/** RFC 7692 §6: the message is compressed. */
const RSV1 = 0b100;
const MEBIBYTE = 1024 * 1024;

function masked(opcode: number, payload: Uint8Array, fin = true, rsv = 0): Uint8Array {
  return encodeFrame({ opcode, payload, fin, rsv, key: KEY });
}

function repeated(bytes: Uint8Array, count: number): Uint8Array {
  return Buffer.concat(Array.from({ length: count }, () => bytes));
}

/** One byte less than the limit, in a message that never ends. */
function unfinished(): Uint8Array {
  return masked(Opcode.BINARY, new Uint8Array(MEBIBYTE - 1), false);
}

/** Twice what an inbox takes. */
function manyMessages(): Uint8Array {
  return repeated(masked(Opcode.BINARY, new Uint8Array(16 * 1024)), 128);
}

/** Zeros that inflate to 16 MiB: RFC 7692 §8. */
function bomb(): Uint8Array {
  const options = { finishFlush: constants.Z_SYNC_FLUSH };
  const zeros = deflateRawSync(Buffer.alloc(16 * MEBIBYTE), options);
  return masked(Opcode.BINARY, zeros.subarray(0, -4), true, RSV1);
}

/** As many empty blocks marked as the last as are let pass: RFC 7692 §7.2.3.4. */
function lastBlocks(): Uint8Array {
  return repeated(Uint8Array.of(3, 0), 8);
}

export const STAGES: readonly Stage[] = [
  {
    what: "TCP connected, nothing sent",
    head: "",
    opens: false,
    reads: true,
    counts: [2000, 6000],
    held: "handshakeTimeoutMs",
    options: ["handshakeTimeoutMs"],
  },
  {
    what: "half of a request's head",
    head: "half",
    opens: false,
    reads: true,
    counts: [2000, 6000],
    held: "handshakeTimeoutMs",
    options: ["handshakeTimeoutMs", "headersSizeMax", "headersMax", "targetSizeMax"],
  },
  {
    what: "handshake that waits for its handler",
    head: "/wait",
    opens: false,
    reads: true,
    counts: [200, 1000],
    held: "handshakeTimeoutMs",
    options: ["handshakeTimeoutMs", "pendingUpgradesMax"],
  },
  {
    what: "open and idle, pings answered",
    head: "/echo",
    opens: true,
    reads: true,
    counts: [2000, 6000],
    held: null,
    options: ["connectionsMax", "connectionsPerAddressMax"],
  },
  {
    what: "open and idle, compression agreed",
    head: "/echo",
    compressed: true,
    opens: true,
    reads: true,
    counts: [2000, 6000],
    held: null,
    options: ["connectionsMax", "connectionsPerAddressMax"],
  },
  {
    what: "message of 1 MiB, never finished",
    head: "/echo",
    opens: true,
    bytes: unfinished,
    reads: true,
    counts: [20, 120],
    held: null,
    options: ["messageSizeMax", "messageTimeoutMs", "buffersSizeMax"],
  },
  {
    what: "inbox full, handler reads nothing",
    head: "/deaf",
    opens: true,
    bytes: manyMessages,
    reads: true,
    counts: [20, 120],
    held: null,
    options: ["inboxSizeMax", "inboxMessagesMax", "buffersSizeMax"],
  },
  {
    what: "outbox full, client reads nothing",
    head: "/push",
    opens: true,
    reads: false,
    counts: [50, 250],
    limits: { connection: { stallTimeoutMs: 2000 } },
    held: "stallTimeoutMs",
    options: ["outboxSizeMax", "outboxMessagesMax", "stallTimeoutMs", "buffersSizeMax"],
  },
  {
    what: "Close of ours, never answered",
    head: "/close",
    opens: true,
    reads: true,
    counts: [2000, 6000],
    held: "closeTimeoutMs",
    options: ["closeTimeoutMs"],
  },
];

export const FLOODS: readonly Flood[] = [
  {
    what: "short messages, echoed",
    path: "/echo",
    bytes: () => repeated(masked(Opcode.BINARY, new Uint8Array(32)), 1000),
    frames: 1000,
    options: ["messagesPerSecondMax"],
  },
  {
    what: "empty messages, echoed",
    path: "/echo",
    bytes: () => repeated(masked(Opcode.BINARY, new Uint8Array(0)), 1000),
    frames: 1000,
    options: ["messagesPerSecondMax"],
  },
  {
    what: "pings of 125 bytes",
    path: "/echo",
    bytes: () => repeated(masked(Opcode.PING, new Uint8Array(125)), 1000),
    frames: 1000,
    options: ["controlFramesPerSecondMax"],
  },
  {
    what: "fragments of 1 byte",
    path: "/echo",
    bytes: () =>
      Buffer.concat([
        masked(Opcode.BINARY, new Uint8Array(1), false),
        repeated(masked(Opcode.CONTINUATION, new Uint8Array(1), false), 998),
        masked(Opcode.CONTINUATION, new Uint8Array(1)),
      ]),
    frames: 1000,
    options: ["messagesPerSecondMax", "messageSizeMax"],
  },
  {
    what: "messages of 64 KiB, echoed",
    path: "/echo",
    bytes: () => repeated(masked(Opcode.BINARY, new Uint8Array(65_536)), 16),
    frames: 16,
    options: ["messageSizeMax", "inboxSizeMax"],
  },
  {
    what: "empty messages, compressed, echoed",
    path: "/echo",
    compressed: true,
    bytes: () => repeated(masked(Opcode.BINARY, Uint8Array.of(0), true, RSV1), 1000),
    frames: 1000,
    options: ["messagesPerSecondMax"],
  },
  {
    what: "messages of nothing but last blocks, compressed",
    path: "/echo",
    compressed: true,
    bytes: () => repeated(masked(Opcode.BINARY, lastBlocks(), true, RSV1), 1000),
    frames: 1000,
    options: ["messagesPerSecondMax"],
  },
  {
    what: "compressed bomb, 16 KiB for 16 MiB",
    path: "/echo",
    compressed: true,
    bytes: bomb,
    frames: 1,
    endsConnection: true,
    options: ["messageSizeMax"],
  },
];
