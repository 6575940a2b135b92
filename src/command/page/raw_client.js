// The raw client's side of the page: what it shall say, and what the server says to that. It is the
// server that has its socket; from here come the bytes.

import { FrameExplainer } from "../../frame/explainer.js";
import { closeFrame, concat, frame, hex, parseHex } from "./bytes.js";
import { FRAGMENTS, PING, RECIPES } from "./recipes.js";
import { isHeartbeat } from "./row.js";
import { $, closeWords, contentOf, element, nameOf } from "./words.js";

/** @typedef {import("./observed.js").Connection} Connection */
/** @typedef {import("./observed.js").ObservedFrame} ObservedFrame */
/** @typedef {import("./recipes.js").Recipe} Recipe */
/** @typedef {import("./wire.js").Wire} Wire */

/** What the server takes in one message. */
const SEND_SIZE_MAX = 4 * 1024 * 1024;

/** More bytes than these are not shown: nobody could edit them. */
const SHOWN_SIZE_MAX = 2048;

/** Frames that are described before they are sent. */
const PREVIEWED_MAX = 3;

/** The form of the raw client. */
export class RawClient {
  #wire;
  /** What "Send bytes" sends. @type {Uint8Array<ArrayBuffer>} */ #bytes = new Uint8Array(0);
  /** Whether what the server sends next is an answer. */
  #awaitsAnswer = false;
  /** Whether it is known why it could not go on. */
  #isRefused = false;

  /** @param {Wire} wire */
  constructor(wire) {
    this.#wire = wire;
    const recipes = Object.values(RECIPES).flat();
    for (const [group, members] of Object.entries(RECIPES)) {
      const options = element("optgroup", ...members.map(({ name }) => element("option", name)));
      options.label = group;
      $("recipe").append(options);
    }
    this.#load(recipes[0].bytes());
    /** @param {string} id @param {string} type @param {() => void} act */
    const on = (id, type, act) => $(id).addEventListener(type, act);
    on("recipe", "change", () => this.#load(recipes[$("recipe").selectedIndex].bytes()));
    on("bytes", "input", () => this.#edited());
    on("fragments", "click", () => this.#sendAtOnce(FRAGMENTS.bytes()));
    on("ping", "click", () => this.#sendAtOnce(PING.bytes()));
    on("raw-close", "click", () => {
      this.#sendAtOnce(closeFrame(Number($("raw-code").value), "bye"));
    });
    on("deaf", "change", () => wire.ask({ ask: $("deaf").checked ? "pause" : "resume" }));
    on("fin", "click", () => wire.ask({ ask: "fin" }));
    on("reset", "click", () => wire.ask({ ask: "reset" }));
    $("raw-form").addEventListener("submit", (/** @type {Event} */ event) => {
      event.preventDefault();
      this.#sendRepeatedly(Number($("times").value));
    });
  }

  /** The server has sent it something. @param {ObservedFrame} seen */
  received(seen) {
    const { explained, connection } = seen;
    if (explained.missing > 0) return;
    const opcode = explained.header?.opcode;
    if (opcode === 8) {
      const { code, reason } = explained.close ?? { code: 1005, reason: "" };
      this.#say(`The server answers: Close ${closeWords(code, reason)}`);
      this.#awaitsAnswer = false;
    } else if (this.#awaitsAnswer && !isHeartbeat(seen)) {
      this.#say(`The server answers: ${nameOf(seen)} ${contentOf(seen)}`);
    }
    if (!$("polite").checked) return;
    if (opcode === 9) this.#wire.send(frame({ opcode: 10, payload: explained.payload }));
    if (opcode === 8 && connection.closes.client === null) {
      this.#wire.send(frame({ opcode: 8, payload: explained.payload }));
    }
  }

  /** Its connection is over. @param {Connection} connection */
  ended({ closes, closure }) {
    if (closes.server !== null || closure === null || this.#isRefused) return;
    this.#say(`The server closed: ${closure.code}, ${closure.cause ?? "TCP has ended"}`);
  }

  /** It could not do what was asked for. @param {string} why */
  refused(why) {
    this.#isRefused = true;
    this.#say(why);
  }

  /** @param {string} text */
  #say(text) {
    $("raw-says").textContent = text;
  }

  /** @param {Uint8Array<ArrayBuffer>} bytes */
  #sendAtOnce(bytes) {
    this.#load(bytes);
    this.#sendRepeatedly(1);
  }

  /** @param {number} times */
  #sendRepeatedly(times) {
    const most = Math.max(1, Math.floor(SEND_SIZE_MAX / Math.max(1, this.#bytes.length)));
    this.#awaitsAnswer = true;
    this.#isRefused = false;
    this.#say("");
    this.#wire.ask({ ask: "dial" });
    if ($("deaf").checked) this.#wire.ask({ ask: "pause" });
    for (let left = Math.max(1, Math.min(1000, times || 1)); left > 0; left -= most) {
      this.#wire.send(concat(...Array(Math.min(left, most)).fill(this.#bytes)));
    }
  }

  /** Puts bytes into the field where they can be changed. @param {Uint8Array<ArrayBuffer>} bytes */
  #load(bytes) {
    this.#bytes = bytes;
    const isLong = bytes.length > SHOWN_SIZE_MAX;
    $("bytes").value = isLong ? `${hex(bytes.subarray(0, 64))} …` : hex(bytes);
    $("bytes").readOnly = isLong;
    $("bytes").setCustomValidity("");
    this.#preview();
  }

  #edited() {
    const bytes = parseHex($("bytes").value);
    const wrong = bytes === null ? "Two hex digits for each byte, please" : "";
    $("bytes").setCustomValidity(wrong);
    if (bytes === null) return $("preview").replaceChildren(element("em", wrong));
    this.#bytes = bytes;
    this.#preview();
  }

  /** What the bytes are, before they are sent. */
  #preview() {
    const explainer = new FrameExplainer({ role: "server" });
    const frames = explainer.push(this.#bytes);
    const rest = explainer.end();
    if (rest !== null) frames.push(rest);
    const lines = frames.slice(0, PREVIEWED_MAX).map(({ summary, problems: [problem] }) => {
      const line = element("span", summary);
      if (problem !== undefined) line.append(element("em", ` ${problem.message}`));
      return line;
    });
    const more = frames.length - PREVIEWED_MAX;
    if (more > 0) lines.push(element("span", `and ${more} frames more`));
    $("preview").replaceChildren(...lines);
  }
}
