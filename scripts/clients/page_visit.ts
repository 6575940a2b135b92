// A person's visit to the page of the minimal server: everything that it offers, by mouse and then
// by keyboard alone.

import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import { choose, filled, focused, hasRow, pace, select, tabTo, until } from "./page.ts";
import { poll } from "./server.ts";
import type { Browser } from "./webdriver.ts";

const ENTER = "\uE007";
const ESCAPE = "\uE00C";
const UP = "\uE013";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** The mistakes, by words of their names, and the close code that answers each. */
const MISTAKES: readonly (readonly [words: string, answer: string])[] = [
  ["not masked", "1002 PROTOCOL_ERROR “Cannot accept frame: client did not mask it (§5.1)”"],
  ["not UTF-8 (§8.1)", "1007 INVALID_PAYLOAD"],
  ["RSV1", "1002 PROTOCOL_ERROR"],
  ["opcode, 3", "1002 PROTOCOL_ERROR"],
  ["ping in fragments", "1002 PROTOCOL_ERROR"],
  ["126 bytes", "1002 PROTOCOL_ERROR"],
  ["continuation of nothing", "1002 PROTOCOL_ERROR"],
  ["within another", "1002 PROTOCOL_ERROR"],
  ["more bytes than", "1002 PROTOCOL_ERROR"],
  ["2 MiB", "1009 MESSAGE_TOO_BIG"],
  ["one byte", "1002 PROTOCOL_ERROR"],
  ["code 1005", "1002 PROTOCOL_ERROR"],
  ["reason is not", "1007 INVALID_PAYLOAD"],
];

/** Looks at everything once. The page has just been opened. */
export async function look(browser: Browser): Promise<void> {
  await until(browser, "#state", /^Open$/);
  await poll("three beats were shown", async () => Number(await browser.text("#beats")) >= 3);
  await checkTexts(browser);
  await checkDetail(browser);
  await checkHandshake(browser);
  await checkRawClient(browser);
  await checkMistakes(browser);
  await checkBurst(browser);
  await checkPressure(browser);
  await checkNarrow(browser);
  await checkClosing(browser);
}

async function checkTexts(browser: Browser): Promise<void> {
  for (const text of ["Guten Morgen, 日本 🌊", "heartbeat", "<b>not bold</b>"]) {
    await browser.evaluate(`document.querySelector("#text").value = arguments[0]`, text);
    await browser.click("#send");
    await hasRow(browser, "browser.from-client", `“${text}”`);
    await hasRow(browser, "browser.from-server", `“${text}”`);
  }
  assert.match(await browser.text("#trip"), /^\d+(\.\d)? ms$/);
  await browser.type("#text", `by keyboard${ENTER}`);
  await hasRow(browser, "browser.from-server", "“by keyboard”");
  await browser.click("#binary");
  await hasRow(browser, "browser.from-server", "binary");
}

/** A frame taken apart: the bits of the header, the masking undone. */
async function checkDetail(browser: Browser): Promise<void> {
  await select(browser, "browser.from-client", "“by keyboard”");
  assert.equal(
    await browser.text("#detail-body h2"),
    'text, final, masked, 11 bytes: "by keyboard"',
  );
  assert.match(await browser.text(".diagram"), /\|1\|0\|0\|0\|0 0 0 1\|1\|0 0 0 1 0 1 1\|/);
  const [masked, key, payload] = await browser.evaluate<number[][]>(
    `const cells = (row) => [...document.querySelectorAll(".mask ." + row + " td")];
    const bytes = (row) => cells(row).map(({ textContent }) => parseInt(textContent, 16));
    return ["masked", "key", "payload"].map(bytes);`,
  );
  assert.equal(Buffer.from(payload).toString(), "by keyboard");
  assert.deepEqual(payload, masked.map((byte, at) => byte ^ key[at]));
  assert.deepEqual(key.slice(0, 7), key.slice(4, 11));
  assert.equal(await browser.text(".text"), "by keyboard");
}

async function checkHandshake(browser: Browser): Promise<void> {
  await select(browser, "browser.handshake", "GET /ws");
  const steps = await browser.evaluate<string[]>(
    `return [...document.querySelectorAll(".steps code")].map((code) => code.textContent)`,
  );
  const [key, joined, digest, accept, sent] = steps;
  assert.equal(joined, key + GUID);
  const sha1 = createHash("sha1").update(joined);
  assert.equal(digest.replaceAll(" ", ""), sha1.copy().digest("hex"));
  assert.equal(accept, sha1.digest("base64"));
  assert.equal(sent, `Sec-WebSocket-Accept: ${accept}`);
}

async function checkRawClient(browser: Browser): Promise<void> {
  await browser.click("#fragments");
  await until(browser, "#raw-says", /^The server answers: text “Hello, water”$/);
  await hasRow(browser, "raw.from-client", "more follow");
  await hasRow(browser, "raw.from-client", "last fragment");
  await browser.click("#ping");
  await until(browser, "#raw-says", /^The server answers: pong “are you there\?”$/);
  await browser.type("#bytes", "89 80 00 00 00 00");
  assert.equal(await browser.text("#preview"), "ping, final, masked, empty");
  await browser.click("#send-bytes");
  await until(browser, "#raw-says", /^The server answers: pong$/);
  await browser.click("#raw-close");
  await until(browser, "#raw-says", /^The server answers: Close 4001 \(of an application\) “bye”$/);
  await until(browser, "#raw-state", /^closed$/);
}

