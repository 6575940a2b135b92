// What a handler sees of a request, and what it learns of the client while it answers.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ServeHandlerInfo } from "../../src/mod.ts";
import { Deferred } from "../support/deferred.ts";
import { handshake, latin1, request } from "../support/handshake.ts";
import type { RawClient } from "../support/raw_client.ts";
import { rejects } from "../support/rejects.ts";
import { memoryInUse } from "../frame/support.ts";
import { TestServer } from "../support/server.ts";
import { withTimeout } from "../support/with_timeout.ts";
import { atRest } from "./at_rest.ts";

const test = suite("server/request");

const CLOSE = { Host: "h", Connection: "close" };

/** The `Request` that the handler gets for these bytes. */
async function seen(wire: Uint8Array): Promise<Request> {
  const come = new Deferred<Request>();
  await using server = await TestServer.start({
    respond: (request) => {
      come.resolve(request);
      return new Response(null);
    },
  });
  await using client = await server.connect();
  client.send(wire);
  return await withTimeout(come.promise, "a request"); // await: the server must not end before
}

for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"]) {
  test(`a request has the method ${method}, and its URL from target and Host`, async () => {
    const { method: found, url } = await seen(request(`${method} /a/b?c=%20&d HTTP/1.1`, CLOSE));
    assert.equal([found, url], [method, "http://h/a/b?c=%20&d"]);
  });
}

test("a request has all header fields: repeated ones in their order, Cookie too", async () => {
  const { headers } = await seen(
    request("GET / HTTP/1.1", {
      ...CLOSE,
      "X-List": ["one", "two", "three"],
      Cookie: ["a=1", "b=2"],
      "content-TYPE": "text/x",
    }),
  );
  assert.is(headers.get("x-list"), "one, two, three");
  assert.ok(["a=1; b=2", "a=1, b=2"].includes(headers.get("cookie") ?? ""));
  assert.is(headers.get("Content-Type"), "text/x");
  assert.is(headers.get("host"), "h");
});

test("a header value of all bytes from 0x80 is read one character a byte", async () => {
  const bytes = Buffer.from(Array.from({ length: 128 }, (_, at) => at + 128)).toString("latin1");
  const { headers } = await seen(request("GET / HTTP/1.1", { ...CLOSE, "X-Bytes": `a${bytes}z` }));
  assert.is(headers.get("x-bytes"), `a${bytes}z`);
});

test("a body is read while the client still sends it, and is echoed piece by piece", async () => {
  const pieces: string[] = [];
  await using server = await TestServer.start({
    respond: ({ body }) => {
      const noted = body?.pipeThrough(
        new TransformStream<Uint8Array, Uint8Array>({
          transform(piece, controller) {
            pieces.push(`${piece.constructor.name} ${Buffer.from(piece).toString()}`);
            controller.enqueue(piece);
          },
        }),
      );
      return new Response(noted ?? null);
    },
  });
  await using client = await server.connect();
  client.send(request("POST / HTTP/1.1", { ...CLOSE, "Transfer-Encoding": "chunked" }));
  for (const [index, piece] of ["one", "two", "six"].entries()) {
    client.send(latin1(`3\r\n${piece}\r\n`));
    if (index === 0) assert.is((await client.readHead()).status, 200);
    assert.is(Buffer.from(await client.readBytes(8)).toString(), `3\r\n${piece}\r\n`);
  }
  client.send(latin1("0\r\n\r\n"));
  assert.is(Buffer.from(await client.readToFin()).toString(), "0\r\n\r\n");
  assert.equal(pieces, ["Uint8Array one", "Uint8Array two", "Uint8Array six"]);
});

test("a body of no bytes is one, and text() of it is empty", async () => {
  await using server = await TestServer.start({
    respond: async (request) => new Response(`<${await request.text()}>`),
  });
  await using client = await server.connect();
  client.send(request("POST / HTTP/1.1", CLOSE));
  await client.readHead();
  assert.match(Buffer.from(await client.readToFin()).toString(), "<>");
});

test("a client that goes in the middle of its body: the handler's read rejects", async () => {
  const reading = new Deferred();
  const failure = new Deferred<unknown>();
  await using server = await TestServer.start({
    respond: async (request) => {
      const text = request.text();
      text.catch(failure.resolve);
      reading.resolve();
      return new Response(await text);
    },
  });
  await using client = await server.connect();
  client.send(request("POST / HTTP/1.1", { ...CLOSE, "Content-Length": "9" }), latin1("part"));
  await withTimeout(reading.promise, "the request");
  client.reset();
  assert.instance(await withTimeout(failure.promise, "the read to end"), Error);
});

type Body = ReadableStream<Uint8Array>;

const MEBIBYTE = 1024 * 1024;

/** Sends a body of so many MiB, as fast as the server takes it, and calls back behind each. */
async function sendLongBody(
  client: RawClient,
  mebibytes: number,
  sent?: () => Promise<unknown>,
): Promise<void> {
  const piece = Buffer.alloc(MEBIBYTE, "x");
  const size = String(mebibytes * MEBIBYTE);
  client.send(request("POST /long HTTP/1.1", { Host: "h", "Content-Length": size }));
  for (let count = 0; count < mebibytes && client.socket.writable; count++) {
    await new Promise((resolve) => client.socket.write(piece, resolve));
    await sent?.();
  }
}

