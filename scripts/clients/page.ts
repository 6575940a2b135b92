// What a person does at the page of the minimal server, and sees there.

import { poll } from "./server.ts";
import type { Browser } from "./webdriver.ts";

const TAB = "\uE004";

/** More elements than these have not to be passed to come to any. */
const TABS_MAX = 40;

/** Presses Tab until an element that matches has the focus, which must be seen on it. */
export async function tabTo(browser: Browser, selector: string): Promise<void> {
  for (let count = 0; count < TABS_MAX; count++) {
    await browser.press(TAB);
    const isThere = `return document.activeElement.matches(arguments[0] + ":focus-visible")`;
    if (await browser.evaluate<boolean>(isThere, selector)) return;
  }
  throw new Error(`${selector} cannot be reached with the Tab key`);
}

/** What has the focus: its id, or its first class. */
export function focused(browser: Browser): Promise<string> {
  return browser.evaluate(
    `const { id, classList } = document.activeElement; return id ? "#" + id : "." + classList[0];`,
  );
}

/** The text of an element comes to match. */
export async function until(browser: Browser, selector: string, due: RegExp): Promise<void> {
  await poll(`${selector} matches ${due}`, async () => due.test(await browser.text(selector)));
}

/** A row of these classes comes to show this text. */
export async function hasRow(browser: Browser, classes: string, text: string): Promise<void> {
  await poll(`a row of ${classes} shows ${text}`, () => {
    return browser.evaluate<boolean>(
      `return [...document.querySelectorAll(".row." + arguments[0])]
        .some((row) => row.querySelector(".label").textContent.includes(arguments[1]))`,
      classes,
      text,
    );
  });
}

/** Clicks the newest of these rows. */
export async function select(browser: Browser, classes: string, text: string): Promise<void> {
  await hasRow(browser, classes, text);
  await browser.evaluate(
    `for (const row of document.querySelectorAll("#wanted")) row.removeAttribute("id");
    [...document.querySelectorAll(".row." + arguments[0])]
      .filter((row) => row.querySelector(".label").textContent.includes(arguments[1]))
      .at(-1).id = "wanted";`,
    classes,
    text,
  );
  await browser.click("#wanted");
}

/** Chooses how long the handler takes for each message. */
export async function pace(browser: Browser, ms: number): Promise<void> {
  await choose(browser, "#pace", `value === "${ms}"`);
}

/** Chooses the first option of a list for which `condition` holds. */
export async function choose(browser: Browser, list: string, condition: string): Promise<void> {
  await browser.evaluate(
    `const list = document.querySelector(arguments[0]);
    list.selectedIndex = [...list.options].findIndex(({ text, value }) => ${condition});
    list.dispatchEvent(new Event("change"));`,
    list,
  );
}

/** Whether a gauge shows that there is something in the channel. */
export async function filled(browser: Browser, gauge: string): Promise<boolean> {
  const value = `return Number(document.querySelector(arguments[0]).getAttribute("aria-valuenow"))`;
  return (await browser.evaluate<number>(value, gauge)) > 0;
}
