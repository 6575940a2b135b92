// One frame taken apart, or one handshake: what the panel beside the timeline shows.

import { drawFrame } from "../../frame/diagram.js";
import { closeCodeName } from "../../frame/fields.js";
import { hex } from "./bytes.js";
import { closingParts, openingParts } from "./handshakes.js";
import { jump, linked, scrolling, section } from "./parts.js";
import { fieldTable, maskTable } from "./tables.js";
import { $, closeWords, element, seconds, wayOf } from "./words.js";

/** @typedef {import("./observed.js").ObservedFrame} ObservedFrame */
/** @typedef {import("./row.js").Happening} Happening */

/**
 * Shows what a row stands for.
 *
 * @param {Happening} happening
 * @param {(frame: ObservedFrame) => void} goTo Selects another frame.
 */
export function showDetail(happening, goTo) {
  const parts =
    happening.kind === "frame"
      ? frameParts(happening, goTo)
      : happening.kind === "handshake"
        ? openingParts(happening.connection)
        : closingParts(happening.connection, goTo);
  $("detail-body").replaceChildren(...parts);
  $("detail-panel").scrollTop = 0;
}

/** @param {ObservedFrame} frame @param {(frame: ObservedFrame) => void} goTo */
function frameParts(frame, goTo) {
  const { explained, connection, from, at } = frame;
  const way = `${wayOf(connection.lane, from)}, at ${seconds(at)} s`;
  const [, diagram] = drawFrame(explained).split("\n\n"); // title, diagram, table, what is wrong
  const parts = [element("p.way", way), element("h2", explained.summary)];
  parts.push(...problemParts(frame, goTo));
  parts.push(section("The bits (§5.2)", scrolling("diagram", element("pre.diagram", diagram))));
  parts.push(...payloadParts(frame));
  parts.push(section("The fields", scrolling("fields", fieldTable(explained))));
  const bytes = `${hex(explained.bytes)}${explained.omitted > 0 ? " …" : ""}`;
  parts.push(section("On the wire, in hex", element("pre.bytes", bytes)));
  return parts;
}

/**
 * What is wrong, and what the server said to it; or, at that answer, to what it was said.
 *
 * @param {ObservedFrame} frame
 * @param {(frame: ObservedFrame) => void} goTo
 */
function problemParts(frame, goTo) {
  const { explained, connection, from } = frame;
  const { culprit, closes } = connection;
  const box = element("div.verdict");
  for (const { message, offset, closeCode } of explained.problems) {
    const place = `, at byte ${offset - explained.offset} of the frame`;
    const end = closeCode === null ? `${place}. It is ignored.` : `${place}.`;
    box.append(element("p", element("b", "Breaks a rule: "), linked(message), end));
  }
  const isCulprit = culprit?.number === frame.number && from === "client";
  if (isCulprit && closes.server !== null) {
    const { code, reason } = closes.server.explained.close ?? { code: 1005, reason: "" };
    const answer = `Close ${code} ${closeCodeName(code)}, `;
    box.append(
      element("p", element("b", "The server answers: "), answer, linked(reason)),
      jump("Go to its Close", closes.server, goTo),
    );
  } else if (from === "server" && frame.number === closes.server?.number && culprit !== null) {
    box.append(
      element("p", "The server fails the connection (§7.1.7), because of what the client sent."),
      jump("Go to that frame", culprit, goTo),
    );
  }
  return box.childElementCount > 0 ? [box] : [];
}

/** @param {ObservedFrame} frame */
function payloadParts({ explained, from }) {
  const { payload, header, text, close } = explained;
  if (payload.length === 0 || header === null) return [];
  const parts = [];
  if (header.masked) {
    const title = "Unmasking: payload = masked XOR key (§5.3)";
    parts.push(section(title, scrolling("unmasking", maskTable(explained))));
  } else {
    const isServer = from === "server";
    const who = isServer ? "A server does not mask" : "A client must mask, this one did not";
    const note = element("p", linked(`${who} (§5.1): these bytes are the payload.`));
    parts.push(section("Payload", note, element("pre.bytes", hex(payload))));
  }
  if (text !== null) parts.push(section("As text (§5.6)", element("pre.text", text)));
  if (close !== null) {
    parts.push(section("As a Close (§5.5.1)", element("p", closeWords(close.code, close.reason))));
  }
  return parts;
}