test("an unread body of 16 MiB is thrown away, and the next request is served", async () => {
  await using server = await TestServer.start({ respond: ({ url }) => new Response(url) });
  await using client = await server.connect();
  const before = await memoryInUse();
  let most = 0;
  const look = async (): Promise<number> => (most = Math.max(most, await memoryInUse()));
  await withTimeout(sendLongBody(client, 16, look), "the body to be taken", 20_000);
  client.send(request("GET /next HTTP/1.1", CLOSE));
  const text = Buffer.from(await client.readToFin()).toString();
  assert.equal(text.match(/HTTP\/1\.1 \d+/g), ["HTTP/1.1 200", "HTTP/1.1 200"]);
  assert.ok(text.includes("http://h/next"));
  assert.equal(server.requests, ["POST http://h/long", "GET http://h/next"]);
  assert.ok(most - before < 8 * MEBIBYTE, `${most - before} bytes more`);
});

async function cancelMidway(body: Body): Promise<void> {
  for await (const _ of body) break;
}

/** Ways to leave a body that is not read to its end. */
const LEAVES: readonly (readonly [what: string, act: (body: Body) => Promise<unknown>])[] = [
  ["cancelled unread", async (body) => body.cancel()],
  ["cancelled after a piece", cancelMidway],
  ["left after a piece", async (body) => body.getReader().read()],
];

for (const [what, act] of LEAVES) {
  test(`a body that is ${what} is thrown away, and the next request is served`, async () => {
    await using server = await TestServer.start({
      respond: async ({ url, body }) => {
        if (body !== null) await act(body);
        return new Response(url);
      },
    });
    await using client = await server.connect();
    await withTimeout(sendLongBody(client, 8), "the body to be taken", 2000);
    client.send(request("GET /next HTTP/1.1", CLOSE));
    const text = Buffer.from(await client.readToFin()).toString();
    assert.equal(text.match(/HTTP\/1\.1 \d+/g), ["HTTP/1.1 200", "HTTP/1.1 200"]);
  });
}

test("a body is taken only as fast as the handler reads it", async () => {
  const done = new Deferred();
  const come = new Deferred();
  await using server = await TestServer.start({
    respond: async () => {
      come.resolve();
      await done.promise;
      return new Response(null);
    },
  });
  await using client = await server.connect();
  client.send(request("POST / HTTP/1.1", { ...CLOSE, "Content-Length": String(32 << 20) }));
  client.socket.write(Buffer.alloc(32 << 20));
  await withTimeout(come.promise, "the request");
  await atRest(() => client.socket.bytesWritten - client.socket.writableLength);
  assert.ok(client.socket.writableLength > 0, "the whole body was taken, and nobody reads it");
  done.resolve();
  assert.is((await client.readHead()).status, 200);
});

/** Wires of the two ways in which a request comes. */
const WAYS: readonly (readonly [what: string, wire: Uint8Array])[] = [
  ["a request", request("GET / HTTP/1.1")],
  ["a handshake", handshake()],
];

for (const [what, wire] of WAYS) {
  test(`${what}: info has the client's address, and completed fulfils`, async () => {
    const come = new Deferred<readonly [Request, ServeHandlerInfo]>();
    await using server = await TestServer.start({
      respond: (request, info) => {
        come.resolve([request, info]);
        return new Response("Hello");
      },
    });
    await using client = await server.connect();
    const { localAddress: hostname, localPort: port } = client.socket;
    client.send(wire);
    const [{ signal }, info] = await withTimeout(come.promise, "the request");
    assert.equal(info.remoteAddr, { transport: "tcp", hostname, port });
    assert.is(await withTimeout(info.completed, "completed"), undefined);
    assert.is(signal.aborted, false);
  });

  // The socket of a handshake is not read before its 101, so FIN is seen no sooner.
  for (const how of what === "a request" ? ["destroy", "reset"] : ["reset"]) {
    test(`${what} whose client goes by ${how}(): signal aborts, completed rejects`, async () => {
      const come = new Deferred<readonly [Request, ServeHandlerInfo]>();
      const aborted = new Deferred();
      await using server = await TestServer.start({
        respond: async (request, info) => {
          const both = [request.signal, request.clone().signal];
          const isAborted = (): boolean => both.every((signal) => signal.aborted);
          const onAbort = (): void => void (isAborted() && aborted.resolve());
          for (const signal of both) signal.addEventListener("abort", onAbort);
          come.resolve([request, info]);
          await aborted.promise;
          return new Response("too late");
        },
      });
      await using client = await server.connect();
      client.send(wire);
      const [{ signal }, info] = await withTimeout(come.promise, "the request");
      assert.is(signal.aborted, false);
      if (how === "reset") client.reset();
      else client.socket.destroy(); // FIN
      await withTimeout(aborted.promise, "the signal to abort");
      assert.is((await rejects(info.completed)).message, "Client went before it was answered");
      assert.equal(server.errors, []);
    });
  }
}

test.run();
