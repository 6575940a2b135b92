// `sluice connect` inside of TLS: whose certificate it takes.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { makeCertificate } from "../support/certificate.ts";
import { sluice } from "../support/command.ts";
import { TestServer } from "../support/server.ts";

const test = suite("command/connect_tls");

const certificate = makeCertificate(); // of "localhost", signed by itself

test("sluice connect takes a certificate of --ca, or any with --insecure (§4.1)", async () => {
  await using server = await TestServer.start({ serve: certificate });
  const url = `wss://localhost:${server.port}/`;
  const directory = await mkdtemp(join(tmpdir(), "sluice-"));
  const path = join(directory, "ca.pem");
  await writeFile(path, certificate.cert);
  const trusted = await sluice(["connect", "--ca", path, url], "hi");
  await rm(directory, { recursive: true });
  assert.equal(trusted, { code: 0, stdout: "hi\n", stderr: "" });
  const insecure = await sluice(["connect", "--insecure", url], "ho");
  assert.equal(insecure, { code: 0, stdout: "ho\n", stderr: "" });
  const neither = await sluice(["connect", url], "no");
  assert.equal([neither.code, neither.stdout], [1, ""]);
  assert.match(neither.stderr, /^Cannot connect to wss:.*: self-signed certificate/);
  assert.equal(server.messages, ["hi", "ho"]);
});

test("sluice connect --ca needs a file that is there", async () => {
  const { code, stderr } = await sluice(["connect", "--ca", "/nonexistent", "wss://a/"]);
  assert.is(code, 2);
  assert.match(stderr, /^Cannot read the certificates: ENOENT/);
});

test.run();
