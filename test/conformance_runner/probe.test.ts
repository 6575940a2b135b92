// The first connections of a run: a server that is none, one that refuses only what it is offered,
// one that goes away.

import { createServer } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { CaseResult, Facts } from "../../src/conformance/case.ts";
import { FloodError } from "../../src/conformance/flood.ts";
import { probe } from "../../src/conformance/probe.ts";
import { runConformance } from "../../src/conformance/runner.ts";
import { readTarget } from "../../src/conformance/target.ts";
import { UnreachableError } from "../../src/conformance/trial.ts";
import { accept, FakeServer, head } from "../support/fake_server.ts";
import type { Answer } from "../support/fake_server.ts";
import { rejects } from "../support/rejects.ts";

const test = suite("conformance_runner/probe");

const SETTINGS = { timeoutMs: 2000, parallel: 1, keys: 1, idleMs: 0, messageSizeMax: 0 };

const flood: Answer = (socket) => void socket.write(Buffer.alloc(1_200_000, "x"));

/** Each connection has an answer of its own, the last one all that come behind it. */
function inTurn(...answers: readonly Answer[]): Answer {
  let count = 0;
  return (socket, request) => answers[Math.min(count++, answers.length - 1)](socket, request);
}

const refuses: Answer = (socket) => void socket.end(head("HTTP/1.1 400 No"));

/** An open connection that ends with the first frame. */
const opens: Answer = (socket, request) => {
  socket.write(accept(request));
  socket.once("data", () => socket.end());
};

const SAY = "Is it a WebSocket server, and the scheme right (ws: or wss:)?";

const UNREACHABLE: readonly (readonly [
  what: string,
  answer: Answer,
  due: string,
  timeoutMs?: number,
])[] = [
  ["nothing", () => {}, `A valid handshake was not answered. ${SAY}`, 50],
  ["SSH", (socket) => socket.end("SSH-2.0-x\r\n"), `with what is no HTTP: "SSH-2.0-x..". ${SAY}`],
  ["FIN", (socket) => socket.end(), `answered with the end of the connection (FIN). ${SAY}`],
  ["no end of what is no HTTP", flood, " bytes that are no response"],
  ["no end of it at the second try", inTurn(refuses, flood), " bytes that are no response"],
];

for (const [what, answer, due, timeoutMs = 2000] of UNREACHABLE) {
  test(`a server that answers with ${what} is none`, async () => {
    await using server = await FakeServer.start(answer);
    const target = readTarget(`ws://127.0.0.1:${server.port}/`);
    const error = await rejects(probe(target, { ...SETTINGS, timeoutMs }));
    assert.instance(error, UnreachableError);
    assert.match(error.message, due);
    assert.is(error.cause instanceof FloodError, due.includes("no response"));
  });
}

test("a server that refuses handshakes with an offer is one without compression", async () => {
  await using server = await FakeServer.start((socket, request) => {
    if (request.includes("Sec-WebSocket-Extensions")) refuses(socket, request);
    else opens(socket, request);
  });
  const target = readTarget(`ws://127.0.0.1:${server.port}/`);
  const { facts, findings } = await probe(target, SETTINGS);
  assert.equal([facts.deflate, facts.echo, findings], [null, false, []]);
});

test("a server that only pings, and without end, does not echo", async () => {
  await using server = await FakeServer.start((socket, request) => {
    socket.write(accept(request));
    const pings = setInterval(() => socket.write(Uint8Array.of(0x89, 0)), 5);
    socket.once("close", () => clearInterval(pings));
  });
  const target = readTarget(`ws://127.0.0.1:${server.port}/`);
  const { facts } = await probe(target, { ...SETTINGS, timeoutMs: 200 });
  assert.equal([facts.echo, facts.isTalkative], [false, false]);
});

test("what goes wrong in the suite itself is thrown, and no fault of the server", async () => {
  await using server = await FakeServer.start(opens);
  let handshakes = 0;
  const fields = {
    get "X-Mine"(): string {
      if (++handshakes > 3) throw new Error("out of tokens");
      return "token";
    },
  };
  const target = { ...readTarget(`ws://127.0.0.1:${server.port}/`), fields };
  const error = await rejects(runConformance(target, { ...SETTINGS, only: "S01" }));
  assert.is(error.message, "out of tokens");
});

for (const parallel of [1, 2]) {
  test(`a server that goes away is not asked for ever, ${parallel} at a time`, async () => {
    const listener = createServer();
    const goes: Answer = (socket, request) => {
      opens(socket, request);
      listener.close();
    };
    await using server = await FakeServer.start(inTurn(opens, opens, goes), listener);
    const target = readTarget(`ws://127.0.0.1:${server.port}/`);
    const told: (Facts | CaseResult)[] = [];
    const { results, totals } = await runConformance(target, {
      ...SETTINGS,
      parallel,
      only: "S01",
      onFacts: (facts) => told.push(facts),
      onProgress: (done, total, result) => {
        assert.equal([done, total], [told.length, 8]);
        told.push(result);
      },
    });
    assert.is(told.length, 9);
    const own = results.filter(({ clause }) => clause === "S01");
    const reasons = own.map(({ messages }) => messages);
    assert.ok(reasons.slice(0, 3).every(([reason]) => reason.includes("ECONNREFUSED")));
    assert.ok(reasons.slice(4).every(([reason]) => reason === "The server is gone"));
    assert.equal([totals.notTestable, totals.fail], [8, 1]);
    const seen = results.find(({ id }) => id === "B58.*");
    assert.match(String(seen?.messages), /^Cannot connect to ws:.*ECONNREFUSED.*\(seen in S01\.1/);
  });
}

test.run();
