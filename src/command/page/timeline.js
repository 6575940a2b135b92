// The sequence diagram: a row for all that passed, an arrow in the lane of its connection. Rows are
// buttons; one of them is in the tab order, and the arrow keys lead from row to row.

import { isHeartbeat, wordsOf } from "./row.js";
import { $, element, isNarrow, seconds, wayOf } from "./words.js";

/** @typedef {import("./observed.js").Connection} Connection */
/** @typedef {import("./observed.js").ObservedFrame} ObservedFrame */
/** @typedef {import("./row.js").Happening} Happening */

const ROWS_MAX = 500;

/** Shows what happens, and tells what was selected. */
export class Timeline {
  #list = $("log");
  #onSelect;
  /** @type {HTMLButtonElement | null} */ #selected = null;
  /** @type {WeakMap<Element, Happening>} */ #happenings = new WeakMap();
  /** Rows of frames, by connection, side and number. @type {Map<string, HTMLButtonElement>} */
  #frames = new Map();
  /** @type {WeakMap<Connection, number>} */ #ids = new WeakMap();
  #connections = 0;
  /** Folded items, the oldest first. @type {Set<Element>} */ #folded = new Set();
  /** The row that the Tab key leads to. @type {HTMLElement | null} */ #tabStop = null;
  /** Whether the newest row is kept in sight: until somebody scrolls up. */
  #isFollowing = true;
  #willScroll = false;
  #removed = 0;
  #missed = 0;

