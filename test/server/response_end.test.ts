// What ends with a response, and what does not wait for its end.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { request } from "../support/handshake.ts";
import { TestServer, upgradeWebSocket } from "../support/server.ts";

const test = suite("server/response_end");

const CLOSE = { Host: "h", Connection: "close" };

for (const [what, cancel] of [
  ["never ends", () => new Promise<void>(() => {})],
  ["fails", () => Promise.reject(new Error("cancel"))],
] as const) {
  test(`HEAD is answered although the cancel() of its body ${what}`, async () => {
    const respond = (): Response => new Response(new ReadableStream({ cancel }));
    await using server = await TestServer.start({ respond });
    await using client = await server.connect();
    client.send(request("HEAD / HTTP/1.1"), request("HEAD / HTTP/1.1", CLOSE));
    assert.is((await client.readHead()).status, 200);
    assert.is((await client.readHead()).status, 200);
    await client.fin();
    assert.equal(server.errors, []);
  });
}

test("a Connection header of the handler's does not keep the last connection alive", async () => {
  const respond = (): Response => new Response(null, { headers: { Connection: "X-Mine" } });
  await using server = await TestServer.start({ respond });
  await using client = await server.connect();
  client.send(request("GET / HTTP/1.1"), request("GET / HTTP/1.1", CLOSE));
  assert.is((await client.readHead()).get("Connection"), "X-Mine");
  assert.is((await client.readHead()).get("Connection"), "X-Mine, close");
  await client.fin();
});

test("the 101 of an upgrade is none of onError either: 500", async () => {
  const upgrades: Response[] = [];
  await using server = await TestServer.start({
    respond: (request) => {
      if (request.headers.has("upgrade")) upgrades.push(upgradeWebSocket(request).response);
      return upgrades[0];
    },
    serve: { onError: () => upgrades[0] },
  });
  await server.open();
  await using client = await server.connect();
  client.send(request("GET / HTTP/1.1", CLOSE));
  assert.is((await client.readHead()).status, 500);
  assert.match(Buffer.from(await client.readToFin()).toString(), "Internal Server Error\n");
});

test.run();