async function checkMistakes(browser: Browser): Promise<void> {
  for (const [words, answer] of MISTAKES) {
    await choose(browser, "#recipe", `text.includes("${words}")`);
    await browser.click("#send-bytes");
    await poll(`"${words}" is answered by ${answer}`, async () => {
      return (await browser.text("#raw-says")).startsWith(`The server answers: Close ${answer}`);
    });
    await until(browser, "#raw-state", /^closed$/);
  }
  await select(browser, "raw.from-client.wrong", "close");
  const verdict = await browser.text(".verdict");
  assert.match(verdict, /^Breaks a rule: Cannot accept Close: reason is not valid UTF-8 /);
  assert.match(verdict, /The server answers: Close 1007 INVALID_PAYLOAD/);
  await browser.click(".verdict .jump");
  assert.match(await browser.text("#detail-body h2"), /^close, final, not masked, \d+ bytes: 1007/);
}

/** Many rows, of which the newest are kept; an inbox that fills where the handler is slow. */
async function checkBurst(browser: Browser): Promise<void> {
  await browser.click("#burst");
  await hasRow(browser, "browser.from-server", "“drop 1000 of 1000”");
  const rows = await browser.evaluate<number>(`return document.querySelectorAll(".row").length`);
  assert.ok(rows <= 500, `${rows} rows`);
  assert.match(await browser.text("#lost"), /^[\d,]+ older rows are gone/);
  await pace(browser, 20);
  await browser.type("#burst-count", "200");
  await browser.click("#burst");
  await poll("the inbox is seen to fill", () => filled(browser, "#browser-inbox"));
  await pace(browser, 0);
  await poll("it is empty again", async () => !(await filled(browser, "#browser-inbox")));
  await hasRow(browser, "browser.from-server", "“drop 200 of 200”");
}

/** A client that reads nothing: its outbox fills, then its inbox, then its socket is paused. */
async function checkPressure(browser: Browser): Promise<void> {
  await browser.click(".behaviour summary");
  await browser.click("#deaf");
  await choose(browser, "#recipe", `text.includes("60 KiB")`);
  await browser.type("#times", "200");
  await browser.click("#send-bytes");
  await until(browser, "#raw-paused", /paused/);
  assert.ok(await filled(browser, "#raw-outbox"));
  assert.ok(await filled(browser, "#raw-inbox"));
  await browser.click("#reset");
  await until(browser, "#raw-says", /^The server closed: 1006, /);
}

async function checkNarrow(browser: Browser): Promise<void> {
  await browser.resize(360, 740);
  const widths = "return [document.documentElement.scrollWidth, innerWidth]";
  const [content, window] = await browser.evaluate<number[]>(widths);
  assert.equal(content, window, "the page must not scroll sideways");
  const meaning = `const cell = document.querySelector(".fields td.meaning");
    return [cell.getBoundingClientRect().right, innerWidth]`;
  const [right, edge] = await browser.evaluate<number[]>(meaning);
  assert.ok(right <= edge, "what a field means must be in sight");
  await browser.resize(1366, 820);
}

async function checkClosing(browser: Browser): Promise<void> {
  await browser.click("#server-ping");
  await hasRow(browser, "browser.from-server.ping", "ping");
  await hasRow(browser, "browser.from-client.ping", "pong");
  await browser.click("#server-close");
  await until(browser, "#state", /^Closed 1001$/);
  await until(browser, "#browser-state", /^closed$/);
  assert.equal(await browser.evaluate(`return document.querySelector("#send").disabled`), true);
  const opened = `return document.querySelectorAll(".row.browser.from-client.handshake").length`;
  const before = await browser.evaluate<number>(opened);
  const toggle = `document.querySelector("#toggle").click();`;
  await browser.evaluate(toggle + toggle); // a double click opens one connection
  await until(browser, "#state", /^Open$/);
  await hasRow(browser, "browser.from-server", "“heartbeat”");
  assert.equal(await browser.evaluate<number>(opened), before + 1);
  await browser.type("#close-code", "1002");
  await browser.click("#toggle");
  await until(browser, "#browser-says", /The raw client may send any code\.$/);
  await browser.type("#close-code", "4001");
  await browser.click("#toggle");
  await until(browser, "#state", /^Closed 4001$/);
  assert.equal(await browser.text("#detail"), "“Closed from the page” · clean");
  await until(browser, "#browser-closing", /✓ FIN of browser/);
  await select(browser, "browser.end", "Closed 4001");
  const steps = await browser.text(".steps");
  assert.match(steps, /The browser begins the closing handshake[^]*The server answers[^]*FIN/);
}

/** The same without a mouse. The page has just been opened. */
export async function walkByKeyboard(browser: Browser): Promise<void> {
  await until(browser, "#state", /^Open$/);
  await tabTo(browser, "#text");
  await browser.press("!", ENTER);
  await hasRow(browser, "browser.from-server", "!”");

  await tabTo(browser, "#recipe");
  await browser.press(..."A frame");
  assert.match(await browser.text("#preview"), /client did not mask it \(§5\.1\)$/);
  await tabTo(browser, "#send-bytes");
  await browser.press(ENTER);
  await until(browser, "#raw-says", /^The server answers: Close 1002 /);
  await until(browser, "#raw-state", /^closed$/);

  await tabTo(browser, ".row");
  await browser.press("\uE010", UP, UP, ENTER); // the End key
  assert.equal(await focused(browser), "#detail-panel");
  const shown = await browser.text("#detail-panel");
  await browser.press(ESCAPE, UP);
  assert.equal(await focused(browser), ".row");
  assert.notEqual(await browser.text("#detail-panel"), shown); // the title may be the same
}
