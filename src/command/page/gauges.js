// How full the two channels of a connection are, as `connection.stats()` tells it; and how far its
// closing handshake has come.

import { $, element, sizeWords } from "./words.js";

/** @typedef {import("../wire_event.js").StatsEvent} StatsEvent */
/** @typedef {import("../wire_event.js").Fill} Fill */
/** @typedef {import("./observed.js").Connection} Connection */

const PEAK_MS = 2000;

/**
 * @param {StatsEvent} stats
 * @param {Connection} connection
 */
export function showGauges({ inbox, outbox, paused }, { lane, handshake: { limits } }) {
  gauge(`${lane}-inbox`, inbox, limits.inbox);
  gauge(`${lane}-outbox`, outbox, limits.outbox);
  $(`${lane}-paused`).hidden = !paused;
}

/**
 * The fuller of the two measures is what counts.
 *
 * @param {string} id
 * @param {Fill} fill
 * @param {{ messages: number, size: number }} max
 */
function gauge(id, fill, max) {
  const share = (/** @type {number} */ messages, /** @type {number} */ size) =>
    Math.min(1, Math.max(messages / max.messages, size / max.size));
  const now = share(fill.messages, fill.size);
  const meter = $(id);
  meter.setAttribute("aria-valuenow", String(Math.round(100 * now)));
  meter.setAttribute("aria-valuetext", `${fill.messages} messages, ${sizeWords(fill.size)}`);
  meter.querySelector(".fill").style.inlineSize = `${100 * now}%`;
  showPeak(meter.querySelector(".peak"), share(fill.messagesPeak, fill.sizePeak), now);
  meter.classList.toggle("full", now >= 0.99);
  const [messages, most] = [fill.messages, max.messages].map((n) => n.toLocaleString("en-US"));
  const size = `${sizeWords(fill.size)} of ${sizeWords(max.size)}`;
  $(`${id}-text`).textContent = `${messages} of ${most} · ${size}`;
}

/** @type {WeakMap<Element, { share: number, timer: number }>} */
const peaks = new WeakMap();

/**
 * Where the fill was for a moment: the mark stays for a while, or nobody would see it.
 *
 * @param {HTMLElement} mark
 * @param {number} share
 * @param {number} now
 */
function showPeak(mark, share, now) {
  const held = peaks.get(mark);
  if (held !== undefined && held.share > share) return;
  clearTimeout(held?.timer);
  const timer = window.setTimeout(() => {
    peaks.delete(mark);
    mark.style.insetInlineStart = "0";
  }, PEAK_MS);
  peaks.set(mark, { share, timer });
  mark.style.insetInlineStart = `${100 * Math.max(share, now)}%`;
}

/** What becomes of the connection is not told any more. @param {"browser" | "raw"} lane */
export function showUnseen(lane) {
  const chip = $(`${lane}-state`);
  chip.textContent = "not seen";
  chip.className = "chip none";
}

/**
 * The state of a connection, and each step of its end.
 *
 * @param {"browser" | "raw"} lane
 * @param {Connection | null} connection `null`: there is none yet.
 */
export function showState(lane, connection) {
  const state = connection?.state ?? "none";
  const words = { none: "no connection", open: "open", closing: "closing", closed: "closed" };
  const chip = $(`${lane}-state`);
  chip.textContent = words[state];
  chip.className = `chip ${state}`;
  const steps = $(`${lane}-closing`);
  steps.replaceChildren();
  if (connection === null || state === "open") return;
  const { closes, fins } = connection;
  const client = lane === "browser" ? "browser" : "raw";
  /** @type {[string, boolean][]} */
  const done = [
    [`Close of ${client}`, closes.client !== null],
    ["Close of server", closes.server !== null],
    ["FIN of server", fins.server !== null],
    [`FIN of ${client}`, fins.client !== null],
  ];
  for (const [name, isDone] of done) {
    steps.append(element(`li${isDone ? ".done" : ""}`, `${isDone ? "✓" : "○"} ${name}`), " ");
  }
}
