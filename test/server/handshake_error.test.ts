// A `HandshakeError` that a handler throws, made out of what the client has sent: an answer, or an
// error of the handler, and never the end of the process.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { HandshakeError, upgradeWebSocket } from "../../src/mod.ts";
import { handshake, request } from "../support/handshake.ts";
import { eventLoopTurn } from "../support/raw_client.ts";
import type { ResponseHead } from "../support/response_head.ts";
import { TestServer } from "../support/server.ts";
import { watchUncaught } from "../support/uncaught.ts";
import { connected } from "./connected.ts";

const test = suite("server/handshake_error");
const escaped = watchUncaught(test);

/** The head that answers `wire`, and what else is told of what `make` gives. */
async function answered(
  wire: Uint8Array,
  make: (path: string) => HandshakeError,
): Promise<{ head: ResponseHead; errors: readonly unknown[] }> {
  escaped.length = 0;
  await using server = await TestServer.start({
    respond: ({ url }) => {
      throw make(decodeURIComponent(new URL(url).pathname));
    },
  });
  await using client = await server.connect();
  client.send(wire);
  const head = await client.readHead();
  await eventLoopTurn();
  assert.equal(escaped, []);
  return { head, errors: server.errors };
}

const moved = (path: string): HandshakeError => {
  return new HandshakeError("Cannot upgrade: moved", 308, { Location: `${path}/` });
};

/** What plain JavaScript makes of one: its fields are changed behind its back. */
const changed = (fields: object): (() => HandshakeError) => {
  return () => Object.assign(new HandshakeError("Cannot upgrade: no", 401), fields);
};

const EVENTS: readonly (readonly [event: string, wire: (line: string) => Uint8Array])[] = [
  ["request", (line) => request(line)],
  ["upgrade", (line) => handshake({}, line)],
];

for (const [event, wire] of EVENTS) {
  test(`S25 a redirection by HandshakeError on "${event}": its status and header`, async () => {
    const { head, errors } = await answered(wire("GET /chat HTTP/1.1"), moved);
    assert.equal([head.status, head.get("Location")], [308, "/chat/"]);
    assert.equal(errors, []);
  });

  test(`a path that is no header on "${event}": TypeError to onError, 500`, async () => {
    for (const path of ["/%E6%97%A5", "/a%0D%0ASet-Cookie:%20admin=1"]) {
      const { head, errors } = await answered(wire(`GET ${path} HTTP/1.1`), moved);
      assert.equal([head.status, head.get("Set-Cookie")], [500, null]);
      assert.is(errors.length, 1);
      assert.match(String(errors[0]), /^TypeError: Cannot refuse: header "Location" is "/);
    }
  });

  test(`a HandshakeError whose fields were changed on "${event}": 500`, async () => {
    for (const fields of [{ status: 99 }, { status: 101 }, { headers: { "X Y": "a" } }]) {
      const { head, errors } = await answered(wire("GET / HTTP/1.1"), changed(fields));
      assert.equal([head.status, errors.length], [500, 1]);
    }
  });
}

test("{ socket, head }: a header that would split the answer: onError is told, 500", async () => {
  const told: unknown[] = [];
  const onError = (error: unknown): void => void told.push(error);
  const origin = (): never => {
    throw new HandshakeError("Cannot upgrade: no", 401, { "X-User": "a\r\nSet-Cookie: b" });
  };
  const client = await connected((incoming, socket, head) => {
    upgradeWebSocket(incoming, { socket, head, origin, onError });
  });
  client.send(handshake());
  const head = await client.readHead();
  assert.equal([head.status, head.get("Set-Cookie")], [500, null]);
  assert.equal(told.map((error) => (error as Error).name), ["TypeError"]);
  await client.stop();
});

test("{ socket, head }: a status without a name of its own, characters as bytes", async () => {
  const origin = (): never => {
    throw new HandshakeError("Cannot upgrade: no", 599, { "X-User": "Gr\xfc\xdfe" });
  };
  const client = await connected((incoming, socket, head) => {
    upgradeWebSocket(incoming, { socket, head, origin });
  });
  client.send(handshake());
  const head = await client.readHead();
  assert.equal([head.statusLine, head.get("X-User")], ["HTTP/1.1 599 ", "Gr\xfc\xdfe"]);
  await client.stop();
});

test.run();
