// When there is no proper response: what the handler threw or made instead, what `onError` makes
// of it, and a body that breaks when its head is out already.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ServeHandler } from "../../src/mod.ts";
import { Deferred } from "../support/deferred.ts";
import { request } from "../support/handshake.ts";
import { printed } from "../support/printed.ts";
import { rejects } from "../support/rejects.ts";
import { TestServer } from "../support/server.ts";
import { withTimeout } from "../support/with_timeout.ts";

const test = suite("server/response_error");

const CLOSE = { Host: "h", Connection: "close" };

/** A handler that the types forbid. */
function misuse(value: unknown): ServeHandler {
  return () => value as Response;
}

async function readResponse(): Promise<Response> {
  const response = new Response("Hello");
  await response.text();
  return response;
}

/** A body that somebody holds, and so nobody else may read. */
function lockedResponse(): Response {
  const response = new Response("Hello");
  response.body?.getReader();
  return response;
}

const ERROR = new Error("Handler failed");

/** What a handler does, and what `onError` is told of it. */
const FAILURES: readonly (readonly [what: string, handler: ServeHandler, told: unknown])[] = [
  ["that throws at once", () => { throw ERROR; }, ERROR], // prettier-ignore
  ["that throws later", async () => Promise.reject(ERROR), ERROR],
  ["that throws undefined", () => { throw undefined; }, undefined], // prettier-ignore
  ["that rejects with undefined", async () => Promise.reject(undefined), undefined],
  ["that returns undefined", misuse(undefined), /^TypeError: .*handler gave undefined/],
  ["that returns null", misuse(null), /^TypeError: Cannot respond: handler gave null/],
  ["that returns a string", misuse("Hello"), /^TypeError: Cannot respond: handler gave "Hello"/],
  ["with a body that was read", readResponse, /^TypeError: Cannot respond: handler gave a body/],
];

for (const [what, respond, expected] of FAILURES) {
  test(`a handler ${what}: onError is told once and makes the response`, async () => {
    const told: unknown[] = [];
    const onError = async (error: unknown): Promise<Response> => {
      told.push(error);
      return new Response("made", { status: 503 });
    };
    await using server = await TestServer.start({ respond, serve: { onError } });
    await using client = await server.connect();
    client.send(request("GET / HTTP/1.1", CLOSE));
    assert.is((await client.readHead()).status, 503);
    assert.ok(Buffer.from(await client.readToFin()).toString().includes("made"));
    assert.is(told.length, 1);
    if (expected instanceof RegExp) assert.match(String(told[0]), expected);
    else assert.is(told[0], expected);
  });

  test(`a handler ${what}: 500 and a printed error without onError`, async () => {
    const lines = await printed(async () => {
      // What is undefined is left out, though the types would have it be left out by the caller.
      const serve = { onError: undefined } as unknown as object;
      await using server = await TestServer.start({ respond, serve });
      await using client = await server.connect();
      client.send(request("GET / HTTP/1.1", CLOSE));
      assert.is((await client.readHead()).status, 500);
      const body = Buffer.from(await client.readToFin()).toString();
      assert.ok(body.includes("Internal Server Error"));
      assert.not.ok(body.includes("Handler failed"), "what was thrown is not the client's");
    });
    assert.is(lines.length, 1);
    if (expected instanceof RegExp) assert.match(String(lines[0]), expected);
    else assert.is(lines[0], expected);
  });
}

const SECOND = new Error("onError failed");

/** What `onError` does, and what is printed. */
const BAD_HANDLERS: readonly (readonly [what: string, onError: () => Response, RegExp])[] = [
  ["throws", () => { throw SECOND; }, /^Error: onError failed$/], // prettier-ignore
  ["rejects", async () => Promise.reject(SECOND), /^Error: onError failed$/],
  ["returns undefined", () => undefined, /^TypeError: Cannot respond: onError gave undefined/],
  ["returns a read body", readResponse, /^TypeError: Cannot respond: onError gave a body/],
] as never;

for (const [what, onError, line] of BAD_HANDLERS) {
  test(`onError that ${what}: 500, and both errors are printed`, async () => {
    const lines = await printed(async () => {
      const respond = (): never => {
        throw ERROR;
      };
      await using server = await TestServer.start({ respond, serve: { onError } });
      await using client = await server.connect();
      client.send(request("GET / HTTP/1.1", CLOSE));
      assert.is((await client.readHead()).status, 500);
      await client.readToFin();
    });
    assert.is(lines.length, 2);
    assert.is(lines[0], ERROR);
    assert.match(String(lines[1]), line);
  });
}

test("a response that was sent already is a body that was read: 500", async () => {
  const response = new Response("Hello");
  await using server = await TestServer.start({ respond: () => response });
  const statuses = [];
  for (let count = 0; count < 2; count++) {
    await using client = await server.connect();
    client.send(request("GET / HTTP/1.1", CLOSE));
    statuses.push((await client.readHead()).status);
  }
  assert.equal(statuses, [200, 500]);
});

/** Responses that no client can be sent, which only shows when they are. */
const UNSENDABLE: readonly (readonly [what: string, make: () => Response])[] = [
  ["whose body is locked", lockedResponse],
  ["of status 0, Response.error()", () => Response.error()],
];

for (const method of ["GET", "HEAD"]) {
  for (const [what, make] of UNSENDABLE) {
    test(`a response ${what} to ${method}: 500, and onError is told once`, async () => {
      await using server = await TestServer.start({ respond: make });
      await using client = await server.connect();
      client.send(request(`${method} / HTTP/1.1`, CLOSE));
      assert.is((await client.readHead()).status, 500);
      assert.is(server.errors.length, 1);
    });
  }
}

for (const version of ["1.1", "1.0"]) {
  test(`a body that fails midway over HTTP/${version}: no end of it, the line is cut`, async () => {
    const failed = new Error("Source failed");
    const controllers = new Deferred<ReadableStreamDefaultController<Uint8Array>>();
    const completed = new Deferred<Promise<Error>>();
    await using server = await TestServer.start({
      respond: (_, info) => {
        completed.resolve(rejects(info.completed));
        return new Response(new ReadableStream({ start: controllers.resolve }));
      },
    });
    await using client = await server.connect();
    client.send(request(`GET / HTTP/${version}`, { Host: "h" }));
    const controller = await controllers.promise;
    controller.enqueue(Buffer.from("one"));
    await client.readHead();
    const piece = version === "1.1" ? "3\r\none\r\n" : "one";
    assert.is(Buffer.from(await client.readBytes(piece.length)).toString(), piece);
    controller.error(failed);
    assert.is(await withTimeout(completed.promise, "completed"), failed);
    const rest = await client.readToFin().catch(() => Buffer.alloc(0)); // FIN or RST
    assert.is(Buffer.from(rest).toString(), "");
    assert.equal(server.errors, [failed]);
    assert.is(server.errors[0], failed);
  });
}

test("after all of that a server serves the next client", async () => {
  let calls = 0;
  await using server = await TestServer.start({
    respond: () => {
      if (++calls === 1) throw ERROR;
      return new Response("Hello");
    },
  });
  await using client = await server.connect();
  client.send(request("GET / HTTP/1.1"), request("GET / HTTP/1.1", CLOSE));
  const text = Buffer.from(await client.readToFin()).toString();
  assert.equal(text.match(/HTTP\/1\.1 \d+/g), ["HTTP/1.1 500", "HTTP/1.1 200"]);
});

test.run();
