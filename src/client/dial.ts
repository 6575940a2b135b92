// The opening handshake of a client on a real socket: §4.1. It opens a connection, sends the
// request, reads the answer, and hands over the socket, on which frames may flow.
//
//   dial() --> TCP (TLS) --> request --> head of the answer --> 101, checked --> socket
//                                                           \-> anything else: OpeningError
//
// Bounded in time and in size; nothing is sent before the answer is checked (§4.1, RFC 9931).

import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { systemClock } from "../connection/clock.ts";
import type { Clock } from "../connection/clock.ts";
import { Deadline, timedOut } from "../connection/deadline.ts";
import { checkAnswer, statusOf, writeHandshake } from "../protocol/client_handshake.ts";
import type { Agreement, ClientHandshake } from "../protocol/client_handshake.ts";
import { HeadReader } from "../protocol/http_head.ts";
import type { HttpHead } from "../protocol/http_head.ts";
import { parseWebSocketUrl } from "../protocol/websocket_url.ts";
import { OpeningError } from "./opening_error.ts";
import { openSocket } from "./open_socket.ts";
import type { SocketOptions } from "./open_socket.ts";
import { readRefusal } from "./refusal.ts";

/** How to dial. */
export interface DialOptions extends SocketOptions {
  /** The subprotocols to offer, best first. */
  readonly protocols?: readonly string[];
  /** The value of Sec-WebSocket-Extensions. Default: "", none is offered. */
  readonly extensions?: string;
  /** Further header fields, as Origin or Authorization. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** For all of it: to connect, TLS, the answer. Default: 10,000. */
  readonly timeoutMs?: number;
  /** Default: that of the machine. */
  readonly clock?: Clock;
}

/** A connection that is open: §4.1. */
export interface Dialed extends Agreement {
  /**
   * Paused, half-open, and all the caller's. It ignores "error": listen to "close", at once, for
   * what happens before anybody listens is lost.
   */
  readonly socket: Socket;
  /** Bytes that came behind the answer: the first of the server's frames. */
  readonly head: Uint8Array;
  /** The head of the request, as it was sent. */
  readonly request: string;
  /** The head of the answer. */
  readonly response: HttpHead;
  /** The Sec-WebSocket-Key that was sent. */
  readonly key: string;
}

const TIMEOUT_MS = 10_000;

/** As our own server takes of a request. Heads of status 1xx before the answer count too. */
const HEAD_SIZE_MAX = 16 * 1024;

/** RFC 9110 §15.2: a client must be ready for some of them before the answer. */
const INTERIM_MAX = 16;

/**
 * Opens a WebSocket connection to `url`.
 *
 * @throws {SyntaxError} Before anything is sent: when the URL (§3), a subprotocol or a header is
 * not valid.
 * @throws {OpeningError} When the server cannot be reached in time, refuses, or answers otherwise
 * than §4.1 has it; `cause` is the error of the socket.
 * @throws The reason of `signal`, once that has aborted.
 */
export async function dial(url: string, options: DialOptions = {}): Promise<Dialed> {
  const { protocols = [], extensions = "", headers = [], signal } = options;
  const { timeoutMs = TIMEOUT_MS, clock = systemClock } = options;
  const key = randomBytes(16).toString("base64");
  const handshake = { url: parseWebSocketUrl(url), key, protocols, extensions, headers };
  const request = writeHandshake(handshake);
  const timeUp = new AbortController();
  const deadline = new Deadline(clock);
  deadline.set(timeoutMs, () => timeUp.abort(timedOut(`no answer within ${timeoutMs} ms`)));
  const giveUp = (): void => timeUp.abort(signal?.reason);
  if (signal?.aborted) giveUp();
  signal?.addEventListener("abort", giveUp);
  return openSocket(handshake.url, { ...options, signal: timeUp.signal })
    .then((socket) => shakeHands(socket, handshake, request, clock, timeUp.signal))
    .catch((error: unknown) => {
      if (signal?.aborted) throw signal.reason;
      if (error instanceof OpeningError) throw error;
      const text = `Cannot connect to ${handshake.url.href}: ${reasonOf(error as SocketError)}`;
      throw new OpeningError(text, { cause: error });
    })
    .finally(() => {
      deadline.meet();
      signal?.removeEventListener("abort", giveUp);
    });
}

/** Sends the request and reads the answer. The socket is destroyed when that comes to nothing. */
function shakeHands(
  socket: Socket,
  handshake: ClientHandshake,
  request: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<Dialed> {
  const abort = (): void => void socket.destroy();
  signal.addEventListener("abort", abort);
  socket.write(Buffer.from(request, "latin1"));
  return readAnswer(socket, signal)
    .then(async ({ head: response, rest }) => {
      if (statusOf(response) !== 101) throw await readRefusal(socket, response, rest, clock);
      const agreement = agree(response, handshake);
      return { socket, head: rest, request, response, key: handshake.key, ...agreement };
    })
    .catch((error: unknown) => {
      socket.destroy();
      throw error;
    })
    .finally(() => signal.removeEventListener("abort", abort));
}

function agree(response: HttpHead, handshake: ClientHandshake): Agreement {
  try {
    return checkAnswer(response, handshake);
  } catch (error) {
    const { message } = error as SyntaxError; // it throws nothing else
    throw new OpeningError(message, { cause: error, status: 101, head: response });
  }
}

/** What Node says beside the message of an error of a socket. */
interface SocketError extends Error {
  /** Of OpenSSL, whose messages are of several lines. */
  readonly reason?: string;
  /** Of an AggregateError, whose message is empty: a name has several addresses. */
  readonly errors?: readonly Error[];
}

function reasonOf({ message, reason, errors }: SocketError): string {
  if (reason !== undefined) return `TLS failed, ${reason}`;
  return message || errors!.map((error) => error.message).join(", ");
}

interface Answer {
  readonly head: HttpHead;
  /** What came behind it. */
  readonly rest: Uint8Array;
}

/** The head of the final answer. Once it has come, the socket is paused and without listeners. */
function readAnswer(socket: Socket, signal: AbortSignal): Promise<Answer> {
  const reader = new HeadReader("response", HEAD_SIZE_MAX);
  let interim = 0;
  return new Promise((resolve, reject) => {
    socket.on("data", onData);
    socket.on("end", onEnd);
    socket.on("close", onEnd);

    function onData(chunk: Uint8Array): void {
      try {
        let head = reader.push(chunk);
        while (head !== null && isInterim(head)) {
          if (++interim > INTERIM_MAX) throw new RangeError("too many answers of status 1xx");
          head = reader.push(new Uint8Array(0));
        }
        if (head === null) return;
        stop();
        resolve({ head, rest: reader.rest });
      } catch (error) {
        stop();
        reject(error);
      }
    }

    function onEnd(): void {
      stop();
      reject(signal.aborted ? signal.reason : endedEarly(socket, reader.rest.length));
    }

    function stop(): void {
      socket.pause();
      socket.off("data", onData);
      socket.off("end", onEnd);
      socket.off("close", onEnd);
    }
  });
}

function isInterim(head: HttpHead): boolean {
  const status = statusOf(head);
  return status >= 100 && status < 200 && status !== 101;
}

function endedEarly({ errored }: Socket, size: number): Error {
  if (errored) return errored;
  return new Error(`server ended the connection after ${size} bytes, before it had answered`);
}
