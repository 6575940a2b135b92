// Bytes of a peer through an endpoint (decoder, assembler, closing handshake), beside a reader that
// is slow and obvious: see `reference_reader`. Behind every chunk both must have handed over the
// same, and have failed alike: same name, same close code, same byte.
//
// And behind every push no more is held than 2 * sizeMax + 64 KiB; nor more than what came and
// 64 KiB make plausible, whatever a head announces; and between messages nothing but a head.

import { ProtocolError } from "../../src/frame/mod.ts";
import { Inflater } from "../../src/message/inflate.ts";
import type { Message } from "../../src/message/message.ts";
import { TextBytes } from "../../src/message/text_bytes.ts";
import { Endpoint } from "../../src/protocol/endpoint.ts";
import type { EndpointSink } from "../../src/protocol/endpoint.ts";
import type { Random } from "../../src/testing/random.ts";
import { framesOf, joined } from "./frame_cuts.ts";
import { fewest, fewestBytes } from "./minimise.ts";
import { ReferenceReader } from "./reference_reader.ts";
import type { ReferenceEvent } from "./reference_reader.ts";
import { textOf } from "./reference_utf8.ts";
import { StreamDrawer } from "./stream.ts";
import type { Stream } from "./stream.ts";
import { Tally } from "./tally.ts";
import { Finding, same } from "./target.ts";
import type { Fails, Target } from "./target.ts";

/** What of an endpoint is looked at. */
export type Subject = Pick<
  Endpoint,
  "receive" | "goOn" | "stopped" | "retained" | "inputEnded" | "closure"
>;

/** Opens what is tried: an {@linkcode Endpoint}, or one with a fault. */
export type OpenSubject = (sink: EndpointSink, stream: Stream) => Subject;

const SPARE = 64 * 1024;
const HEAD_SIZE_MAX = 14;

/** Stands for DEFLATE: what was sent is what was meant. */
class Identity extends Inflater {
  override inflate(bytes: Uint8Array, sizeMax: number): Uint8Array {
    if (bytes.length <= sizeMax) return new Uint8Array(bytes);
    throw new ProtocolError("MESSAGE_TOO_BIG", "Cannot accept compressed message (§10.4)");
  }
}

const identity = new Identity({ windowBits: 15, contextTakeover: false });

/** An endpoint as a connection has it. */
export function openEndpoint(sink: EndpointSink, stream: Stream): Endpoint {
  const { role, sizeMax, isCompressing, textAsBytes } = stream;
  const text = textAsBytes ? "bytes" : "string";
  return new Endpoint(sink, role, sizeMax, { inflater: isCompressing ? identity : null, text });
}

/** Endpoint against reference. */
export class DecoderTarget implements Target<Stream> {
  readonly inFlight = 1;
  readonly #open: OpenSubject;
  readonly #drawer = new StreamDrawer();
  readonly #tally = new Tally();

  constructor(open: OpenSubject = openEndpoint) {
    this.#open = open;
  }

  get summary(): string {
    return String(this.#tally);
  }

  draw(random: Random): Stream {
    return this.#drawer.draw(random);
  }

  check(stream: Stream): void {
    const { wire, cuts } = stream;
    const reader = new ReferenceReader(stream);
    const sink = new Sink(stream.stops);
    const subject = this.#open(sink, stream);
    let compared = 0;
    let start = 0;
    for (let chunk = 0; chunk <= cuts.length; chunk++) {
      const end = chunk < cuts.length ? cuts[chunk] : wire.length;
      for (let at = start; at < end; at++) reader.push(wire[at]);
      const bytes = wire.slice(start, end); // it is unmasked in place
      subject.receive(bytes);
      checkRetained(subject, stream, end);
      start = end;
      const isEven = chunk % 2 === 0;
      if (subject.stopped && isEven && chunk < cuts.length) continue; // more may come first
      while (subject.stopped) {
        subject.goOn();
        checkRetained(subject, stream, end);
      }
      bytes.fill(0xff); // nothing that was handed over may be looking at it
      compared = sink.compare(reader.events, compared);
      same("has it ended", subject.inputEnded, reader.isClosed || reader.failure !== null);
    }
    checkEnd(subject, sink, reader);
    this.#tally.note(reader.failure?.code ?? (reader.isClosed ? "closed" : "taken"));
  }

  write(stream: Stream): string {
    return JSON.stringify({ ...stream, wire: Buffer.from(stream.wire).toString("hex") });
  }

  read(text: string): Stream {
    const stream = JSON.parse(text) as Stream & { readonly wire: string };
    return { ...stream, wire: new Uint8Array(Buffer.from(stream.wire, "hex")) };
  }

  /** Fewer cuts, fewer frames, fewer bytes. */
  async minimise(stream: Stream, fails: Fails<Stream>): Promise<Stream> {
    let least: Stream = { ...stream, wire: stream.wire.slice() };
    const tryCuts: Fails<readonly number[]> = (cuts) => fails({ ...least, cuts });
    least = { ...least, cuts: await fewest(least.cuts, tryCuts) };
    const withWire = (wire: Uint8Array): Stream => {
      return { ...least, wire, cuts: least.cuts.filter((cut) => cut <= wire.length) };
    };
    const frames = framesOf(least.wire);
    const left = await fewest(frames, (some) => fails(withWire(joined(some))));
    least = withWire(joined(left));
    least = withWire(await fewestBytes(least.wire, (wire) => fails(withWire(wire))));
    return { ...least, cuts: await fewest(least.cuts, tryCuts) };
  }
}

/** Takes what an endpoint hands over, and compares it with what is due. */
class Sink implements EndpointSink {
  readonly #found: (Message | { readonly ping: Uint8Array } | { readonly pong: Uint8Array })[] = [];
  readonly #stops: boolean;
  #asked = 0;
  closesSent: Uint8Array[] = [];
  inputEnds = 0;
  tcpEnds = 0;

