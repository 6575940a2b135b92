// Heads of requests that are seldom: of HTTP/1.0, with a field that Headers do not take, with an
// upgrade to something else.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { IncomingMessage } from "node:http";
import { LazyAbortController } from "../../src/server/lazy_abort_controller.ts";
import { RequestError, toRequest } from "../../src/server/request.ts";
import { latin1, request } from "../support/handshake.ts";
import { TestServer } from "../support/server.ts";
import { thrown } from "../support/thrown.ts";

const test = suite("server/request_head");

test("a request of HTTP/1.0 may have no Host: it is for localhost", async () => {
  await using server = await TestServer.start({ respond: () => new Response(null) });
  await using client = await server.connect();
  client.send(request("GET /a HTTP/1.0", {}));
  assert.is((await client.readHead()).status, 200);
  assert.equal(server.requests, ["GET http://localhost/a"]);
});

test("a field that Headers do not take, which a lenient parser lets pass, is 400", () => {
  const rawHeaders = ["Host", "h", "X-Bad", "a\0b"];
  const head = { httpVersionMajor: 1, httpVersion: "1.1", method: "GET", url: "/", rawHeaders };
  const limits = { headersMax: 10, targetSizeMax: 10 };
  const gone = new LazyAbortController();
  const error = thrown(() => toRequest(head as IncomingMessage, "http", limits, gone));
  assert.ok(error instanceof RequestError);
  assert.equal([error.status, error.passed], [400, null]);
  assert.match(error.message, "a character that it may not have");
});

/** Newer versions of Node let it be a request like others, whose body a handler may read. */
test("a request with a body that wants another protocol: 400 or an answer, then FIN", async () => {
  await using server = await TestServer.start({
    respond: async (asked) => new Response(await asked.text()),
  });
  const head = "POST / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n";
  for (const rest of [
    "Content-Length: 5\r\n\r\nHello",
    "Transfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n0\r\n\r\n",
  ]) {
    await using client = await server.connect();
    client.send(latin1(head + rest));
    const { status } = await client.readHead();
    const body = Buffer.from(await client.readToFin()).toString();
    if (status === 400) assert.match(body, "Cannot read the body of a request with Upgrade");
    else assert.equal([status, body.includes("Hello")], [200, true]);
  }
});

test.run();
