// What a row of the sequence diagram stands for, and what it says.

import { contentOf, element, kindOf, nameOf, sizeWords, wireSize } from "./words.js";

/** @typedef {import("./observed.js").Connection} Connection */
/** @typedef {import("./observed.js").ObservedFrame} ObservedFrame */
/** @typedef {import("./observed.js").Side} Side */

/**
 * @typedef {ObservedFrame
 *   | { kind: "handshake", connection: Connection, from: Side, at: number }
 *   | { kind: "fin", connection: Connection, from: Side, at: number }
 *   | { kind: "end", connection: Connection, at: number }} Happening
 */

const HEARTBEAT = "heartbeat";

/** @param {Happening} happening */
export function isHeartbeat(happening) {
  if (happening.kind !== "frame" || happening.from !== "server") return false;
  return happening.explained.text === HEARTBEAT;
}

/**
 * A row's label, and what a screen reader says instead.
 *
 * @param {Happening} happening
 * @returns {{ kind: string, parts: (Node | string)[], spoken: string }}
 */
export function wordsOf(happening) {
  switch (happening.kind) {
    case "handshake": {
      const { request, response } = happening.connection.handshake;
      const head = happening.from === "client" ? request : response;
      const [line] = head.split("\r\n", 1);
      const shown = line.replace(/^HTTP\/1\.1 /, "").replace(/\?view=\S+ HTTP\/1\.1$/, "");
      const parts = [element("b", shown), element("span.content", "opening handshake")];
      return { kind: "handshake", parts, spoken: `${shown}, opening handshake` };
    }
    case "fin":
      return {
        kind: "fin",
        parts: [element("b", "FIN"), element("span.content", "no more bytes: TCP ends this way")],
        spoken: "FIN, TCP ends in this direction",
      };
    case "end":
      return endWords(happening.connection);
    case "frame":
      return frameWords(happening);
  }
}

/** @param {ObservedFrame} frame */
function frameWords(frame) {
  const { explained } = frame;
  const { header, problems, missing } = explained;
  const { culprit } = frame.connection;
  const parts = [element("b", nameOf(frame))];
  const content = contentOf(frame);
  const isPart = header !== null && header.opcode < 8 && (!header.fin || header.opcode === 0);
  if (isPart) parts.push(element("span.flag", header.fin ? "last fragment" : "more follow"));
  if (content !== "") parts.push(element("span.content", content));
  parts.push(element("span.size", sizeWords(wireSize(frame))));
  if (missing > 0) parts.push(element("span.flag", "not complete"));
  const isWrong = problems.length > 0;
  if (isWrong) parts.push(element("span.flag.wrong", "breaks a rule"));
  const isFailure = frame.from === "server" && header?.opcode === 8 && culprit !== null;
  const kind = `frame ${kindOf(frame)}${isWrong || isFailure ? " wrong" : ""}`;
  const spoken = `${explained.summary}${isWrong ? ", breaks a rule" : ""}`;
  return { kind, parts, spoken };
}

/** @param {Connection} connection */
function endWords({ closure }) {
  const code = closure?.code ?? 1006;
  const how = closure?.wasClean ? "cleanly: both have sent a Close" : "not cleanly";
  const parts = [element("b", `Closed ${code}`), element("span.content", how)];
  return { kind: "end", parts, spoken: `closed with ${code}, ${how}` };
}
