// What is said over an open connection: the lines of a person or a script one way, messages the
// other way, until either side has enough. `sluice connect` dials, and hands over to this.

import type { Dialed } from "../client/dial.ts";
import { CloseCode, drawFrame, FrameExplainer } from "../frame/mod.ts";
import type { ExplainedFrame, ExplainOptions } from "../frame/mod.ts";
import { countOf } from "../frame/summary.ts";
import type { Message } from "../message/message.ts";
import type { Closure } from "../protocol/endpoint.ts";
import { ClientSession } from "./client_session.ts";
import type { SessionEvents } from "./client_session.ts";
import { closureText, endedWell } from "./closure_text.ts";
import { painter } from "./colour.ts";
import type { Paint } from "./colour.ts";
import { UsageError } from "./command.ts";
import { hex } from "./frame_json.ts";
import { hexDump } from "./hex_dump.ts";
import { ACTIONS_HELP, readLine } from "./line_action.ts";
import type { LineAction } from "./line_action.ts";
import { openScreen } from "./screen.ts";
import type { Screen } from "./screen.ts";
import { visible, visibleLines } from "./visible.ts";

/** How it is held. */
export interface ConversationOptions {
  /** Lines are hex, and sent as binary messages. */
  readonly binary: boolean;
  /** Messages are printed as JSON. */
  readonly json: boolean;
  /** Lines that begin with "/" are commands, also where no person types them. */
  readonly commands: boolean;
  /** Whether the handshake and the frames are shown, each in a line or bit by bit. */
  readonly verbose: "no" | "lines" | "diagrams";
  readonly colour: boolean;
  /** How long to read behind the end of the input; `null`: for what has to be answered. */
  readonly waitMs: number | null;
  /** For the server's Close. */
  readonly closeTimeoutMs: number;
}

/** Behind the end of the input: for the answers to what was sent. */
const WAIT_MS = 1000;

/** Bytes of a binary message that a terminal shows. */
const DUMP_SIZE_MAX = 1024;

const CLOSING = "Closing; Ctrl-C again ends at once";

/** An open connection between a server and a person or a script. */
export class Conversation {
  readonly #options: ConversationOptions;
  readonly #paint: Paint;
  readonly #screen: Screen;
  readonly #session: ClientSession;
  #sent = 0;
  #received = 0;
  #answered: () => void = () => {}; // as many messages came as were sent
  #interrupts = 0;

  constructor(dialed: Dialed, options: ConversationOptions) {
    this.#options = options;
    this.#paint = painter(options.colour);
    const events = {
      interrupted: () => this.#interrupted(),
      drained: () => this.#session.resume(),
      gone: () => this.#session.close(CloseCode.GOING_AWAY),
    };
    this.#screen = openScreen(events, this.#paint("sent", "> "));
    if (options.verbose !== "no") this.#noteHandshake(dialed);
    this.#session = new ClientSession(dialed, this.#events(dialed), options.closeTimeoutMs);
    if (process.stdout.isTTY) this.#noteOpen(dialed);
    this.#session.start(dialed.head);
  }

