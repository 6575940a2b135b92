// Raw requests over sockets, hundreds at a time, to `serve()`. Whatever comes: every answer is
// HTTP; a 101 comes only for what a second reading of §4.2 consents to, and always for that; and at
// the end no connection, socket, timer or descriptor is left.

import { createHash } from "node:crypto";
import type { UpgradeOptions } from "../../src/mod.ts";
import type { ResponseHead } from "../../test/support/response_head.ts";
import { readAnswers } from "./answers.ts";
import { EchoServer } from "./echo_server.ts";
import { hasUrl, isOfSameHost, referenceVerdict } from "./reference_handshake.ts";
import type { ReferenceHandshake } from "./reference_handshake.ts";
import { readHead } from "./reference_request.ts";
import type { ReferenceHead } from "./reference_request.ts";
import { RequestTarget } from "./request_target.ts";
import type { Request } from "./requests.ts";
import { Finding, same } from "./target.ts";
import { exchange } from "./wire_exchange.ts";

/** Limits of the server: beyond them there is no consent. */
const HEAD_SIZE_MAX = 16 * 1024;
const FIELDS_MAX = 100;
const TARGET_SIZE_MAX = 8 * 1024;

/** What may be said of a request. */
interface Consent {
  /**
   * "may": not all of it is for us to say. Node's parser refuses some characters beyond ASCII, a
   * tab behind a token of Connection, and a length that comes twice, though both are 0.
   */
  readonly upgrade: "must" | "may" | "must not";
  readonly key: string;
}

const UPGRADE: UpgradeOptions = { protocols: ["chat"], compression: true };

const NO: Consent = { upgrade: "must not", key: "" };

/** Requests against a server. */
export class HandshakeTarget extends RequestTarget {
  readonly inFlight: number = 200;
  readonly #upgrade: UpgradeOptions;
  #server: EchoServer | null = null;

  /** @param upgrade With this the server differs from what its answers are compared with. */
  constructor(upgrade: UpgradeOptions = {}) {
    super();
    this.#upgrade = upgrade;
  }

  async begin(): Promise<void> {
    this.#server = await EchoServer.start({ ...UPGRADE, ...this.#upgrade });
  }

  async end(): Promise<void> {
    await this.#server?.end();
  }

  async check(request: Request): Promise<void> {
    if (this.#server === null) throw new Error("Bug: it has not begun");
    const text = Buffer.from(request.bytes).toString("latin1");
    const consents = consentsOf(text);
    const first = readHead(asTaken(text), HEAD_SIZE_MAX);
    // What is not whole, or has a body, is answered when its end has come.
    const waits = !request.halfCloses && typeof first !== "string" && bodySize(first) === 0;
    const { bytes } = await exchange(this.#server.port, {
      bytes: request.bytes,
      cuts: request.cuts,
      end: waits ? "wait" : "FIN",
      isEnough: (received) => received.includes("\r\n\r\n"),
    });
    this.#server.checkErrors();
    const { heads } = readAnswers(bytes, !waits);
    for (const [index, head] of heads.entries()) checkAnswer(head, consentFor(consents, index));
    if (heads.length === 0 && consents[0].upgrade === "must") {
      throw new Finding("answer", "101", "none");
    }
    this.tally.note(heads.length === 0 ? "without an answer" : `x ${heads[0].status}`);
  }
}

function checkAnswer(head: ResponseHead, { upgrade, key }: Consent): void {
  const isUpgraded = head.status === 101;
  if (upgrade !== "may") same("whether the answer is a 101", isUpgraded, upgrade === "must");
  if (!isUpgraded && head.status < 400) throw new Finding("status", "4xx or 5xx", head.status);
  if (!isUpgraded || upgrade === "may") return;
  same("Sec-WebSocket-Accept", head.get("Sec-WebSocket-Accept"), acceptOf(key));
  same("Upgrade", head.get("Upgrade"), "websocket");
  same("Connection", head.get("Connection"), "Upgrade");
}

/** For each request of those that `text` may be, one behind the other. */
function consentsOf(text: string): Consent[] {
  const consents: Consent[] = [];
  for (let rest = asTaken(text); ; ) {
    const head = readHead(rest, HEAD_SIZE_MAX);
    if (typeof head === "string") return [...consents, NO];
    const verdict = referenceVerdict(head);
    const lengths = head.fields.filter(([name]) => name.toLowerCase() === "content-length");
    const isPlain = lengths.length < 2 && /^[\r\n\x20-\x7e]*$/.test(rest.slice(0, head.size));
    const isAccepted = verdict.kind === "accepted" && isWithinBounds(head, verdict.handshake);
    const key = verdict.kind === "accepted" ? verdict.handshake.key : "";
    consents.push({ upgrade: !isAccepted ? "must not" : isPlain ? "must" : "may", key });
    if (verdict.kind !== "ordinary") return [...consents, NO];
    const body = bodySize(head);
    if (body === null) return [...consents, { upgrade: "may", key: "" }];
    rest = asTaken(rest.slice(head.size + body));
  }
}

/**
 * As Node may take it: RFC 9112 §2.2 has it pass over empty lines before a request, and Node does
 * over their halves; RFC 9112 §3 lets it take several spaces for one.
 */
function asTaken(text: string): string {
  return text.replace(/^[\r\n]+/, "").replace(/^([A-Z]+) +(\S*) +HTTP/, "$1 $2 HTTP");
}

function isWithinBounds(head: ReferenceHead, handshake: ReferenceHandshake): boolean {
  const { target, fields } = head;
  if (fields.length > FIELDS_MAX || target.length > TARGET_SIZE_MAX) return false;
  return hasUrl(head, handshake.host) && isOfSameHost(handshake);
}

/** What follows the last that is known is none of what anybody consents to. */
function consentFor(consents: readonly Consent[], index: number): Consent {
  return consents[Math.min(index, consents.length - 1)];
}

/** The size of the body; `null`: it is not for us to say. */
function bodySize({ fields }: ReferenceHead): number | null {
  const values = (name: string): string[] =>
    fields.filter((field) => field[0].toLowerCase() === name).map(([, value]) => value);
  const [length, ...others] = values("content-length");
  if (values("transfer-encoding").length > 0 || others.length > 0) return null;
  if (length === undefined) return 0;
  return /^\d{1,6}$/.test(length) ? Number(length) : null;
}

/** §4.2.2. */
function acceptOf(key: string): string {
  const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  return createHash("sha1").update(key + guid).digest("base64");
}
