// Whole sessions over a socket: a handshake, then frames, sound ones and bent ones, cut anywhere,
// and an end by FIN, RST or Close, against a server that echoes.
//
// Whatever comes: the connection closes once, with the code that the frames make due; the server
// sends sound frames alone, one Close at most and nothing behind it; what it echoes are the first
// of the messages that were sent, and all of them for a client that waits; and nothing is left.

import { ProtocolError } from "../../src/mod.ts";
import type { ConnectionHandler } from "../../src/mod.ts";
import type { Random } from "../../src/testing/random.ts";
import { FrameReader } from "../../test/support/frame_reader.ts";
import { handshake } from "../../test/support/handshake.ts";
import { readAnswers } from "./answers.ts";
import { EchoServer } from "./echo_server.ts";
import { framesOf, joined } from "./frame_cuts.ts";
import { fewest, fewestBytes } from "./minimise.ts";
import { ReferenceReader } from "./reference_reader.ts";
import { StreamDrawer } from "./stream.ts";
import { Tally } from "./tally.ts";
import { Finding, same } from "./target.ts";
import type { Fails, Target } from "./target.ts";
import { exchange } from "./wire_exchange.ts";
import type { Exchange } from "./wire_exchange.ts";

/** What a client sends behind its handshake, and how it ends. */
export interface Session {
  readonly frames: Uint8Array;
  /** Where TCP cuts what is sent, the handshake included. */
  readonly cuts: readonly number[];
  /** "wait": for all echoes, and then it sends a Close. */
  readonly end: Exchange["end"];
}

/** What the server has sent: its messages, its pongs, its Close. */
interface Heard {
  readonly echoes: string[];
  readonly pongs: string[];
  close: Uint8Array | null;
}

/** A limit of which there is more than one frame's worth. */
const SIZE_MAX = 2000;
const UPGRADE = { limits: { messageSizeMax: SIZE_MAX }, keepalive: false } as const;
/** A Close with 1000, masked with zeros. */
const CLOSE = Uint8Array.of(0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8);

/** Sessions against a server. */
export class SessionTarget implements Target<Session> {
  readonly inFlight: number = 50;
  readonly #handler: ConnectionHandler | undefined;
  readonly #drawer = new StreamDrawer();
  readonly #tally = new Tally();
  #server: EchoServer | null = null;
  #count = 0;

  /** @param handler What the server does. Default: it echoes. */
  constructor(handler?: ConnectionHandler) {
    this.#handler = handler;
  }

  get summary(): string {
    return String(this.#tally);
  }

  async begin(): Promise<void> {
    this.#server = await EchoServer.start(UPGRADE, this.#handler);
  }

  async end(): Promise<void> {
    await this.#server?.end();
  }

  draw(random: Random): Session {
    const count = random.below(random.oneIn(4) ? 30 : 8);
    const given = { role: "server", sizeMax: SIZE_MAX, isCompressing: false, count } as const;
    const { wire, cuts } = this.#drawer.draw(random, given);
    const end = random.pick(["FIN", "RST", "wait", "wait"] as const);
    return { frames: wire.slice(), cuts, end };
  }

  async check({ frames, cuts, end }: Session): Promise<void> {
    if (this.#server === null) throw new Error("Bug: it has not begun");
    const path = `/${++this.#count}`;
    const head = handshake({}, `GET ${path} HTTP/1.1`);
    const reader = referenceOf(frames);
    const isOver = reader.isClosed || reader.failure !== null;
    const due = reader.events.filter(({ type }) => type === "text" || type === "binary");
    const waits = end === "wait" && !isOver && reader.isIdle;
    const sent = Buffer.concat([head, frames]);
    this.#server.expect(path);
    const answer = await exchange(this.#server.port, {
      bytes: sent,
      cuts: cuts.filter((cut) => cut < sent.length),
      end: end === "RST" || waits ? end : "FIN",
      isEnough: (received) => hear(received, false).echoes.length >= due.length,
      last: CLOSE,
    });
    if (waits) for (const byte of CLOSE) reader.push(byte);
    const isCut = end === "RST" || answer.end === "RST";
    const heard = hear(answer.bytes, !isCut);
    checkHeard(heard, reader, waits);
    await this.#checkClosure(path, reader, end === "RST");
    this.#server.checkErrors();
    this.#tally.note(reader.failure?.code ?? (reader.isClosed ? "closed" : "cut"));
  }

  write({ frames, ...rest }: Session): string {
    return JSON.stringify({ frames: Buffer.from(frames).toString("hex"), ...rest });
  }

  read(text: string): Session {
    const session = JSON.parse(text) as Session & { readonly frames: string };
    return { ...session, frames: new Uint8Array(Buffer.from(session.frames, "hex")) };
  }

  async minimise(session: Session, fails: Fails<Session>): Promise<Session> {
    const cuts = await fewest(session.cuts, (cuts) => fails({ ...session, cuts }));
    const withFrames = (frames: Uint8Array): Session => ({ ...session, cuts, frames });
    const some = await fewest(framesOf(session.frames), (some) => fails(withFrames(joined(some))));
    return withFrames(await fewestBytes(joined(some), (frames) => fails(withFrames(frames))));
  }

  /** It may be that the handshake itself was cut: then there is no connection. */
  async #checkClosure(path: string, reader: ReferenceReader, isReset: boolean): Promise<void> {
    const connection = this.#server?.take(path) ?? null;
    if (connection === null && isReset) return;
    if (connection === null) throw new Finding("connection", "one", "none");
    const { code, sent, cause } = await connection.closed;
    const { events, isClosed } = reader;
    const received = isClosed ? codeOf(events[events.length - 1].payload) : 1006;
    if (isReset && code === 1006) return;
    same("close code of the connection", code, received);
    if (reader.failure === null || isReset) return;
    if (!(cause instanceof ProtocolError)) throw cause;
    same("cause", cause.code, reader.failure.code);
    same("close code that was sent", sent?.code, reader.failure.closeCode);
  }
}