  /**
   * @param {(happening: Happening, isOpened: boolean) => void} onSelect With `isOpened` the row was
   * not only passed by: the reader wants to go there.
   */
  constructor(onSelect) {
    this.#onSelect = onSelect;
    this.#list.addEventListener("click", (/** @type {MouseEvent} */ event) => {
      const row = /** @type {Element} */ (event.target).closest("button");
      if (row === null) return;
      const isByKey = event.detail === 0;
      this.#select(row, { isOpened: isByKey || isNarrow() });
    });
    this.#list.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      this.#onKey(event);
    });
    $("scroller").addEventListener("scroll", () => {
      if (!this.#willScroll) this.#isFollowing = isAtEnd();
      $("newest").hidden = this.#isFollowing;
    });
    $("newest").addEventListener("click", () => this.#follow());
    $("fold").addEventListener("change", () => {
      this.#list.classList.toggle("unfolded", !$("fold").checked);
      this.#follow();
    });
  }

  /** @param {Happening} happening */
  add(happening) {
    const key = this.#keyOf(happening);
    const known = key === null ? undefined : this.#frames.get(key);
    if (known !== undefined) return this.#update(known, happening);
    const row = element("button.row");
    row.type = "button";
    row.tabIndex = -1;
    if (key !== null) this.#frames.set(key, row);
    this.#fill(row, happening);
    this.#append(row);
    this.#fold(row, happening);
  }

  /** A line that is no event of a connection. @param {string} text */
  note(text) {
    this.#append(element("p.note", text));
  }

  /** The server has dropped so many frames. @param {number} count */
  missed(count) {
    this.#missed += count;
    this.note(`${countOf(count)} frames are not shown: there were too many at once`);
    this.#tellLost();
  }

  /** Selects the row of a frame, if it is still there. @param {ObservedFrame} frame */
  show(frame) {
    const row = this.#frames.get(this.#keyOf(frame) ?? "");
    if (row !== undefined) this.#select(row, { takesFocus: true });
  }

  /** @param {Happening} happening */
  #keyOf(happening) {
    if (happening.kind !== "frame") return null;
    const { connection, from, number } = happening;
    if (!this.#ids.has(connection)) this.#ids.set(connection, this.#connections++);
    return `${this.#ids.get(connection)} ${from} ${number}`;
  }

  /** @param {HTMLButtonElement} row @param {Happening} happening */
  #update(row, happening) {
    row.replaceChildren();
    this.#fill(row, happening);
    if (row === this.#selected) this.#onSelect(happening, false);
  }

  /** @param {HTMLButtonElement} row @param {Happening} happening */
  #fill(row, happening) {
    const { at, connection } = happening;
    const { lane } = connection;
    const from = happening.kind === "end" ? "server" : happening.from;
    const { kind, parts, spoken } = wordsOf(happening);
    row.className = `row ${lane} from-${from} ${kind}`;
    if (row === this.#selected) row.classList.add("selected");
    const label = element("span.label", ...parts);
    row.append(element("time", seconds(at)), element("span.arrow", label));
    row.setAttribute("aria-label", `${seconds(at)} s, ${wayOf(lane, from)}: ${spoken}`);
    this.#happenings.set(row, happening);
  }

  /** @param {HTMLElement} row */
  #append(row) {
    this.#list.append(element("li", row));
    if (this.#list.childElementCount > ROWS_MAX) this.#removeOldest();
    if (!this.#tabStop?.isConnected && row.matches("button")) this.#setTabStop(row);
    if (this.#isFollowing) this.#follow();
  }

  /** @param {HTMLElement} row */
  #setTabStop(row) {
    if (this.#tabStop !== null) this.#tabStop.tabIndex = -1;
    row.tabIndex = 0;
    this.#tabStop = row;
  }

  #removeOldest() {
    const [folded = null] = this.#folded; // these go first, or in time they would take it all
    const oldest = folded ?? this.#list.firstElementChild;
    const happening = this.#happenings.get(oldest.firstElementChild);
    if (happening !== undefined) this.#frames.delete(this.#keyOf(happening) ?? "");
    oldest.remove();
    if (folded !== null) return void this.#folded.delete(folded);
    this.#removed++;
    this.#tellLost();
  }

  #tellLost() {
    const parts = [];
    if (this.#removed > 0) parts.push(`${countOf(this.#removed)} older rows are gone`);
    if (this.#missed > 0) parts.push(`${countOf(this.#missed)} frames were not shown`);
    $("lost").textContent = parts.join(", ");
  }

  /**
   * Heartbeats come each second and all say the same: of those in a row the last one stands for
   * all, with their number. The others stay, hidden, for who unfolds them; but the one that is
   * selected stays in sight.
   *
   * @param {HTMLButtonElement} row
   * @param {Happening} happening
   */
  #fold(row, happening) {
    if (!isHeartbeat(happening)) return;
    const item = /** @type {HTMLElement} */ (row.parentElement);
    const before = previousOf(item, happening.connection.lane);
    const isBeat = before?.dataset.beats !== undefined;
    const isFirst = !isBeat || before.firstElementChild === this.#selected;
    const beats = isFirst ? 1 : Number(before.dataset.beats) + 1;
    item.dataset.beats = String(beats);
    if (isFirst) return;
    before.classList.add("folded");
    this.#folded.add(before);
    if (before.firstElementChild === this.#tabStop) this.#setTabStop(row);
    row.querySelector(".label")?.append(element("span.beats", `× ${beats}`));
  }

  /** Back to the row that is selected. */
  focus() {
    this.#selected?.focus();
  }

  /** @param {HTMLButtonElement} row @param {{ takesFocus?: boolean, isOpened?: boolean }} how */
  #select(row, { takesFocus = false, isOpened = false }) {
    this.#selected?.classList.remove("selected");
    this.#selected?.removeAttribute("aria-current");
    this.#selected = row;
    this.#setTabStop(row);
    row.classList.add("selected");
    row.setAttribute("aria-current", "true");
    if (takesFocus) row.focus();
    row.scrollIntoView({ block: "nearest" });
    const happening = this.#happenings.get(row);
    if (happening !== undefined) this.#onSelect(happening, isOpened);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const rows = this.#shownRows();
    const at = rows.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    const places = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: rows.length - 1 };
    const place = places[/** @type {keyof typeof places} */ (event.key)];
    if (place === undefined || at < 0) return;
    event.preventDefault();
    const row = rows[Math.max(0, Math.min(place, rows.length - 1))];
    this.#select(row, { takesFocus: true });
  }

  /** @returns {HTMLButtonElement[]} */
  #shownRows() {
    const rows = this.#list.querySelectorAll("button.row");
    return Array.from(rows).filter((row) => row.offsetParent !== null);
  }

  /** Once for all rows of a moment: to scroll is to lay out all of them. */
  #follow() {
    this.#isFollowing = true;
    if (this.#willScroll) return;
    this.#willScroll = true;
    setTimeout(() => {
      this.#willScroll = false;
      $("scroller").scrollTop = $("scroller").scrollHeight;
    });
  }
}

function isAtEnd() {
  const { scrollHeight, scrollTop, clientHeight } = $("scroller");
  return scrollHeight - scrollTop - clientHeight < 40;
}

/** @param {number} count */
function countOf(count) {
  return count.toLocaleString("en-US");
}

/** The item before it that is of the same lane. @param {HTMLElement} item @param {string} lane */
function previousOf(item, lane) {
  for (let at = item.previousElementSibling; at !== null; at = at.previousElementSibling) {
    if (at.firstElementChild?.classList.contains(lane)) return /** @type {HTMLElement} */ (at);
  }
  return null;
}
