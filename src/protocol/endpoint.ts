// One end of a WebSocket connection, without its socket: bytes in; messages, and what to send, out.
// The floors below throw when the peer breaks a rule; here, and only here, that is caught and
// becomes a Close frame (§7.1.7).

import {
  ABNORMAL_CLOSURE,
  CloseCode,
  encodeClosePayload,
  FrameDecoder,
  ProtocolError,
} from "../frame/mod.ts";
import type { ClosePayload, FrameSink, Role } from "../frame/mod.ts";
import { MessageAssembler } from "../message/assembler.ts";
import type { MessageOptions, MessageSink } from "../message/assembler.ts";
import type { Message } from "../message/message.ts";
import { closingStep } from "./closing.ts";
import type { ClosingEvent, ClosingState } from "./closing.ts";
import { LimitError } from "./limit_error.ts";

/** What the connection ended with: §7.1.5, §7.1.6. */
export interface Closure {
  /** The code of the first Close received, 1005 when it had none, 1006 when no Close came. */
  readonly code: number;
  /** The reason of the first Close received, or "". */
  readonly reason: string;
  /** Whether both sides sent a Close: §7.1.4. */
  readonly wasClean: boolean;
  /** Who closed first: us, or the peer with its Close, its violation or the loss of the line. */
  readonly initiator: "local" | "remote";
  /** The Close that we sent, or `null`. */
  readonly sent: ClosePayload | null;
  /** The Close that we received, or `null`. */
  readonly received: ClosePayload | null;
  /**
   * Why it was not clean, where that is known: a `ProtocolError`, a `LimitError`, the error of the
   * socket.
   */
  readonly cause: unknown;
}

/** What an {@linkcode Endpoint} asks of its owner. */
export interface EndpointSink {
  message(message: Message): void;
  ping(payload: Uint8Array): void;
  pong(payload: Uint8Array): void;
  /** Whether it should get no compressed message more until {@linkcode Endpoint.goOn}. */
  isFull?(): boolean;
  /** Whether it would drop a message that comes now: a compressed one is not inflated then. */
  drops?(): boolean;
  /** No message will come any more. */
  inputEnded(): void;
  /** Send a Close frame with this payload, behind what is queued, and no data after it. */
  sendClose(payload: Uint8Array): void;
  /** The connection fails: the peer broke a rule, or the error is ours. A Close follows. */
  failed?(error: unknown): void;
  /** End the TCP connection, behind what is queued. */
  endTcp(): void;
}

/** What messages may be, and who looks at the frames that they come in. */
export interface EndpointOptions extends MessageOptions {
  /** Makes what stands between the decoder and `sink`, and passes on to it. Default: nothing. */
  readonly before?: (sink: FrameSink) => FrameSink;
}

/** RFC 7692 §6: the message is compressed. Nobody has agreed on the other two bits. */
const RSV1 = 0b100;

/** One end of a connection that the opening handshake has opened. */
export class Endpoint implements MessageSink {
  readonly #sink: EndpointSink;
  // Both until the input ends: half a message need not be kept longer.
  #decoder: FrameDecoder | null;
  #assembler: MessageAssembler | null;
  #state: ClosingState = "open";
  #initiator: "local" | "remote" | null = null;
  #sent: ClosePayload | null = null;
  #received: ClosePayload | null = null;
  #cause: unknown = undefined;

  /** Without an inflater among the options, a frame with RSV1 is refused: §5.2. */
  constructor(
    sink: EndpointSink,
    role: Role,
    messageSizeMax: number,
    options: EndpointOptions = {},
  ) {
    this.#sink = sink;
    const assembler = new MessageAssembler(this, messageSizeMax, options);
    const rsvAllowed = options.inflater ? RSV1 : 0; // §5.8 [B40], §5.2 [B60]
    const frames = options.before === undefined ? assembler : options.before(assembler);
    this.#decoder = new FrameDecoder(frames, { role, rsvAllowed });
    this.#assembler = assembler;
  }

