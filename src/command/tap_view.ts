// What both directions of one tapped connection say: first HTTP, then, behind a 101, frames. It
// only looks: no byte waits for it, and none is changed.
//
//   client --> request  --> frames     masked, as a server reads them
//   server --> response --> frames     not masked, as a client reads them

import { FrameExplainer } from "../frame/mod.ts";
import type { ExplainedFrame } from "../frame/mod.ts";
import type { DeflateParameters } from "../message/negotiate.ts";
import { listItems } from "../message/token.ts";
import { checkAnswer, statusOf } from "../protocol/client_handshake.ts";
import { fieldValues, isWebSocketUpgrade, readHandshake } from "../protocol/handshake.ts";
import { HeadReader } from "../protocol/http_head.ts";
import type { HttpHead } from "../protocol/http_head.ts";
import type { WebSocketUrl } from "../protocol/websocket_url.ts";
import { INFLATED_SIZE_MAX, MessageInflater } from "./message_inflater.ts";
import type { InflatedMessage } from "./message_inflater.ts";
import type { Changes } from "./tap_request.ts";

/** Who sent it. */
export type Sender = "client" | "server";

/** Where a view puts what it sees. */
export interface TapSink {
  /** A head of HTTP. `problem` is the rule of the handshake that it breaks, or `null`. */
  head(sender: Sender, head: HttpHead, changes: Changes, problem: string | null): void;
  /** `inflated` is the message that ends with this frame, where it was compressed. */
  frame(sender: Sender, frame: ExplainedFrame, inflated: InflatedMessage | null): void;
  /** Something else, which is not looked into. */
  note(sender: Sender, text: string): void;
}

/** As a server of ours takes of a request. */
export const HEAD_SIZE_MAX: number = 16 * 1024;

/** What a client may have sent before the 101, which it must not: so much is kept to be shown. */
const EARLY_SIZE_MAX = 64 * 1024;

const PAYLOAD_MAX = 64 * 1024;
const RSV1 = 0b100;
const NO_CHANGES: Changes = new Map();

/** The frames of one direction. */
interface Frames {
  readonly explainer: FrameExplainer;
  readonly inflater: MessageInflater | null;
}

/** Looks at one connection. */
export class TapView {
  readonly #sink: TapSink;
  readonly #url: WebSocketUrl;
  readonly #reader = new HeadReader("response", HEAD_SIZE_MAX);
  #request: HttpHead | null = null;
  #state: "heads" | "frames" | "opaque" = "heads";
  #early: Uint8Array[] = [];
  #earlySize = 0;
  #frames: Readonly<Record<Sender, Frames>> | null = null;

  constructor(sink: TapSink, url: WebSocketUrl) {
    this.#sink = sink;
    this.#url = url;
  }

  /** The request, as it is passed on. */
  request(head: HttpHead, changes: Changes): void {
    this.#request = head;
    this.#sink.head("client", head, changes, problemOf(head));
  }

  /** Bytes behind the request, or of the server. They stay as they are. */
  see(sender: Sender, bytes: Uint8Array): void {
    if (this.#state === "frames") return this.#seeFrames(sender, bytes);
    if (this.#state === "opaque") return;
    if (sender === "server") return this.#seeHead(bytes);
    this.#earlySize += bytes.length;
    if (this.#earlySize <= EARLY_SIZE_MAX) this.#early.push(bytes);
  }

  /** A direction is at its end. */
  end(sender: Sender): void {
    const cut = this.#frames?.[sender].explainer.end() ?? null;
    if (cut !== null) this.#sink.frame(sender, cut, null);
  }

  #seeHead(bytes: Uint8Array): void {
    try {
      for (let head = this.#reader.push(bytes); head !== null; ) {
        if (this.#answered(head)) return this.#seeRest();
        head = this.#reader.push(new Uint8Array(0));
      }
    } catch (error) {
      this.#state = "opaque";
      this.#sink.note("server", (error as Error).message);
    }
  }

  /** Whether this is the answer, and not one of status 1xx before it: RFC 9110 §15.2. */
  #answered(head: HttpHead): boolean {
    const status = statusOf(head);
    const isOpen = status === 101 && this.#request !== null && asksForWebSocket(this.#request);
    if (!isOpen) {
      this.#sink.head("server", head, NO_CHANGES, null);
      if (status >= 200 || status === 101) this.#state = "opaque";
      return this.#state === "opaque";
    }
    let deflate: DeflateParameters | null = null;
    let problem: string | null = null;
    try {
      deflate = checkAnswer(head, handshakeOf(this.#request as HttpHead, this.#url)).deflate;
    } catch (error) {
      problem = (error as Error).message;
    }
    this.#sink.head("server", head, NO_CHANGES, problem);
    this.#state = "frames";
    this.#frames = { client: newFrames("client", deflate), server: newFrames("server", deflate) };
    return true;
  }

  #seeRest(): void {
    if (this.#state !== "frames") return;
    for (const bytes of this.#early) this.#seeFrames("client", bytes);
    this.#early = [];
    this.#seeFrames("server", this.#reader.rest);
  }

  #seeFrames(sender: Sender, bytes: Uint8Array): void {
    const { explainer, inflater } = (this.#frames as Record<Sender, Frames>)[sender];
    for (const frame of explainer.push(bytes)) {
      this.#sink.frame(sender, frame, inflater?.push(frame) ?? null);
    }
  }
}

function newFrames(sender: Sender, deflate: DeflateParameters | null): Frames {
  const explainer = new FrameExplainer({
    role: sender === "client" ? "server" : "client",
    rsvAllowed: deflate === null ? 0 : RSV1,
    payloadMax: deflate === null ? PAYLOAD_MAX : INFLATED_SIZE_MAX,
  });
  if (deflate === null) return { explainer, inflater: null };
  const options = {
    windowBits: deflate.windowBits[sender],
    contextTakeover: deflate.contextTakeover[sender],
  };
  return { explainer, inflater: new MessageInflater(options) };
}

function requestOf({ startLine, rawHeaders }: HttpHead): Parameters<typeof readHandshake>[0] {
  const [method, , version] = startLine.split(" ");
  return { method, httpVersion: version.slice(5), rawHeaders };
}

function asksForWebSocket(head: HttpHead): boolean {
  return isWebSocketUpgrade(requestOf(head));
}

/** The line of §4.2.1 that the request breaks; `null`: none, or it asks for no upgrade. */
function problemOf(head: HttpHead): string | null {
  if (!asksForWebSocket(head)) return null;
  try {
    readHandshake(requestOf(head));
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** What the client of this request has asked for. */
function handshakeOf(head: HttpHead, url: WebSocketUrl): Parameters<typeof checkAnswer>[1] {
  return {
    url,
    key: fieldValues(head, "sec-websocket-key").join(),
    protocols: listItems(fieldValues(head, "sec-websocket-protocol").join()),
    extensions: fieldValues(head, "sec-websocket-extensions").join(", "),
    headers: [],
  };
}
