// Parts that every detail is made of.

import { element } from "./words.js";

/** @typedef {import("./observed.js").ObservedFrame} ObservedFrame */

const RFC = "https://www.rfc-editor.org/rfc/";

/** @param {string} title @param {...Node} children */
export function section(title, ...children) {
  return element("section", element("h3", linked(title)), ...children);
}

/** A box that scrolls by itself, by keyboard too. @param {string} name @param {Node} child */
export function scrolling(name, child) {
  const box = element("div.scrolling", child);
  box.tabIndex = 0;
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", name);
  return box;
}

/** `text` with its sections as links into the RFC. @param {string} text */
export function linked(text) {
  const made = document.createDocumentFragment();
  let at = 0;
  for (const found of text.matchAll(/(?:RFC (\d+) )?§(\d+(?:\.\d+)*)/g)) {
    const [cited, rfc = "6455", number] = found;
    const link = element("a", cited);
    link.href = `${RFC}rfc${rfc}#section-${number}`;
    link.target = "_blank";
    link.rel = "noreferrer";
    made.append(text.slice(at, found.index), link);
    at = found.index + cited.length;
  }
  made.append(text.slice(at));
  return made;
}

/**
 * A button that leads to another frame.
 *
 * @param {string} text
 * @param {ObservedFrame} frame
 * @param {(frame: ObservedFrame) => void} goTo
 */
export function jump(text, frame, goTo) {
  const button = element("button.jump", text);
  button.type = "button";
  button.addEventListener("click", () => goTo(frame));
  return button;
}
