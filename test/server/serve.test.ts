// The shape of `serve()`: its two signatures, where it listens, and how it begins and ends.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { mkdtemp, rm } from "node:fs/promises";
import { get as getHttp } from "node:http";
import type { ClientRequest, IncomingMessage } from "node:http";
import { get as getHttps } from "node:https";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import type { NetworkInterfaceInfo } from "node:os";
import { join } from "node:path";
import { serve } from "../../src/mod.ts";
import type { Addr, ServeHandler, ServeOptions, Server } from "../../src/mod.ts";
import { makeCertificate } from "../support/certificate.ts";
import { Deferred } from "../support/deferred.ts";
import { rejects } from "../support/rejects.ts";
import { TestServer } from "../support/server.ts";
import { until, withTimeout } from "../support/with_timeout.ts";

const test = suite("server/serve");

const hello: ServeHandler = () => new Response("Hello");

const LOCAL = { port: 0, hostname: "127.0.0.1" };

/** A server, and the address that `onListen` was told. */
async function listening(
  options: ServeOptions,
  handler: ServeHandler = hello,
): Promise<{ server: Server; addr: Addr }> {
  const told = new Deferred<Addr>();
  const server = serve({ ...options, onListen: told.resolve }, handler);
  return { server, addr: await withTimeout(told.promise, "the server to listen") };
}

/** Status and body of the answer to a request of Node's own clients. */
async function answer(request: ClientRequest): Promise<string> {
  const come = new Deferred<IncomingMessage>();
  const failed = new Promise<never>((_, reject) => request.once("error", reject));
  request.once("response", come.resolve);
  const response = await withTimeout(Promise.race([come.promise, failed]), "a response");
  let body = "";
  for await (const chunk of response.setEncoding("utf8")) body += chunk;
  return `${response.statusCode} ${body}`;
}

/** The port of an address of TCP. */
function portOf(addr: Addr): number {
  if (addr.transport !== "tcp") throw new Error(`Expected TCP, found ${addr.transport}`);
  return addr.port;
}

/** What `act` prints. */
async function printed(method: "log" | "error", act: () => Promise<unknown>): Promise<unknown[]> {
  const original = console[method];
  const lines: unknown[] = [];
  console[method] = (...line: unknown[]) => void lines.push(...line);
  try {
    await act();
  } finally {
    console[method] = original;
  }
  return lines;
}

test("serve() tells onListen the port that the system chose, as addr does", async () => {
  const { server, addr } = await listening(LOCAL);
  await using _ = server;
  assert.is(addr.transport, "tcp");
  assert.is(addr.transport === "tcp" && addr.hostname, "127.0.0.1");
  assert.ok(portOf(addr) > 0);
  assert.equal(server.addr, addr);
  assert.is(await answer(getHttp({ ...LOCAL, port: portOf(addr), agent: false })), "200 Hello");
});

test("serve() listens on all addresses of IPv4 when no hostname is given", async () => {
  const { server, addr } = await listening({ port: 0 });
  await using _ = server;
  assert.equal(addr, { transport: "tcp", hostname: "0.0.0.0", port: portOf(addr) });
});

test("addr is what was asked for until the server listens", async () => {
  const told = new Deferred();
  const server = serve({ ...LOCAL, onListen: () => told.resolve() }, hello);
  await using _ = server;
  assert.equal(server.addr, { transport: "tcp", ...LOCAL });
  await told.promise;
  assert.is.not(portOf(server.addr), 0);
});

test("serve() does not call onListen before it has returned", async () => {
  let isReturned = false;
  const told = new Deferred<boolean>();
  const server = serve({ ...LOCAL, onListen: () => told.resolve(isReturned) }, hello);
  isReturned = true;
  await using _ = server;
  assert.is(await told.promise, true);
});

