// One run of one case: its connections, and what was found on them.

import { checkAnswer } from "./answer_rules.ts";
import { readAgreement } from "./compressed.ts";
import type { Agreement } from "./compressed.ts";
import type { Case, Exchange, Facts, Finding, Level } from "./case.ts";
import { handshakeRequest } from "./handshake_request.ts";
import type { Fields, HandshakeRequest } from "./handshake_request.ts";
import type { ResponseHead } from "./response_head.ts";
import type { Target } from "./target.ts";
import { WireClient } from "./wire_client.ts";

/** What a whole run has in common. */
export interface RunSettings {
  /** How long nothing may come before a case gives up waiting. */
  readonly timeoutMs: number;
  /** Connections at a time. */
  readonly parallel: number;
  /** Random keys that are tried: S34. */
  readonly keys: number;
  /** How long the first connection waits for a welcome that nobody asked for. */
  readonly idleMs: number;
  /** The most bytes a message may have, as whoever runs the suite knows it; 0: unknown. */
  readonly messageSizeMax: number;
}

/** The case cannot be judged; the message says why. */
export class NotTestableError extends Error {
  override readonly name: string = "NotTestableError";
}

/** The server takes no connection any more. */
export class UnreachableError extends Error {
  override readonly name: string = "UnreachableError";
}

/** An open connection, and the 101 that opened it. */
export interface Opened {
  readonly client: WireClient;
  readonly head: ResponseHead;
  readonly agreement: Agreement | null;
}

/** A case while it runs. */
export class Trial {
  readonly target: Target;
  readonly facts: Facts;
  readonly settings: RunSettings;
  readonly findings: Finding[] = [];
  /** What is worth to be told, though it is no fault. */
  readonly notes: string[] = [];
  /** Something did not come, and a machine that has too much to do may be why. */
  isUncertain = false;
  readonly #case: Pick<Case, "clause" | "level">;
  readonly #clients: WireClient[] = [];

  constructor(
    which: Pick<Case, "clause" | "level">,
    target: Target,
    facts: Facts,
    settings: RunSettings,
  ) {
    this.#case = which;
    this.target = target;
    this.facts = facts;
    this.settings = settings;
  }

  /** All connections as they were. */
  get exchanges(): Exchange[] {
    return this.#clients.map(({ passages, ended }) => ({ passages, ended }));
  }

  /** How much the clause binds in this case. */
  get level(): Level {
    return this.#case.level;
  }

  /** The clause of the case is broken: as bad as its level says. */
  violation(message: string): void {
    if (this.#case.level === "CHOICE") this.note(message);
    else this.report(this.#case.clause, this.#case.level === "MUST" ? "fail" : "warning", message);
  }

  /** The clause is broken by something that did not come: that deserves a second try. */
  silence(message: string): void {
    this.isUncertain = true;
    this.violation(message);
  }

  /** The clause of the case is kept, and yet not as most do it. */
  warn(message: string): void {
    this.report(this.#case.clause, "warning", message);
  }

  /** Notes something about whatever clause; the same thing once. */
  readonly report = (clause: string, verdict: Finding["verdict"], message: string): void => {
    const isKnown = this.findings.some((one) => one.clause === clause && one.message === message);
    if (!isKnown) this.findings.push({ clause, verdict, message });
  };

  note(message: string): void {
    this.notes.push(message);
  }

  /** A connection on which nothing has been sent. */
  async connect(secure: boolean = this.target.secure): Promise<WireClient> {
    const { target, settings, report } = this;
    try {
      const client = await WireClient.connect(target, settings, report, secure);
      this.#clients.push(client);
      return client;
    } catch (error) {
      const { message } = error as Error;
      throw new UnreachableError(`Cannot connect to ${target.url}: ${message}`, { cause: error });
    }
  }

  /** Sends a request. The head is `null` when none comes; a 101 to a valid one is looked at. */
  async request(
    request: HandshakeRequest,
    isValid = true,
  ): Promise<{ client: WireClient; head: ResponseHead | null }> {
    const client = await this.connect();
    client.send(request.bytes);
    const head = await client.readHead(this.settings.timeoutMs);
    if (head?.status === 101 && isValid) checkAnswer(head, request.fields, this.report);
    return { client, head };
  }

  /** An open connection. Throws {@linkcode NotTestableError} when a valid handshake is refused. */
  async open(fields: Fields = {}): Promise<Opened> {
    const request = handshakeRequest(this.target, fields);
    const { client, head } = await this.request(request);
    if (head?.status !== 101) {
      const found = head === null ? client.unanswered : `answered with ${head.statusLine}`;
      throw new NotTestableError(`A valid handshake was ${found}`);
    }
    const isOffered = Object.hasOwn(fields, "Sec-WebSocket-Extensions");
    const agreement = isOffered ? readAgreement(head.all("Sec-WebSocket-Extensions")) : null;
    client.beginFrames(agreement);
    return { client, head, agreement };
  }

  /** A connection with compression. Throws {@linkcode NotTestableError} where none is agreed on. */
  async openDeflate(
    offer = "permessage-deflate; client_max_window_bits",
  ): Promise<Opened & { readonly agreement: Agreement }> {
    const { agreement, ...opened } = await this.open({ "Sec-WebSocket-Extensions": offer });
    if (agreement === null) {
      throw new NotTestableError(`The server does not accept the offer "${offer}"`);
    }
    return { ...opened, agreement };
  }

  /** Ends all connections. */
  end(): void {
    for (const client of this.#clients) client.destroy();
  }
}
