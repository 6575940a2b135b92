// The two handshakes taken apart: the opening one with its accept key, the closing one with its
// end.

import { jump, linked, scrolling, section } from "./parts.js";
import { clientName, closeWords, element, seconds } from "./words.js";

/** @typedef {import("./observed.js").Connection} Connection */
/** @typedef {import("./observed.js").ObservedFrame} ObservedFrame */

/** The opening handshake, and how the server came by its answer. @param {Connection} connection */
export function openingParts({ handshake, lane }) {
  const { request, response, accept } = handshake;
  const { key, guid, sha1 } = accept;
  const sent = /^Sec-WebSocket-Accept: (.*)\r$/im.exec(response)?.[1] ?? "";
  const steps = element(
    "ol.steps",
    step("The key that the client drew by lot: 16 bytes, in base64", key),
    step("Behind it the GUID that every WebSocket server knows (§1.3)", key, element("mark", guid)),
    step("SHA-1 of these characters: 20 bytes, in hex", sha1.replace(/..(?=.)/g, "$& ")),
    step("The same in base64: the accept key", accept.accept),
    step(
      accept.accept === sent
        ? "It is what the server sent, so the client knows that it speaks to a WebSocket server ✓"
        : "It is not what the server sent ✗",
      `Sec-WebSocket-Accept: ${sent}`,
    ),
  );
  return [
    element("p.way", `${clientName(lane)} and server, ${seconds(handshake.at)} s`),
    element("h2", "The opening handshake: an HTTP request that asks for another protocol (§4)"),
    section("The client asks", headOf(request, "Sec-WebSocket-Key")),
    section("The server computes the accept key, step by step (§4.2.2)", steps),
    section("And agrees", headOf(response, "Sec-WebSocket-Accept")),
  ];
}

/** A head of HTTP, one of its lines marked. @param {string} head @param {string} name */
function headOf(head, name) {
  const lines = head.trimEnd().split("\r\n").flatMap((line) => {
    return [line.startsWith(`${name}:`) ? element("mark", line) : line, "\n"];
  });
  return element("pre.head", ...lines);
}

/** @param {string} title @param {...(Node | string)} value */
function step(title, ...value) {
  return element("li", element("p", linked(title)), element("code", ...value));
}

/** @param {Connection} connection @param {(frame: ObservedFrame) => void} goTo */
export function closingParts({ closes, fins, closure, lane }, goTo) {
  const client = clientName(lane);
  const first = [closes.client, closes.server]
    .filter((frame) => frame !== null)
    .sort((a, b) => a.at - b.at);
  const steps = element("ol.steps");
  for (const frame of first) {
    const { code, reason } = frame.explained.close ?? { code: 1005, reason: "" };
    const who = frame.from === "client" ? client : "server";
    const isFirst = frame === first[0];
    const act = isFirst ? "begins the closing handshake" : "answers";
    steps.append(step(`The ${who} ${act} (§5.5.1)`, `Close ${closeWords(code, reason)}`));
    steps.lastElementChild.append(jump("Go to the frame", frame, goTo));
  }
  const ends = [
    { at: fins.server, title: "The server ends TCP, first if it can (§7.1.1)" },
    { at: fins.client, title: `The ${client} ends TCP` },
  ].filter(({ at }) => at !== null);
  for (const { title } of ends.sort((a, b) => Number(a.at) - Number(b.at))) {
    steps.append(step(title, "FIN"));
  }
  const parts = [element("h2", "The closing handshake (§7)"), steps];
  if (closure === null) return parts;
  const { code, reason, wasClean, initiator, cause } = closure;
  const rows = [
    ["code", closeWords(code, ""), "of the first Close that the server received (§7.1.5)"],
    ["reason", reason, "of the same (§7.1.6)"],
    ["wasClean", String(wasClean), "whether both sides sent a Close (§7.1.4)"],
    ["initiator", initiator, initiator === "local" ? "the server" : `the ${client}`],
    ["cause", cause ?? "", "why it was not clean"],
  ].map(([name, value, meaning]) => {
    const what = element("td.meaning", linked(meaning));
    return element("tr", element("th", name), element("td.value", value), what);
  });
  const table = element("table.fields", element("tbody", ...rows));
  parts.push(section("What the code of the server learns", scrolling("closure", table)));
  return parts;
}
