// The runner against this server: it keeps every rule. And against servers that do not echo, speak
// unasked, or take no handshake.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Report } from "../../src/conformance/report.ts";
import { runConformance } from "../../src/conformance/runner.ts";
import type { RunOptions } from "../../src/conformance/runner.ts";
import { readTarget } from "../../src/conformance/target.ts";
import { UnreachableError } from "../../src/conformance/trial.ts";
import { makeCertificate } from "../support/certificate.ts";
import { rejects } from "../support/rejects.ts";
import { echo, TestServer } from "../support/server.ts";
import type { Connection, TestServerOptions } from "../support/server.ts";

const test = suite("conformance_runner/own_server");

const SETTINGS = { timeoutMs: 3000, keys: 20, idleMs: 0, parallel: 16 };

async function run(
  options: TestServerOptions,
  more: RunOptions = {},
  scheme = "ws",
): Promise<Report> {
  await using server = await TestServer.start(options);
  const target = readTarget(`${scheme}://127.0.0.1:${server.port}/chat`, {}, true);
  return await runConformance(target, { ...SETTINGS, ...more });
}

function isClean({ results }: Report): void {
  const broken = results.filter(({ verdict }) => verdict === "fail" || verdict === "warning");
  assert.equal(
    broken.map(({ id, title, messages }) => [id, title, ...messages]),
    [],
  );
}

test("our server breaks nothing, with compression and a limit", async () => {
  const messageSizeMax = 1024 * 1024;
  const limits = { messageSizeMax };
  const compression = { threshold: 0, contextTakeover: true };
  const report = await run({ upgrade: { compression, limits } }, { messageSizeMax });
  isClean(report);
  const untested = report.results.filter(({ verdict }) => verdict === "not testable");
  assert.equal(
    untested.map(({ clause }) => clause),
    ["S23", "B57"],
  );
});

test("S23 B57 our server breaks nothing over TLS", async () => {
  const report = await run({ serve: makeCertificate() }, { only: "S, B0, B31, B57" }, "wss");
  isClean(report);
  const tls = report.clauses.filter(({ id }) => id === "S23" || id === "B57");
  assert.equal(
    tls.map(({ verdict }) => verdict),
    ["pass", "pass"],
  );
});

test("B57 a server of TLS is found by its name", async () => {
  await using server = await TestServer.start({ serve: makeCertificate() });
  const target = readTarget(`wss://localhost:${server.port}/chat`, {}, true);
  const report = await runConformance(target, { ...SETTINGS, only: "B57" });
  assert.equal(report.results.map(({ id, verdict }) => [id, verdict]), [["B57.1", "pass"]]);
});

test("a server that does not echo: what needs one is not testable, the rest is", async () => {
  const drain = async (connection: Connection): Promise<void> => {
    for await (const _ of connection);
  };
  const report = await run({ run: drain }, { only: "B" });
  isClean(report);
  const verdict = (clause: string): string | undefined =>
    report.clauses.find(({ id }) => id === clause)?.verdict;
  assert.equal(["B12", "B38"].map(verdict), ["not testable", "not testable"]);
  assert.equal(["B01", "B04", "B25", "B31", "B52"].map(verdict), Array(5).fill("pass"));
});

test("a server that speaks unasked is tested all the same", async () => {
  const talk = async (connection: Connection, server: TestServer): Promise<void> => {
    await connection.write("welcome");
    await echo(connection, server);
  };
  const report = await run({ run: talk }, { only: "B1, B3, B4" });
  assert.ok(report.facts.isTalkative);
  isClean(report);
});

test("a server that begins to speak later is tested all the same", async () => {
  const connections: Connection[] = [];
  const talk = async (connection: Connection, server: TestServer): Promise<void> => {
    connections.push(connection);
    if (connections.length > 50) for (const each of connections) each.tryWrite("heartbeat");
    await echo(connection, server);
  };
  const report = await run({ run: talk }, { only: "B1, B3, B4" });
  assert.ok(report.facts.isTalkative);
  assert.is(report.totals.fail, 0);
});

test("a server that is not there, or refuses: UnreachableError that says so", async () => {
  const respond = (): Response => new Response("no", { status: 401 });
  const refused = await rejects(run({ respond }));
  assert.instance(refused, UnreachableError);
  assert.match((refused as Error).message, /answered with HTTP\/1\.1 401/);
  const nowhere = await rejects(runConformance(readTarget("ws://127.0.0.1:1/"), SETTINGS));
  assert.instance(nowhere, UnreachableError);
  assert.match((nowhere as Error).message, /ECONNREFUSED/);
});

test.run();
