// Chromium against the minimal server: a person's visit to the page, then what a script may do.

import { strict as assert } from "node:assert";
import { compressedShares, startRelay } from "./relay.ts";
import { poll, startServer } from "./server.ts";
import { checkStandardWebSocket } from "./standard_websocket.ts";
import { Browser } from "./webdriver.ts";

const ENTER = "\uE007";

const server = await startServer();
const relay = await startRelay(server);
{
  await using browser = await Browser.start();
  await browser.open(`${relay.origin}/`);
  await visit(browser);
  const source = `return (${checkStandardWebSocket.toString()})(arguments[0])`;
  const echo = `${relay.origin.replace("http", "ws")}/echo`;
  assert.deepEqual(await browser.evaluate(source, echo), []);
}
await relay.stop();
await server.stop();
console.log("Chromium: the page connects, beats, echoes, closes and reconnects; /echo is right");
console.log(`Chromium: ${compressedShares(relay)}`);

async function visit(browser: Browser): Promise<void> {
  await poll("the page is connected", async () => (await browser.text("#state")) === "Open");
  await poll("three beats were shown", async () => Number(await browser.text("#beats")) >= 3);

  for (const text of ["Guten Morgen, 日本 🌊", "heartbeat", "<b>not bold</b>"]) {
    await browser.evaluate(`document.querySelector("#text").value = arguments[0]`, text);
    await browser.click("#send");
    await poll(`"${text}" is shown as an echo`, async () => (await lastEcho(browser))[1] === text);
    assert.match((await lastEcho(browser)).at(-1) ?? "", /^\d+(\.\d)? ms$/);
  }
  await browser.type("#text", `by keyboard${ENTER}`);
  await poll("it was sent by Enter", async () => (await lastEcho(browser))[1] === "by keyboard");

  await browser.click("#toggle");
  await poll("the page is closed", async () => (await browser.text("#state")) === "Closed 1000");
  assert.equal(await browser.text("#detail"), "normal end · “Closed from the page” · clean");
  assert.equal(await browser.evaluate(`return document.querySelector("#send").disabled`), true);
  await browser.click("#toggle");
  await poll("it is connected again", async () => (await browser.text("#state")) === "Open");
}

/** The columns of the last echo that the page shows; a beat may come behind it at any moment. */
function lastEcho(browser: Browser): Promise<string[]> {
  return browser.evaluate(
    `const echo = [...document.querySelectorAll("#log > .echo")].at(-1);` +
      `return [...(echo?.children ?? [])].map((column) => column.textContent);`,
  );
}
