// The raw client of the wire view: the server connects to itself, and says what a page wants it to.

import { networkInterfaces } from "node:os";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { bytes, hex } from "../support/bytes.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { ended, MinimalServer } from "../support/minimal_server.ts";
import { Page } from "../support/wire_page.ts";

const test = suite("end_to_end/wire_view_raw");

/** Loopback alone, and all addresses: the raw client must find its way. */
const HOSTNAMES = ["127.0.0.1", "0.0.0.0"];

const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
if (addresses.some(({ family }) => family === "IPv6")) HOSTNAMES.push("::");

for (const hostname of HOSTNAMES) {
  test(`the raw client says what it is told to, the server bound to ${hostname}`, async () => {
    await using server = await MinimalServer.start(["--port", "0", "--hostname", hostname]);
    await using page = await Page.open(server);
    page.ask({ ask: "dial" });
    page.send(bytes("810568656c6c6f")); // not masked
    const why = Buffer.from("Cannot accept frame: client did not mask it (§5.1)");
    const [open, wrong, answer] = await page.lines(3);
    assert.equal([open, wrong], ["raw open", "raw client 810568656c6c6f"]);
    assert.is(answer, `raw server 883503ea${why.toString("hex")}`);
    assert.equal((await page.lines(3)).sort(), [
      "raw client FIN",
      "raw closed 1006",
      "raw server FIN",
    ]);
    page.ask({ ask: "dial" });
    page.send(frame("89", "again"));
    const [, , pong] = await page.lines(3);
    assert.is(pong, "raw server 8a05616761696e");
  });
}

test("the raw client ends TCP, or cuts it, and bytes alone do not connect it", async () => {
  await using server = await MinimalServer.start();
  await using page = await Page.open(server);
  page.send(frame("81", "to nobody"));
  page.ask({ ask: "resume" }); // nobody, either
  for (const ask of ["fin", "reset"]) {
    page.ask({ ask: "dial" });
    page.send(frame("81", "x"));
    await page.lines(3);
    page.ask({ ask });
    const lines = await page.lines(ask === "fin" ? 3 : 1);
    assert.is(lines.at(-1), "raw closed 1006");
    assert.is(lines.includes("raw client FIN"), ask === "fin");
  }
});

test("the raw client connects once while its connection is open", async () => {
  await using server = await MinimalServer.start();
  await using page = await Page.open(server);
  for (let count = 0; count < 3; count++) page.ask({ ask: "dial" });
  page.send(frame("89", "x"));
  assert.equal(await page.lines(3), [
    "raw open",
    `raw client ${hex(frame("89", "x"))}`,
    "raw server 8a0178",
  ]);
});

test("the raw client connects anew as soon as its connection has ended", async () => {
  await using server = await MinimalServer.start();
  await using page = await Page.open(server);
  for (let count = 0; count < 20; count++) {
    page.ask({ ask: "dial" });
    page.send(bytes("8100"));
    for (;;) {
      const [line] = await page.lines(1);
      if (line === "raw server FIN") break; // the rest is under way
    }
  }
});

test("the raw client connects anew also when it read nothing, and saw no end", async () => {
  await using server = await MinimalServer.start();
  await using page = await Page.open(server);
  page.ask({ ask: "dial" });
  page.ask({ ask: "pause" });
  page.send(bytes("8100")); // the server fails the connection, and waits for its FIN
  for (;;) {
    const [line] = await page.lines(1);
    if (line === "raw closed 1006") break;
  }
  page.ask({ ask: "dial" });
  assert.equal(await page.lines(1), ["raw open"]);
});

test("the raw client sees the end when it reads on", async () => {
  await using server = await MinimalServer.start();
  await using page = await Page.open(server);
  page.ask({ ask: "dial" });
  page.ask({ ask: "pause" });
  page.send(bytes("8100")); // the server fails the connection, and waits for its FIN
  const lines = await page.lines(4);
  assert.is(lines[3], "raw server FIN");
  page.ask({ ask: "resume" });
  assert.equal(await page.lines(2), ["raw client FIN", "raw closed 1006"]);
});

test("the raw client says why it has cut TCP", async () => {
  await using server = await MinimalServer.start();
  await using page = await Page.open(server);
  page.ask({ ask: "pace", ms: 1000 }); // so that the server stops to read
  page.ask({ ask: "dial" });
  for (let count = 0; count < 17; count++) page.send(frame("82", new Uint8Array(1024 * 1024)));
  for (;;) {
    const event = await page.next();
    if (event.event !== "refused") continue;
    assert.is(event.why, "A raw client sends 16 MiB at most: it has cut TCP");
    break;
  }
});

test("the raw client ends with its page", async () => {
  await using server = await MinimalServer.start();
  const page = await Page.open(server);
  page.ask({ ask: "dial" });
  await page.lines(1);
  page.client.send(closeFrame(1000));
  await page.client.fin().catch(() => {});
  page.client.socket.destroy();
  // Only when the first is gone are there sixteen places again.
  const pages = await Promise.all(Array.from({ length: 16 }, () => Page.open(server)));
  for (const one of pages) {
    one.ask({ ask: "dial" });
    assert.equal(await one.lines(1), ["raw open"]);
  }
  await using late = await Page.open(server);
  late.ask({ ask: "dial" });
  const refused = await late.next();
  assert.is(refused.event, "refused");
  assert.match(refused.event === "refused" ? refused.why : "", /16 raw clients/);
  for (const one of pages) one.client.socket.destroy();
});

test("serve exits with 0 although a page looks, and its raw client answers nothing", async () => {
  await using server = await MinimalServer.start();
  await using page = await Page.open(server);
  page.ask({ ask: "dial" });
  assert.equal(await page.lines(1), ["raw open"]);
  page.ask({ ask: "pause" });
  server.child.kill("SIGTERM");
  assert.is((await ended(server)).code, 0);
});

test.run();