  /** Fulfils with the exit code. */
  async run(): Promise<number> {
    const fed = this.#feed().catch((error: unknown) => {
      if (!this.#session.isOpen) return; // the input was closed while it was read
      if (!(error instanceof UsageError)) return this.#session.terminate(error);
      this.#session.close(CloseCode.NORMAL_CLOSURE);
      return error;
    });
    const closure = await this.#session.closed;
    this.#screen.close();
    const misuse = await Promise.race([fed, null]);
    if (misuse instanceof UsageError) throw misuse;
    return this.#tellEnd(closure);
  }

  /** Sends what is typed, until the input ends or the connection does. */
  async #feed(): Promise<void> {
    const { binary, commands } = this.#options;
    const hasActions = commands || process.stdin.isTTY;
    for await (const line of this.#screen.lines) {
      if (!this.#session.isOpen) return;
      try {
        await this.#act(readLine(line, hasActions, binary));
      } catch (error) {
        if (!process.stdin.isTTY) throw misuseOf(error);
        const lines = visibleLines((error as Error).message);
        this.#screen.note(this.#paint("wrong", lines.join("\n")));
      }
    }
    if (!process.stdin.isTTY) await this.#answers();
    this.#session.close(CloseCode.NORMAL_CLOSURE);
  }

  async #act(action: LineAction): Promise<void> {
    switch (action.do) {
      case "send":
        this.#sent++;
        if (process.stdout.isTTY && !process.stdin.isTTY) this.#noteSent(action.message);
        return await this.#session.send(action.message);
      case "ping":
        return this.#ping();
      case "close":
        return this.#session.close(action.code, action.reason);
      case "help":
        return this.#screen.note(ACTIONS_HELP);
    }
  }

  #ping(): void {
    const told = (latencyMs: number): void => {
      this.#screen.note(this.#paint("soft", `Pong after ${latencyMs.toFixed(1)} ms`));
    };
    this.#session.latency().then(told, () => {});
  }

  /** The input is at its end: what was asked may still be answered. */
  async #answers(): Promise<void> {
    const answered = new Promise<void>((resolve) => (this.#answered = resolve));
    if (this.#received >= this.#sent) this.#answered();
    const pong = this.#session.latency().catch(() => {});
    const { waitMs } = this.#options;
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise((resolve) => (timer = setTimeout(resolve, waitMs ?? WAIT_MS)));
    const enough = waitMs === null ? [Promise.all([answered, pong])] : [];
    await Promise.race([over, this.#session.closed, ...enough]);
    clearTimeout(timer);
  }

  #events(dialed: Dialed): SessionEvents {
    const message = (message: Message): void => {
      if (++this.#received >= this.#sent) this.#answered();
      if (!this.#screen.print(this.#shown(message))) this.#session.pause();
    };
    const { verbose, colour } = this.#options;
    if (verbose === "no") return { message };
    const rsvAllowed = dialed.deflate === null ? 0 : 0b100;
    const show = (frame: ExplainedFrame): string => {
      if (verbose === "diagrams") return `${drawFrame(frame, { colour })}\n`;
      const problems = frame.problems.map(({ message }) => this.#paint("wrong", `\n  ${message}`));
      return frame.summary + problems.join("");
    };
    const explain = (title: string, options: ExplainOptions): ((bytes: Uint8Array) => void) => {
      const explainer = new FrameExplainer({ ...options, rsvAllowed });
      return (bytes) => {
        for (const frame of explainer.push(bytes)) {
          this.#screen.note(`${title} ${show(frame)}`);
        }
      };
    };
    return {
      message,
      sent: explain(this.#paint("sent", "Sent:"), { role: "server" }),
      received: explain(this.#paint("received", "Received:"), { role: "client" }),
    };
  }

  /** A message as it is printed. */
  #shown(message: Message): string {
    const isText = typeof message === "string";
    const plain = isText ? { text: message } : { hex: hex(message) };
    if (this.#options.json) return JSON.stringify(plain);
    if (!process.stdout.isTTY) return isText ? message : hex(message);
    return this.#lines("received", "< ", message);
  }

  #noteSent(message: Message): void {
    this.#screen.print(this.#lines("sent", "> ", message));
  }

  /** A message for a person: no line of it passes for one of ours. */
  #lines(style: "sent" | "received", mark: string, message: Message): string {
    const lines = typeof message === "string" ? visibleLines(message) : dump(message);
    return lines.map((line, at) => this.#paint(style, at === 0 ? mark : "  ") + line).join("\n");
  }

  #noteHandshake({ request, response }: Dialed): void {
    const { startLine, rawHeaders } = response;
    const lines = [startLine];
    for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
      lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
    }
    const sent = request.trimEnd().split("\r\n");
    const block = (title: string, all: readonly string[]): string => {
      return `${title}\n${all.map((line) => `  ${visible(line)}`).join("\n")}\n`;
    };
    this.#screen.note(block(this.#paint("sent", "Sent:"), sent));
    this.#screen.note(block(this.#paint("received", "Received:"), lines));
  }

  #noteOpen({ protocol, extensions }: Dialed): void {
    const parts = ["Connected"];
    if (protocol !== "") parts.push(`subprotocol ${protocol}`);
    if (extensions !== "") parts.push(extensions);
    const hint = process.stdin.isTTY ? ". Type a line to send it, /help for more" : "";
    this.#screen.note(this.#paint("soft", `${visible(parts.join(", "))}${hint}`));
  }

  /** Ctrl-C: once to close, twice to end. */
  #interrupted(): void {
    if (++this.#interrupts > 1) return this.#session.terminate(new Error("interrupted"));
    this.#session.close(CloseCode.GOING_AWAY);
    if (process.stdout.isTTY) this.#screen.note(this.#paint("soft", CLOSING));
  }

  /** Says how it ended, unless a script need not hear of it. Returns the exit code. */
  #tellEnd(closure: Closure): number {
    const isFine = endedWell(closure);
    const text = closureText(closure);
    if (!isFine) console.error(this.#paint("wrong", visible(text)));
    else if (process.stdout.isTTY) console.log(this.#paint("soft", visible(text)));
    return isFine ? 0 : 1;
  }
}

/** What the caller of a script has to mend. */
function misuseOf(error: unknown): unknown {
  return error instanceof RangeError ? new UsageError(error.message) : error;
}

function dump(bytes: Uint8Array): string[] {
  const more = bytes.length - DUMP_SIZE_MAX;
  const lines = [`binary, ${countOf(bytes.length)}`, ...hexDump(bytes, DUMP_SIZE_MAX)];
  return more > 0 ? [...lines, `... ${countOf(more)} more`] : lines;
}
