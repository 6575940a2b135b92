// What went over the wire, for people: lines of HTTP as text, frames in hex, each with a line that
// says what it is, and drawn bit by bit where there is room for that.

import { drawFrame } from "../frame/diagram.ts";
import { explainFrames } from "../frame/explain.ts";
import type { ExplainedFrame } from "../frame/explainer.ts";
import { fromLatin1, hex } from "./bytes.ts";
import type { Exchange } from "./case.ts";
import type { Passage } from "./recording.ts";

/** One frame, or one line of HTTP. */
export interface ShownLine {
  /** As on the wire: hex, or the text of the line. */
  readonly bytes: string;
  /** What it is, and what is wrong with it; "" for HTTP. */
  readonly meaning: string;
  /** The diagram of §5.2; "" for HTTP. */
  readonly diagram: string;
}

/** One direction, until the other side's bytes came. */
export interface ShownPassage {
  /** "sent" by the client, or "received" from the server. */
  readonly title: "sent" | "received";
  readonly lines: readonly ShownLine[];
}

const HEX_SHOWN_MAX = 48;
const FRAMES_SHOWN_MAX = 12;

/** A connection, as it is shown. */
export interface ShownExchange {
  readonly passages: readonly ShownPassage[];
  /** "FIN", "RST", or that the connection is open. */
  readonly ending: string;
}

/** Shows a connection; a handshake as usual, before frames, only where the case is about that. */
export function showExchange(exchange: Exchange, isAboutHandshake: boolean): ShownExchange {
  const { passages, ended } = exchange;
  const isCompressed = passages.some(agreesOnCompression);
  const isUsual = passages[0]?.kind === "http" && passages[1]?.kind === "http";
  const hasFrames = passages.some(({ kind }) => kind === "frames");
  const start = !isAboutHandshake && isUsual && hasFrames ? 2 : 0;
  return {
    passages: passages.slice(start).map((passage) => showPassage(passage, isCompressed)),
    ending: ended ?? "the connection is open",
  };
}

function agreesOnCompression({ from, kind, bytes }: Passage): boolean {
  return from === "server" && kind === "http" && fromLatin1(bytes).includes("permessage-deflate");
}

function showPassage(passage: Passage, isCompressed: boolean): ShownPassage {
  const title = passage.from === "client" ? "sent" : "received";
  const lines = passage.kind === "http" ? httpLines(passage) : frameLines(passage, isCompressed);
  return { title, lines };
}

function httpLines({ bytes, size }: Passage): ShownLine[] {
  const text = fromLatin1(bytes).replace(/\r\n\r\n$/, "");
  const lines = text.split("\r\n").map((line) => plain(escapeControls(line)));
  return size > bytes.length ? [...lines, plain(`… ${size} bytes in all`)] : lines;
}

function frameLines({ from, bytes, size }: Passage, isCompressed: boolean): ShownLine[] {
  const role = from === "client" ? "server" : "client";
  const frames = explainFrames(bytes, { role, rsvAllowed: isCompressed ? 4 : 0 });
  const lines = frames.slice(0, FRAMES_SHOWN_MAX).map((frame) => frameLine(frame, bytes));
  const hidden = frames.length - lines.length;
  if (hidden > 0) lines.push(plain(`… and ${hidden} more frames, ${size} bytes in all`));
  return lines;
}

function frameLine(frame: ExplainedFrame, all: Uint8Array): ShownLine {
  const size = Math.min(frame.bytes.length, all.length);
  const shown = hex(frame.bytes.subarray(0, HEX_SHOWN_MAX)).replace(/../g, "$& ").trimEnd();
  const problems = frame.problems.map(({ message }) => `  <- ${message}`).join("");
  return {
    bytes: size > HEX_SHOWN_MAX ? `${shown} … ${size} bytes` : shown,
    meaning: frame.summary + problems,
    diagram: drawFrame(frame),
  };
}

function plain(text: string): ShownLine {
  return { bytes: text, meaning: "", diagram: "" };
}

/** What a terminal or a reader cannot show: as `\x80`. */
export function escapeControls(text: string): string {
  return text.replace(
    /[^\x20-\x7e]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}
