// The opening handshake without a socket: the bytes of a request through the reader of heads, and
// what it says through the handshake, beside a second reading of both.

import { HeadReader } from "../../src/protocol/http_head.ts";
import type { HttpHead } from "../../src/protocol/http_head.ts";
import { isWebSocketUpgrade, readHandshake } from "../../src/protocol/handshake.ts";
import { HandshakeError } from "../../src/protocol/handshake_error.ts";
import type { RequestHead } from "../../src/protocol/handshake.ts";
import { referenceVerdict } from "./reference_handshake.ts";
import { readHead } from "./reference_request.ts";
import { RequestTarget } from "./request_target.ts";
import type { Request } from "./requests.ts";
import { same } from "./target.ts";

/** What is tried: as `isWebSocketUpgrade()` and `readHandshake()`. */
export interface HandshakeReader {
  readonly isUpgrade: typeof isWebSocketUpgrade;
  readonly read: typeof readHandshake;
}

const SIZE_MAX = 16 * 1024;

/** Head and handshake against their reference. */
export class HeadTarget extends RequestTarget {
  readonly inFlight = 1;
  readonly #reader: HandshakeReader;

  constructor(reader: HandshakeReader = { isUpgrade: isWebSocketUpgrade, read: readHandshake }) {
    super();
    this.#reader = reader;
  }

  check(request: Request): void {
    const text = Buffer.from(request.bytes).toString("latin1");
    const expected = readHead(text, SIZE_MAX);
    const found = headOf(request);
    if (typeof expected === "string" || typeof found === "string") {
      same("head", typeof found === "string" ? found : "a head", expected);
      return this.tally.note(found as string);
    }
    const { method, target, version, fields, size } = expected;
    same("first line", found.startLine, `${method} ${target} HTTP/${version}`);
    same("fields", JSON.stringify(found.rawHeaders), JSON.stringify(fields.flat()));
    same("what is behind it", found.rest, request.bytes.length - size);
    const head = { method, httpVersion: version, rawHeaders: found.rawHeaders };
    const verdict = referenceVerdict(expected);
    same("verdict", verdictOf(head, this.#reader), JSON.stringify(verdict));
    this.tally.note(verdict.kind === "refused" ? `refused with ${verdict.status}` : verdict.kind);
  }
}

/** What the reader of heads makes of it; `rest` is how many bytes are behind. */
function headOf({ bytes, cuts }: Request): (HttpHead & { readonly rest: number }) | string {
  const reader = new HeadReader("request", SIZE_MAX);
  let start = 0;
  try {
    for (const end of [...cuts, bytes.length]) {
      const head = reader.push(bytes.subarray(start, end));
      start = end;
      if (head !== null) return { ...head, rest: reader.rest.length + bytes.length - end };
    }
  } catch (error) {
    if (error instanceof SyntaxError) return "malformed";
    if (error instanceof RangeError) return "too large";
    throw error;
  }
  return "incomplete";
}

/** As the reference has it. */
function verdictOf(head: RequestHead, { isUpgrade, read }: HandshakeReader): string {
  if (!isUpgrade(head)) return JSON.stringify({ kind: "ordinary" });
  try {
    const { key, protocols, extensions, origin, host } = read(head);
    const handshake = { key, protocols, extensions, origin, host };
    return JSON.stringify({ kind: "accepted", handshake });
  } catch (error) {
    if (!(error instanceof HandshakeError)) throw error;
    return JSON.stringify({ kind: "refused", status: error.status });
  }
}
