// The page of the minimal server. Its WebSocket to /ws is what it is about: what passes there is
// told by the server, which sees the bytes, over /wire. The rest is in the files beside this one:
//
//   wire        what the server tells, and is asked for          timeline    the sequence diagram
//   observed    bytes to frames, by the library's own modules    row         what a row of it says
//   raw_client  a client that says anything                      detail      a frame taken apart
//   recipes     what that may be, made by `bytes`                handshakes  both, step by step
//   gauges      the channels in the server                       tables, parts, words: their pieces

import { showDetail } from "./detail.js";
import { showGauges, showState, showUnseen } from "./gauges.js";
import { Connection } from "./observed.js";
import { RawClient } from "./raw_client.js";
import { Timeline } from "./timeline.js";
import { BASE, Wire } from "./wire.js";
import { $, isNarrow } from "./words.js";

/** @typedef {import("../wire_event.js").WireEvent} WireEvent */

const BURST_MAX = 5000;

const timeline = new Timeline((happening, isOpened) => {
  showDetail(happening, (frame) => timeline.show(frame));
  if (isOpened) goToDetail();
});
const wire = new Wire(happened, lost);
const rawClient = new RawClient(wire);

/** What is observed now, by the server's number for it. @type {Map<number, Connection>} */
const observed = new Map();

/** @type {WebSocket} */
let socket;
/** Whether there is none yet, for the server has not said that it looks. */
let isWaiting = false;
/** Texts that were sent and are not yet back: the server keeps their order. */
let pending = [{ text: "", sentAt: 0 }];

// The WebSocket of the page.

async function connect() {
  show("connecting", "Connecting", "");
  $("beats").textContent = "0";
  $("trip").textContent = "–";
  $("fastest").textContent = $("browser-says").textContent = "";
  isWaiting = true;
  await wire.open();
  isWaiting = false;
  wire.askPace();
  $("raw-form").inert = !wire.isOpen;
  pending = [];
  let beats = 0;
  let fastest = Infinity;
  socket = new WebSocket(`${BASE}/ws?view=${wire.view}`);
  socket.onopen = () => show("open", "Open", "");
  socket.onmessage = ({ data }) => {
    if (data === pending[0]?.text) {
      const trip = performance.now() - pending[0].sentAt;
      pending.shift();
      fastest = Math.min(fastest, trip);
      $("trip").textContent = milliseconds(trip);
      $("fastest").textContent = `best ${milliseconds(fastest)}`;
    } else if (data === "heartbeat") {
      $("beats").textContent = String(++beats);
    }
  };
  socket.onclose = ({ code, reason, wasClean }) => {
    const how = wasClean ? "clean" : "not clean";
    show("closed", `Closed ${code}`, reason === "" ? how : `“${reason}” · ${how}`);
  };
}

/** @param {string} state @param {string} title @param {string} detail */
function show(state, title, detail) {
  document.body.dataset.state = state;
  $("state").textContent = title;
  $("detail").textContent = detail;
  $("toggle").textContent = state === "closed" ? "Reconnect" : "Close";
  for (const id of ["send", "binary", "burst"]) $(id).disabled = state !== "open";
  for (const id of ["server-ping", "server-close"]) {
    $(id).disabled = state !== "open" || !wire.isOpen;
  }
}

/** @param {number} value */
function milliseconds(value) {
  return `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}

// What the server sees.

/** @param {WireEvent} event */
function happened(event) {
  if (event.event === "gap") {
    for (const connection of observed.values()) connection.lostSome();
    return timeline.missed(event.count);
  }
  if (event.event === "refused") return rawClient.refused(event.why);
  if (event.event === "open") return opened(new Connection(event));
  const connection = observed.get(event.connection);
  if (connection === undefined) return;
  const { lane } = connection;
  switch (event.event) {
    case "stats":
      return showGauges(event, connection);
    case "frame": {
      const seen = connection.observe(event);
      timeline.add(seen);
      if (lane === "raw" && seen.from === "server") rawClient.received(seen);
      break;
    }
    case "fin":
      connection.fins[event.from] = event.at;
      timeline.add({ kind: "fin", connection, from: event.from, at: event.at });
      break;
    case "close":
      connection.closure = event.closure;
      observed.delete(event.connection);
      timeline.add({ kind: "end", connection, at: event.at });
      if (lane === "raw") rawClient.ended(connection);
      break;
  }
  showState(lane, connection);
}

/** @param {Connection} connection */
function opened(connection) {
  const { lane, handshake } = connection;
  observed.set(handshake.connection, connection);
  if (lane === "raw") {
    $("board").classList.add("with-raw");
    $("raw-channels").hidden = false;
  }
  for (const from of /** @type {const} */ (["client", "server"])) {
    timeline.add({ kind: "handshake", connection, from, at: handshake.at });
  }
  showState(lane, connection);
}

function lost() {
  $("raw-form").inert = true;
  for (const { lane } of observed.values()) showUnseen(lane);
  observed.clear();
  timeline.note("The server tells nothing of the wire any more.");
}

// What a person does.

$("browser-form").addEventListener("submit", (/** @type {Event} */ event) => {
  event.preventDefault();
  const text = $("text").value;
  if (socket.readyState !== WebSocket.OPEN || text === "") return;
  pending.push({ text, sentAt: performance.now() });
  socket.send(text);
  $("text").select();
});
$("binary").addEventListener("click", () => {
  socket.send(crypto.getRandomValues(new Uint8Array(16)));
});
$("burst").addEventListener("click", () => {
  const count = Math.min(BURST_MAX, Math.max(1, Number($("burst-count").value) || 1));
  for (let index = 1; index <= count; index++) socket.send(`drop ${index} of ${count}`);
});
$("toggle").addEventListener("click", () => {
  if (isWaiting) return;
  $("browser-says").textContent = "";
  if (socket.readyState === WebSocket.CLOSED) return void connect();
  try {
    socket.close(Number($("close-code").value), "Closed from the page");
  } catch (error) {
    const { message } = /** @type {Error} */ (error);
    $("browser-says").textContent = `${message} The raw client may send any code.`;
  }
});
$("server-ping").addEventListener("click", () => wire.ask({ ask: "ping", lane: "browser" }));
$("server-close").addEventListener("click", () => {
  wire.ask({ ask: "close", lane: "browser", code: 1001, reason: "Asked to by the page" });
});
/** By keyboard, and where the detail is below the wire, the reader is taken there. */
function goToDetail() {
  $("detail-panel").focus({ preventScroll: true });
  if (isNarrow()) $("detail-panel").scrollIntoView({ block: "start" });
}
$("pace").addEventListener("change", () => wire.askPace());
$("back").addEventListener("click", () => timeline.focus());
$("detail-panel").addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
  if (event.key === "Escape") timeline.focus();
});

$("raw-details").open = matchMedia("(min-width: 48rem)").matches;
showState("browser", null);
showState("raw", null);
void connect();
