// Chromium against the minimal server: a person's visit to the page, then what a script may do.

import { strict as assert } from "node:assert";
import { look, walkByKeyboard } from "./page_visit.ts";
import { compressedShares, startRelay } from "./relay.ts";
import { startServer } from "./server.ts";
import { checkStandardWebSocket } from "./standard_websocket.ts";
import { Browser } from "./webdriver.ts";

const server = await startServer();
const relay = await startRelay(server);
{
  await using browser = await Browser.start();
  await browser.open(`${relay.origin}/`);
  await look(browser);
  await browser.open(`${relay.origin}/`);
  await walkByKeyboard(browser);
  assert.deepEqual(await browser.console(), []);
  const source = `return (${checkStandardWebSocket.toString()})(arguments[0])`;
  const echo = `${relay.origin.replace("http", "ws")}/echo`;
  assert.deepEqual(await browser.evaluate(source, echo), []);
}
await relay.stop();
await server.stop();
console.log("Chromium: the page shows each frame, mistakes and their answers; /echo is right");
console.log(`Chromium: ${compressedShares(relay)}`);
