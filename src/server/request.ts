// Node's request as a standard `Request`. What the standard classes would throw at (a method that
// they forbid, a Host that makes no URL) is a remote peer's to send, and so gets a status instead.

import type { IncomingMessage } from "node:http";
import { fieldValues } from "../protocol/handshake.ts";
import { requestUrl } from "../protocol/target.ts";
import type { LazyAbortController } from "./lazy_abort_controller.ts";

/** Bounds of a request's head. */
export interface RequestLimits {
  /** Header fields; more are refused with 431. */
  readonly headersMax: number;
  /** Bytes of the request target; more are refused with 414. */
  readonly targetSizeMax: number;
}

/** A limit that a request has passed, and what was found beyond it. */
export interface PassedLimit {
  readonly name: keyof RequestLimits;
  readonly limit: number;
  readonly found: number;
}

/** A request that is refused before any handler sees it. */
export class RequestError extends Error {
  override readonly name: string = "RequestError";
  /** The HTTP status of the refusal. */
  readonly status: number;
  /** The limit that it has passed, and by what; `null`: it is another fault. */
  readonly passed: PassedLimit | null;

  constructor(message: string, status: number, passed: PassedLimit | null = null) {
    super(message);
    this.status = status;
    this.passed = passed;
  }
}

/** Methods that `Request` forbids, and that no server of pages needs. */
const FORBIDDEN_METHODS = ["CONNECT", "TRACE", "TRACK"];

/**
 * The `Request` for what Node parsed. Its body is read from the socket only as fast as it is read.
 *
 * @param gone Whose signal its own is, and those of its clones.
 * @throws {RequestError} 400, 414, 431, 501 or 505.
 */
export function toRequest(
  incoming: IncomingMessage,
  scheme: "http" | "https",
  limits: RequestLimits,
  gone: LazyAbortController,
): Request {
  const { url, init } = requestParts(incoming, scheme, limits);
  init.signal = gone.signal; // for a `new Request()` that is made of it
  if (init.method !== "GET" && init.method !== "HEAD") {
    init.body = bodyOf(incoming);
    init.duplex = "half";
  }
  return new ServedRequest(url, init, gone);
}

/**
 * The same for an upgrade. Nothing of it follows a signal: that would take a finalizer, 1 KiB for
 * each connection until V8 gets to run it.
 */
export function toUpgradeRequest(
  incoming: IncomingMessage,
  scheme: "http" | "https",
  limits: RequestLimits,
  gone: LazyAbortController,
): Request {
  const { url, init } = requestParts(incoming, scheme, limits);
  return new ServedRequest(url, init, gone);
}

/** `Request`, whose members TypeScript takes for properties that no accessor may override. */
const BareRequest = Request as new (
  input: URL | Request,
  init: RequestInit,
) => Omit<Request, "signal" | "clone">;

/**
 * Its signal is the one of `gone` itself. That of a `Request` only follows the one it was given,
 * and no longer than the request is reachable: who took no more than `{ signal }` waited for ever.
 */
class ServedRequest extends BareRequest {
  readonly #gone: LazyAbortController;

