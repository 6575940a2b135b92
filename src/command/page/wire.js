// The second connection of the page: over /wire the server tells what it sees of the first one, and
// takes what the page asks for. The messages are in wire_event.ts and wire_view.ts beside this
// folder.

import { hex } from "./bytes.js";
import { $ } from "./words.js";

/** @typedef {import("../wire_event.js").WireEvent} WireEvent */

/** Where the server is. */
export const BASE = `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}`;

/** What the server sees of this page's connections. */
export class Wire {
  /** Names this view; the WebSocket to be looked at carries it in its URL. */
  view = "";
  /** @type {WebSocket | null} */ #socket = null;
  #onEvent;
  #onLost;

  /** @param {(event: WireEvent) => void} onEvent @param {() => void} onLost */
  constructor(onEvent, onLost) {
    this.#onEvent = onEvent;
    this.#onLost = onLost;
  }

  get isOpen() {
    return this.#socket !== null;
  }

  /** Fulfils when the server looks, or will not: the WebSocket of the page works all the same. */
  open() {
    if (this.#socket !== null) return Promise.resolve();
    this.view = hex(crypto.getRandomValues(new Uint8Array(16))).replaceAll(" ", "");
    const socket = new WebSocket(`${BASE}/wire?view=${this.view}`);
    return new Promise((/** @type {(_: void) => void} */ resolve) => {
      socket.onopen = () => {
        this.#socket = socket;
        resolve();
      };
      socket.onmessage = ({ data }) => {
        for (const event of JSON.parse(data)) this.#onEvent(event);
      };
      socket.onclose = () => {
        this.#socket = null;
        this.#onLost();
        resolve();
      };
    });
  }

  /** @param {object} what */
  ask(what) {
    this.#socket?.send(JSON.stringify(what));
  }

  /** Asks for the pace of the handler that is selected. */
  askPace() {
    this.ask({ ask: "pace", ms: Number($("pace").value) });
  }

  /** What the raw client shall send. @param {Uint8Array<ArrayBuffer>} bytes */
  send(bytes) {
    this.#socket?.send(bytes);
  }
}
