// What the tap has seen, as lines: the time, which connection, which direction, what.
//
//   12:00:01.234 #1 → GET /ws HTTP/1.1
//                     Host: localhost:7777  (was 127.0.0.1:7778)
//   12:00:01.236 #1 ← text, final, not masked, 5 bytes: "Hello"

import { drawFrame } from "../frame/mod.ts";
import type { ExplainedFrame } from "../frame/mod.ts";
import type { HttpHead } from "../protocol/http_head.ts";
import { painter } from "./colour.ts";
import type { Paint } from "./colour.ts";
import { frameJson, inflatedJson } from "./frame_json.ts";
import { inflatedLine } from "./inflated_line.ts";
import type { InflatedMessage } from "./message_inflater.ts";
import { print } from "./print.ts";
import type { End, TapConnectionSink } from "./tap_connection.ts";
import type { Changes } from "./tap_request.ts";
import type { Sender } from "./tap_view.ts";
import { visible } from "./visible.ts";

/** A line for each frame, its diagram, or JSON. */
export type TapForm = "line" | "diagram" | "json";

const INDENT = " ".repeat(18);

/** Prints what all connections of a tap say. */
export class TapPrinter {
  readonly #form: TapForm;
  readonly #colour: boolean;
  readonly #paint: Paint;
  #count = 0;

  constructor(form: TapForm, colour: boolean) {
    this.#form = form;
    this.#colour = colour;
    this.#paint = painter(colour);
  }

  listening(address: string, target: string): void {
    if (this.#form === "json") print(JSON.stringify({ event: "listening", address, target }));
    else print(`Tap listens on ${this.#paint("strong", address)}, and passes on to ${target}`);
  }

  /** A client has connected. Returns where to put what is seen of it. */
  connection(from: string): TapConnectionSink {
    const id = ++this.#count;
    this.#tell(id, null, { event: "connected", from }, `connected from ${from}`);
    return {
      head: (sender, head, changes, problem) => this.#head(id, sender, head, changes, problem),
      frame: (sender, frame, inflated) => this.#frame(id, sender, frame, inflated),
      note: (sender, text) => this.#wrong(id, sender, text),
      ended: (sender, how) => this.#ended(id, sender, how),
      failed: (message) => this.#wrong(id, null, message),
      isFull: () => process.stdout.writableNeedDrain,
    };
  }

  #head(
    id: number,
    sender: Sender,
    { startLine, rawHeaders }: HttpHead,
    changes: Changes,
    problem: string | null,
  ): void {
    const fields = pairs(rawHeaders);
    const lines = fields.map(([name, value]) => {
      return `\n${INDENT}${name}: ${visible(value)}${this.#was(changes.get(name))}`;
    });
    const text = `${visible(startLine)}${this.#was(changes.get("startLine"))}${lines.join("")}`;
    const wrong = problem === null ? "" : this.#mark(problem);
    const event = sender === "client" ? "request" : "response";
    const changed = Object.fromEntries(changes);
    this.#tell(id, sender, { event, startLine, fields, changed, problem }, text + wrong);
  }

  #frame(
    id: number,
    sender: Sender,
    frame: ExplainedFrame,
    inflated: InflatedMessage | null,
  ): void {
    if (this.#form === "json") {
      const more = inflated === null ? {} : { inflated: inflatedJson(inflated) };
      return this.#tell(id, sender, { event: "frame", ...frameJson(frame), ...more }, "");
    }
    const isDrawn = this.#form === "diagram";
    const text = isDrawn ? `${drawFrame(frame, { colour: this.#colour })}` : frame.summary;
    const problems = isDrawn ? [] : frame.problems.map(({ message }) => this.#mark(message));
    const said = inflatedLine(inflated, INDENT, this.#paint);
    this.#tell(id, sender, {}, text + problems.join("") + said + (isDrawn ? "\n" : ""));
  }

  #ended(id: number, sender: Sender, how: End): void {
    const text = how === "FIN" ? "ended TCP (FIN)" : "reset TCP (RST), or was lost";
    this.#tell(id, sender, { event: "ended", how }, this.#paint("soft", `${sender} ${text}`));
  }

  #wrong(id: number, sender: Sender | null, text: string): void {
    this.#tell(id, sender, { event: "problem", text }, this.#paint("wrong", visible(text)));
  }

  #tell(id: number, sender: Sender | null, json: object, text: string): void {
    const now = new Date();
    if (this.#form === "json") {
      const common = { time: now.toISOString(), connection: id, sender };
      return void print(JSON.stringify({ ...common, ...json }));
    }
    const time = this.#paint("soft", timeOf(now));
    const arrow = sender === null ? "·" : sender === "client" ? "→" : "←";
    const style = sender === "client" ? "sent" : sender === "server" ? "received" : "soft";
    print(`${time} ${this.#paint(style, `#${id} ${arrow}`)} ${text}`);
  }

  #was(value: string | undefined): string {
    return value === undefined ? "" : this.#paint("soft", `  (was ${visible(value) || "missing"})`);
  }

  #mark(problem: string): string {
    return `\n${INDENT}${this.#paint("wrong", visible(problem))}`;
  }
}

function pairs(rawHeaders: readonly string[]): [name: string, value: string][] {
  return rawHeaders.flatMap((name, at): [string, string][] => {
    return at % 2 === 0 ? [[name, rawHeaders[at + 1]]] : [];
  });
}

/** The local time, to the millisecond. */
function timeOf(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  return `${time}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}