  constructor(input: URL | Request, init: RequestInit, gone: LazyAbortController) {
    super(input, init);
    this.#gone = gone;
  }

  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  clone(): Request {
    return new ServedRequest(Request.prototype.clone.call(this), {}, this.#gone) as Request;
  }
}

/** What a request is made of, when its head is in order. */
function requestParts(
  incoming: IncomingMessage,
  scheme: "http" | "https",
  limits: RequestLimits,
): { url: URL; init: RequestInit } {
  checkHead(incoming, limits);
  checkTransferEncoding(incoming);
  const host = singleHost(incoming);
  const url = requestUrl(scheme, host, incoming.url!); // which a request to a server always has
  if (url === null) {
    throw new RequestError("Host and request target must make a URL (RFC 9112 §3.3)", 400);
  }
  const method = incoming.method!;
  return { url, init: { method, headers: toHeaders(incoming.rawHeaders) } };
}

function checkHead(incoming: IncomingMessage, { headersMax, targetSizeMax }: RequestLimits): void {
  const { httpVersionMajor, httpVersion, method = "", url = "", rawHeaders } = incoming;
  if (httpVersionMajor !== 1) { // §4.2.1 [S04]
    throw new RequestError(`HTTP version is ${httpVersion}, must be 1.0 or 1.1`, 505);
  }
  if (FORBIDDEN_METHODS.includes(method)) {
    throw new RequestError(`Method ${method} is not implemented`, 501);
  }
  if (url.length > targetSizeMax) { // RFC 9110 §15.5.15 [U14]
    const passed: PassedLimit = { name: "targetSizeMax", limit: targetSizeMax, found: url.length };
    const text = `Target is ${url.length} bytes, must be <= ${targetSizeMax}`;
    throw new RequestError(text, 414, passed);
  }
  const headers = rawHeaders.length / 2;
  if (headers > headersMax) { // RFC 6585 §5 [U14]
    const passed: PassedLimit = { name: "headersMax", limit: headersMax, found: headers };
    throw new RequestError(`Found ${headers} header fields, must be <= ${headersMax}`, 431, passed);
  }
}

/**
 * RFC 9112 §6.1 [U09]: the body must end where every proxy on the way thought it would, or what
 * follows it is smuggled in as a request of its own.
 */
function checkTransferEncoding(incoming: IncomingMessage): void {
  const codings = fieldValues(incoming, "transfer-encoding");
  if (codings.length === 0) return;
  if (incoming.httpVersion === "1.0" || codings.join().toLowerCase() !== "chunked") {
    throw new RequestError("Transfer-Encoding must be chunked, in HTTP/1.1 (RFC 9112 §6.1)", 400);
  }
}

/** RFC 9112 §3.2 [U08]: exactly one Host. HTTP/1.0 knew none, and then any name will do. */
function singleHost(incoming: IncomingMessage): string {
  const hosts = fieldValues(incoming, "host");
  if (hosts.length === 0 && incoming.httpVersion === "1.0") return "localhost";
  if (hosts.length !== 1) throw new RequestError(`Found ${hosts.length} Host, must be 1`, 400);
  return hosts[0];
}

function toHeaders(rawHeaders: readonly string[]): Headers {
  const headers = new Headers();
  try {
    for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
      headers.append(rawHeaders[at], rawHeaders[at + 1]);
    }
  } catch {
    throw new RequestError("A header field has a character that it may not have", 400);
  }
  return headers;
}

/** The bodies that handlers have begun to read. */
const begun = new WeakMap<IncomingMessage, AsyncIterator<Uint8Array>>();

/** What the reading of a body has failed with: the client has gone, or has sent no chunk. */
const failures = new WeakMap<IncomingMessage, unknown>();

/** Whether `error` is what whoever read the body of `incoming` was told, for all come to it. */
export function isOfBody(incoming: IncomingMessage, error: unknown): boolean {
  return failures.has(incoming) && failures.get(incoming) === error;
}

/** Nothing is read before somebody asks: Node throws an unread body away behind the response. */
function bodyOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const chunks = begun.get(incoming) ?? incoming.iterator({ destroyOnReturn: false });
        begun.set(incoming, chunks);
        const { value, done } = await chunks.next().catch((error: unknown) => {
          failures.set(incoming, error);
          throw error;
        });
        if (done) controller.close();
        else controller.enqueue(new Uint8Array(value));
      },
      cancel() {
        discardBody(incoming);
      },
    },
    { highWaterMark: 0 },
  );
}

/** Throws away what is left of a body that was begun: the next request is behind it. */
export function discardBody(incoming: IncomingMessage): void {
  const chunks = begun.get(incoming);
  if (chunks === undefined) return;
  begun.delete(incoming);
  void chunks.return?.().then(() => incoming.resume(), () => {});
}