test("serve(handler) listens on port 8000, or says that it is taken", async () => {
  const lines = await printed("log", async () => {
    const server = serve(hello);
    assert.equal(server.addr, { transport: "tcp", hostname: "0.0.0.0", port: 8000 });
    const response = answer(getHttp({ port: 8000, host: "127.0.0.1", agent: false }));
    const outcome = await Promise.race([response.catch(() => ""), rejects(server.finished, "")]);
    if (typeof outcome !== "string") assert.is((outcome as { code?: string }).code, "EADDRINUSE");
    else assert.is(outcome, "200 Hello");
    await server.shutdown().catch(() => {});
  });
  assert.ok(lines.every((line) => line === "Listening on http://localhost:8000/"));
});

/** The address to listen on, and what is printed of it: `#` is the port. */
const PRINTED: readonly (readonly [options: ServeOptions, line: string])[] = [
  [{ port: 0 }, "Listening on http://localhost:#/"],
  [LOCAL, "Listening on http://127.0.0.1:#/"],
  [{ ...LOCAL, ...makeCertificate() }, "Listening on https://127.0.0.1:#/"],
];

/** Machines without IPv6 cannot listen there. */
const PRINTED_OF_IPV6: typeof PRINTED = [
  [{ port: 0, hostname: "::" }, "Listening on http://localhost:#/"],
  [{ port: 0, hostname: "::1" }, "Listening on http://[::1]:#/"],
];

const hasIPv6 = Object.values(networkInterfaces()).some((all) => all?.some(isLoopback6));

function isLoopback6({ address }: NetworkInterfaceInfo): boolean {
  return address === "::1";
}

for (const [options, line] of hasIPv6 ? [...PRINTED, ...PRINTED_OF_IPV6] : PRINTED) {
  test(`serve() prints "${line}" when nobody takes onListen`, async () => {
    let port = 0;
    const lines = await printed("log", async () => {
      await using server = serve(options, hello);
      await until(() => (port = portOf(server.addr)) > 0, "the server to listen");
    });
    assert.equal(lines, [line.replace("#", String(port))]);
  });
}

test("serve() listens on a Unix socket, and takes its file away", async () => {
  const directory = await mkdtemp(join(tmpdir(), "sluice-"));
  const path = join(directory, "s");
  let from: Addr | null = null;
  const { server, addr } = await listening({ path }, (request, info) => {
    from = info.remoteAddr;
    return new Response(request.url);
  });
  assert.equal(addr, { transport: "unix", path });
  const request = getHttp({ socketPath: path, path: "/a?b", headers: { Host: "h" }, agent: false });
  assert.is(await answer(request), "200 http://h/a?b");
  assert.equal(from, { transport: "unix", path: "" });
  await server.shutdown();
  const again = getHttp({ socketPath: path, agent: false });
  assert.is(((await rejects(answer(again))) as { code?: string }).code, "ENOENT");
  await rm(directory, { recursive: true });
});

test("serve() with key and cert speaks TLS, and the URL says https", async () => {
  await using server = await TestServer.start({
    respond: (request) => new Response(request.url),
    serve: makeCertificate(),
  });
  const options = { host: "127.0.0.1", port: server.port, path: "/a", agent: false };
  const request = getHttps({ ...options, rejectUnauthorized: false, headers: { Host: "h" } });
  assert.is(await answer(request), "200 https://h/a");
});

const { key, cert } = makeCertificate();

