// Which hosts a server answers for.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { AllowedHosts } from "../../src/server/allowed_hosts.ts";
import { handshake, request } from "../support/handshake.ts";
import { TestServer } from "../support/server.ts";

const test = suite("server/allowed_hosts");

const HOSTS = ["example.com", "Other.example:8080", "[::1]"];

const URLS: readonly (readonly [url: string, isAllowed: boolean])[] = [
  ["http://example.com/", true],
  ["http://EXAMPLE.com/x?y", true],
  ["http://example.com:7777/", true],
  ["http://other.example:8080/", true],
  ["http://other.example/", false],
  ["http://other.example:80/", false],
  ["http://[::1]:7777/", true],
  ["http://sub.example.com/", false],
  ["http://example.com.evil/", false],
  ["http://evil/?example.com", false],
  ["http://127.0.0.1/", false],
];

for (const [url, isAllowed] of URLS) {
  test(`AllowedHosts ${isAllowed ? "allows" : "refuses"} ${url}`, () => {
    const check = (): void => new AllowedHosts(HOSTS).check(url);
    if (isAllowed) check();
    else assert.throws(check, (error: { status: number }) => error.status === 421);
  });
}

test("AllowedHosts without a list allows every host, with an empty one none", () => {
  new AllowedHosts(undefined).check("http://evil/");
  assert.throws(() => new AllowedHosts([]).check("http://example.com/"), /allowedHosts/);
});

for (const host of ["", "http://example.com", "example.com/", "a b", "user@example.com"]) {
  test(`AllowedHosts refuses to have ${JSON.stringify(host)}`, () => {
    assert.throws(() => new AllowedHosts([host]), /an allowed host is/);
  });
}

test("AllowedHosts refuses what is no array of strings", () => {
  for (const hosts of ["example.com", null, {}]) {
    assert.throws(() => new AllowedHosts(hosts as never), /allowedHosts is .+, must be an array/);
  }
  for (const host of [5, null, ["example.com"]]) {
    assert.throws(() => new AllowedHosts([host as never]), /an allowed host is/);
  }
});

test("allowedHosts: 421 for a request and for a handshake, and no handler", async () => {
  await using server = await TestServer.start({ serve: { allowedHosts: ["example.com"] } });
  const fields = { Host: "evil.example" };
  for (const wire of [handshake(fields), request("GET / HTTP/1.1", fields)]) {
    const client = await server.connect();
    client.send(wire);
    assert.is((await client.readHead()).status, 421);
  }
  await server.open({ Host: "example.com:7777" });
  assert.equal(server.requests, ["GET http://example.com:7777/chat"]);
});

test.run();