  /** Bytes of what has arrived and is no message yet. */
  get unfinished(): number {
    return (this.#assembler?.unfinished ?? 0) + this.waiting;
  }

  /** Those of them that wait for {@linkcode goOn}. */
  get waiting(): number {
    return this.#decoder?.waiting ?? 0;
  }

  get state(): ClosingState {
    return this.#state;
  }

  /** Whether the peer's Close or its violation has come, or TCP has ended: nothing more counts. */
  get inputEnded(): boolean {
    return this.#state === "ending" || this.#state === "closed";
  }

  /** Hot: reads what the peer sent, in place; after the end of the input ignores it: §1.4 [B30]. */
  receive(bytes: Uint8Array): void {
    try {
      this.#decoder?.push(bytes);
    } catch (error) { // §10.7 [B58]
      this.fail(error);
    }
  }

  /** Bytes of memory that it holds for what has come in part: none once the input has ended. */
  get retained(): number {
    return this.#decoder?.retained ?? 0;
  }

  /** Whether it waits for {@linkcode goOn}, since the owner was full. */
  get stopped(): boolean {
    return this.#decoder?.stopped ?? false;
  }

  /** Reads on. */
  goOn(): void {
    try {
      this.#decoder?.goOn();
    } catch (error) {
      this.fail(error);
    }
  }

  isFull(): boolean {
    return !this.inputEnded && this.#sink.isFull?.() === true;
  }

  drops(): boolean {
    return this.inputEnded || this.#sink.drops?.() === true;
  }

  /** Starts the closing handshake: §7.1.2 [B47]. Throws as {@linkcode encodeClosePayload} does. */
  close(code: number, reason: string): void {
    this.#step("close()", "local", { code, reason });
  }

  /**
   * Fails the connection: §7.1.7 [B49]. The error says the code, §7.4.1; what is no fault of the
   * peer's, and no limit either, is 1011.
   */
  fail(error: unknown): void {
    if (this.inputEnded) return; // §1.4 [B30]: what breaks behind a Close spoils nothing
    this.#cause = error;
    this.#sink.failed?.(error);
    const close =
      error instanceof ProtocolError || error instanceof LimitError
        ? { code: error.closeCode, reason: error.message } // §7.4.1 [B55]
        : { code: CloseCode.INTERNAL_ERROR, reason: "" };
    const isPeers = error instanceof LimitError ? error.isPeers : error instanceof ProtocolError;
    this.#step("violation", isPeers ? "remote" : "local", close);
  }

  /** TCP is at its end: from here on the {@linkcode closure} stays as it is. */
  disconnected(initiator: "local" | "remote"): void {
    this.#step("end of TCP", initiator, null);
  }

  /** What there is to report: §7.1.4, §7.1.5, §7.1.6 [B48]. `cause` is what the transport knows. */
  closure(cause: unknown): Closure {
    const wasClean = this.#sent !== null && this.#received !== null && this.#cause === undefined;
    return {
      code: this.#received?.code ?? ABNORMAL_CLOSURE,
      reason: this.#received?.reason ?? "",
      wasClean,
      initiator: this.#initiator ?? "remote",
      sent: this.#sent,
      received: this.#received,
      cause: wasClean ? undefined : (this.#cause ?? cause),
    };
  }

  /** Hot. */
  message(message: Message): void {
    if (!this.inputEnded) this.#sink.message(message); // §1.4 [B30]
  }

  ping(payload: Uint8Array): void {
    if (!this.inputEnded) this.#sink.ping(payload); // §1.4 [B30], §5.5.2 [B31]
  }

  pong(payload: Uint8Array): void {
    if (!this.inputEnded) this.#sink.pong(payload);
  }

  /** §5.5.1 [B25]: the answer carries the code that came, and no code when none came. */
  closeReceived(payload: ClosePayload): void {
    if (this.inputEnded) return; // §7.1.5 [B48]: the first one counts
    this.#received = payload;
    this.#step("Close", "remote", payload);
  }

  #step(event: ClosingEvent, initiator: "local" | "remote", close: ClosePayload | null): void {
    const step = closingStep(this.#state, event);
    if (step === undefined) return;
    const sent = step.sendClose ? close : null;
    // First of all: when it throws, nothing has changed.
    const payload = sent === null ? null : encodeClosePayload(sent.code, sent.reason);
    this.#initiator ??= initiator;
    if (step.next !== "closing" && !this.inputEnded) this.#sink.inputEnded();
    this.#state = step.next;
    if (this.inputEnded) this.#decoder = this.#assembler = null;
    if (payload !== null) {
      this.#sent = sent;
      this.#sink.sendClose(payload);
    }
    if (step.endTcp) this.#sink.endTcp();
  }
}