/** Calls that throw, as JavaScript could make them. */
const MISUSES: readonly (readonly [what: string, args: unknown[], error: RegExp])[] = [
  ["nothing", [], /^TypeError: Cannot serve: handler is undefined, must be a function$/],
  ["options alone", [LOCAL], /^TypeError: Cannot serve: handler is Object/],
  ["no handler", [LOCAL, undefined], /^TypeError: Cannot serve: handler is undefined/],
  ["null for a handler", [LOCAL, null], /^TypeError: Cannot serve: handler is null/],
  ["key without cert", [{ ...LOCAL, key }, hello], /^TypeError: Cannot serve: .*cert/],
  ["cert without key", [{ ...LOCAL, cert }, hello], /^TypeError: Cannot serve: .*key/],
  ["an unknown limit", [{ limits: { headerMax: 1 } }, hello], /^TypeError: .*"headerMax"/],
  ["a limit of 0", [{ limits: { headersMax: 0 } }, hello], /^RangeError: .*headersMax is 0/],
  ["a limit below 0", [{ limits: { targetSizeMax: -1 } }, hello], /^RangeError: .* is -1/],
  ["NaN", [{ limits: { shutdownTimeoutMs: NaN } }, hello], /^RangeError: .* is NaN/],
  ["a string", [{ limits: { pendingUpgradesMax: "1" } }, hello], /^RangeError: .* is "1"/],
  ["a port in letters", [{ port: "80a" }, hello], /^RangeError: .* port is "80a", must be an int/],
  ["a port that is too high", [{ port: 65_536 }, hello], /^RangeError: .* port is 65536, must be/],
  ["a hostname of 1", [{ hostname: 1 }, hello], /^TypeError: .* hostname is 1, must be a string/],
  ["a signal of {}", [{ signal: {} }, hello], /^TypeError: .* signal is Object, must be an Abort/],
  ["null for options", [null, hello], /^TypeError: Cannot serve: options are null, must be an ob/],
  ["an unknown option", [{ limitz: {} }, hello], /^TypeError: .* found "limitz", must be one of/],
  ["limits of null", [{ limits: null }, hello], /^TypeError: .* options are null, must be an obj/],
  ["limits of true", [{ limits: true }, hello], /^TypeError: .* options are true, must be an obj/],
  ["an EventTarget", [{ signal: new EventTarget() }, hello], /^TypeError: .* must be an AbortSig/],
  ["an empty path", [{ path: "" }, hello], /^TypeError: .* path is "", must be the path of a soc/],
  ["a key of 5", [{ key: 5, cert }, hello], /^TypeError: .* key is 5, must be a string in PEM$/],
  ["allowedHosts of 5", [{ allowedHosts: 5 }, hello], /^TypeError: .* allowedHosts is 5, must be/],
  ["proxies of null", [{ trustedProxies: null }, hello], /^TypeError: .* options are null, must/],
  ["5 for onListen", [{ onListen: 5 }, hello], /^TypeError: .* onListen is 5, must be a function/],
];

for (const [what, args, error] of MISUSES) {
  test(`serve() with ${what} throws`, () => {
    assert.throws(
      () => (serve as (...args: unknown[]) => Server)(...args),
      (thrown: unknown) => error.test(String(thrown)),
    );
  });
}

test("serve() has the limits that it was given, and the defaults for the others", async () => {
  const limits = { headersMax: 7, targetSizeMax: undefined } as unknown as { headersMax: number };
  const { server } = await listening({ ...LOCAL, limits });
  await using _ = server;
  assert.equal(server.limits, {
    handshakeTimeoutMs: 10_000,
    pendingUpgradesMax: 1024,
    pipelinedRequestsMax: 100,
    connectionsMax: Infinity,
    connectionsPerAddressMax: Infinity,
    buffersSizeMax: Infinity,
    headersMax: 7,
    headersSizeMax: 16 * 1024,
    targetSizeMax: 8 * 1024,
    shutdownTimeoutMs: 10_000,
  });
});

test("finished rejects with EADDRINUSE when the port is taken", async () => {
  const holder = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => holder.once("listening", resolve));
  const { port } = holder.address() as AddressInfo;
  let isTold = false;
  const server = serve({ ...LOCAL, port, onListen: () => (isTold = true) }, hello);
  const error = (await rejects(server.finished)) as Error & { code?: string };
  assert.is(error.code, "EADDRINUSE");
  assert.is(isTold, false);
  assert.is(await rejects(server.shutdown()), error);
  await new Promise((resolve) => holder.close(resolve));
});

test.run();
