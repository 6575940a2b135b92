// What is known of one connection from its bytes: the frames, taken apart by the library's own
// explainer, and how far the closing handshake has come. No DOM here.

import { FrameExplainer } from "../../frame/explainer.js";
import { frame, parseHex } from "./bytes.js";

/** @typedef {import("../../frame/explainer.js").ExplainedFrame} ExplainedFrame */
/** @typedef {import("../wire_event.js").OpenEvent} OpenEvent */
/** @typedef {import("../wire_event.js").FrameEvent} FrameEvent */
/** @typedef {import("../wire_event.js").CloseEvent["closure"]} Closure */
/** @typedef {"client" | "server"} Side */

/**
 * A frame as it passed.
 *
 * @typedef {object} ObservedFrame
 * @property {"frame"} kind
 * @property {Connection} connection
 * @property {Side} from
 * @property {number} number
 * @property {number} at Milliseconds since the page opened.
 * @property {ExplainedFrame} explained
 */

/** One connection, browser's or raw, from its handshake to its end. */
export class Connection {
  /** @type {"browser" | "raw"} */ lane;
  /** @type {OpenEvent} */ handshake;
  /** The Close of each side, if it sent one. @type {Record<Side, ObservedFrame | null>} */
  closes = { client: null, server: null };
  /** When each side ended TCP, if it has. @type {Record<Side, number | null>} */
  fins = { client: null, server: null };
  /** How it ended. @type {Closure | null} */
  closure = null;
  /** The client's frame that broke a rule first. @type {ObservedFrame | null} */
  culprit = null;

  /** @type {Record<Side, Direction>} */
  #directions = { client: new Direction("server"), server: new Direction("client") };

  /** @param {OpenEvent} handshake */
  constructor(handshake) {
    this.lane = handshake.lane;
    this.handshake = handshake;
  }

  /** Where the closing handshake stands: §7. @returns {"open" | "closing" | "closed"} */
  get state() {
    if (this.closure !== null) return "closed";
    const steps = [...Object.values(this.closes), ...Object.values(this.fins)];
    return steps.some((step) => step !== null) ? "closing" : "open";
  }

  /**
   * Takes a frame apart: a new one, or more of one that it has seen.
   *
   * @param {FrameEvent} event
   * @returns {ObservedFrame}
   */
  observe(event) {
    const { from, number, at } = event;
    const explained = this.#directions[from].explain(event);
    /** @type {ObservedFrame} */
    const seen = { kind: "frame", connection: this, from, number, at, explained };
    if (explained.header?.opcode === 8 && explained.missing === 0) this.closes[from] ??= seen;
    const isWrong = explained.problems.some(({ closeCode }) => closeCode !== null);
    if (from === "client" && isWrong && this.closes.server === null) this.culprit ??= seen;
    return seen;
  }

  /** Frames were not told of: from here on nobody knows what a continuation continues. */
  lostSome() {
    for (const direction of Object.values(this.#directions)) direction.lostSome();
  }
}

/** One direction. The explainer knows what came before, as it must: fragments depend on it. */
class Direction {
  #explainer;
  #role;
  #next = 0;
  /** Of the frame that is under way, the bytes that the explainer has. */
  #pushed = 0;
  #isUnsure = false;

  /** @param {"client" | "server"} role Who reads it. */
  constructor(role) {
    this.#role = role;
    this.#explainer = new FrameExplainer({ role });
  }

  /**
   * @param {FrameEvent} event
   * @returns {ExplainedFrame}
   */
  explain({ number, size, bytes }) {
    const kept = parseHex(bytes) ?? new Uint8Array(0);
    if (number !== this.#next) this.lostSome();
    this.#next = number;
    const [complete] = this.#explainer.push(kept.subarray(this.#pushed));
    this.#pushed = kept.length;
    const explained = complete ?? this.#explainer.end();
    if (explained === null) throw new Error("Bug: a frame without bytes");
    if (complete !== undefined) this.#begin();
    else if (size > kept.length) return this.#withoutRest(explained, size);
    return this.#trusted(explained);
  }

  lostSome() {
    this.#begin();
    this.#next = 0;
    this.#explainer = new FrameExplainer({ role: this.#role });
    this.#isUnsure = true;
  }

  #begin() {
    this.#next++;
    this.#pushed = 0;
  }

  /**
   * Of a long frame the server tells the beginning only. The explainer gets an empty one in its
   * place, so that it knows what the next frame may be.
   *
   * @param {ExplainedFrame} explained
   * @param {number} size
   * @returns {ExplainedFrame}
   */
  #withoutRest(explained, size) {
    const { header, headerSize, payload, bytes } = explained;
    if (header === null) return explained;
    const received = size - headerSize;
    const missing = header.length - received;
    if (missing === 0) {
      this.#explainer = new FrameExplainer({ role: this.#role });
      const { opcode, fin, rsv, masked } = header;
      if (opcode === 0) this.#explainer.push(frame({ opcode: 1, fin: false, masked }));
      this.#explainer.push(frame({ opcode, fin, rsv, masked }));
      this.#isUnsure = !fin;
      this.#begin();
    }
    const of = `${header.length.toLocaleString("en-US")} bytes`;
    const summary = explained.summary.replace(
      /cut: .*? bytes?/,
      missing === 0 ? of : `cut: ${received.toLocaleString("en-US")} of ${of}`,
    );
    return { ...explained, bytes, missing, omitted: received - payload.length, summary };
  }

  /**
   * After a gap what depends on earlier frames is not to be believed, until a message begins or
   * ends.
   *
   * @param {ExplainedFrame} explained
   * @returns {ExplainedFrame}
   */
  #trusted(explained) {
    if (!this.#isUnsure) return explained;
    const { header, missing } = explained;
    const isData = header !== null && header.opcode < 8;
    if (isData && (header.opcode !== 0 || (header.fin && missing === 0))) this.#isUnsure = false;
    if (isData && header.opcode !== 0) return explained;
    const problems = explained.problems.filter(({ section }) => !/§(?:5\.4|8\.1)/.test(section));
    return { ...explained, problems };
  }
}