function referenceOf(frames: Uint8Array): ReferenceReader {
  const reader = new ReferenceReader({ role: "server", sizeMax: SIZE_MAX, isCompressing: false });
  for (const byte of frames) reader.push(byte);
  return reader;
}

/** @param isWhole Whether nothing is missing at the end. */
function hear(bytes: Buffer, isWhole: boolean): Heard {
  const heard: Heard = { echoes: [], pongs: [], close: null };
  if (!bytes.includes("\r\n\r\n")) {
    if (isWhole) throw new Finding("answer", "101", `${bytes.length} bytes`);
    return heard;
  }
  const { heads, frames } = readAnswers(bytes, isWhole);
  same("status", heads[0].status, 101);
  const reader = new FrameReader();
  let at = 0;
  for (let frame = reader.read(frames); frame !== null; frame = reader.read(frames.subarray(at))) {
    at += frame.size;
    const payload = Buffer.from(frame.payload).toString("hex");
    if (frame.opcode === 8) heard.close = frame.payload;
    else if (frame.opcode === 10) heard.pongs.push(payload);
    else heard.echoes.push(`${frame.opcode} ${payload}`);
  }
  if (isWhole) same("bytes behind the last frame", frames.length - at, 0);
  return heard;
}

/** @param isAll Whether all echoes are due. */
function checkHeard(heard: Heard, reader: ReferenceReader, isAll: boolean): void {
  const { echoes, pongs, close } = heard;
  const hexOf = (payload: readonly number[]): string => Buffer.from(payload).toString("hex");
  const messages = reader.events.filter(({ type }) => type === "text" || type === "binary");
  const due = messages.map(({ type, payload }) => `${type === "text" ? 1 : 2} ${hexOf(payload)}`);
  same("echoes", echoes.join(), due.slice(0, echoes.length).join());
  if (isAll) same("count of echoes", echoes.length, due.length);
  const pings = reader.events.filter(({ type }) => type === "ping");
  const duePongs = pings.map(({ payload }) => hexOf(payload));
  for (const [index, pong] of pongs.entries()) {
    const at = duePongs.indexOf(pong);
    if (at < 0) throw new Finding(`pong ${index}`, "an answer to a ping", pong);
    duePongs.splice(0, at + 1); // §5.5.3: it may answer the latest alone
  }
  if (close === null) return;
  const { failure, isClosed, events } = reader;
  if (!isClosed && failure === null) throw new Finding("Close", "none", codeOf(close));
  const code = failure?.closeCode ?? codeOf(events[events.length - 1].payload);
  same("code of the Close", codeOf(close), code);
}

/** 1005 where there is none: §7.1.5. */
function codeOf(payload: ArrayLike<number>): number {
  return payload.length === 0 ? 1005 : 256 * payload[0] + payload[1];
}