  constructor(stops: boolean) {
    this.#stops = stops;
  }

  message(message: Message): void {
    this.#found.push(message);
  }

  ping(payload: Uint8Array): void {
    this.#found.push({ ping: payload });
  }

  pong(payload: Uint8Array): void {
    this.#found.push({ pong: payload });
  }

  isFull(): boolean {
    return this.#stops && this.#asked++ % 2 === 0;
  }

  sendClose(payload: Uint8Array): void {
    this.closesSent.push(payload);
  }

  inputEnded(): void {
    this.inputEnds++;
  }

  endTcp(): void {
    this.tcpEnds++;
  }

  /** Throws unless it got what `events` have, but for a Close; returns how many that were. */
  compare(events: readonly ReferenceEvent[], from: number): number {
    const found = this.#found;
    const isClose = events.length > 0 && events[events.length - 1].type === "close";
    same("messages and control frames", found.length, events.length - (isClose ? 1 : 0));
    for (let at = from; at < found.length; at++) compareEvent(found[at], events[at], at);
    return found.length;
  }
}

function compareEvent(found: unknown, { type, payload }: ReferenceEvent, at: number): void {
  if (typeof found === "string") {
    same(`type of event ${at}`, "text", type);
    return same(`text of event ${at}`, found, textOf(payload));
  }
  const { ping, pong } = found as { readonly ping?: Uint8Array; readonly pong?: Uint8Array };
  const bytes = ping ?? pong ?? (found as Uint8Array);
  const data = bytes instanceof TextBytes ? "text" : "binary";
  const foundType = ping !== undefined ? "ping" : pong !== undefined ? "pong" : data;
  same(`type of event ${at}`, foundType, type);
  same(`size of event ${at}`, bytes.length, payload.length);
  for (let index = 0; index < payload.length; index++) {
    if (bytes[index] !== payload[index]) {
      throw new Finding(`byte ${index} of event ${at}`, payload[index], bytes[index]);
    }
  }
}

/** @param received How many bytes have come. */
function checkRetained({ retained }: Subject, { sizeMax }: Stream, received: number): void {
  const most = Math.min(2 * sizeMax, 4 * received) + SPARE;
  if (retained <= most) return;
  throw new Finding(`retained of ${received} bytes, limit ${sizeMax}`, `<= ${most}`, retained);
}

function checkEnd(subject: Subject, sink: Sink, reader: ReferenceReader): void {
  const { cause, received, sent } = subject.closure(undefined);
  const { failure } = reader;
  const hasEnded = reader.isClosed || failure !== null;
  if (hasEnded) same("retained at the end", subject.retained, 0);
  else if (reader.isIdle && subject.retained > HEAD_SIZE_MAX) {
    throw new Finding("retained between messages", `<= ${HEAD_SIZE_MAX}`, subject.retained);
  }
  for (const what of ["inputEnds", "tcpEnds"] as const) same(what, sink[what], hasEnded ? 1 : 0);
  same("Close frames sent", sink.closesSent.length, hasEnded ? 1 : 0);
  if (failure === null) same("error", cause, undefined);
  if (failure !== null) {
    if (!(cause instanceof ProtocolError)) throw cause;
    same("error", cause.code, failure.code);
    same("close code of the error", cause.closeCode, failure.closeCode);
    same("offset of the error", cause.offset, failure.offset);
    same("close code that is sent", codeOf(sink.closesSent[0]), failure.closeCode);
    same("close code as sent", sent?.code, failure.closeCode);
  }
  const close = reader.isClosed ? reader.events[reader.events.length - 1].payload : null;
  same("close code that came", received?.code, close === null ? undefined : codeOf(close));
  if (close === null) return;
  same("close reason that came", received?.reason, textOf(close.slice(2)));
  same("close code that answers it", codeOf(sink.closesSent[0]), codeOf(close));
}

/** 1005 where there is none: §7.1.5. */
function codeOf(payload: ArrayLike<number>): number {
  return payload.length === 0 ? 1005 : 256 * payload[0] + payload[1];
}
