// A TLS handshake that does not come to an end.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { LimitHit } from "../../src/mod.ts";
import { makeCertificate } from "../support/certificate.ts";
import { Observed } from "../support/observed.ts";
import { TestServer } from "../support/server.ts";

const test = suite("server/tls_handshake");

/** The head of a record, and in it that of a ClientHello of 508 bytes: RFC 8446 §4, §5.1. */
const HELLO = ["1603010200", "010001fc", "0303"];

test("A28 a TLS handshake byte by byte has handshakeTimeoutMs, and no longer", async () => {
  using observed = new Observed<LimitHit>("sluice.limit");
  const serve = { ...makeCertificate(), limits: { handshakeTimeoutMs: 300 } };
  await using server = await TestServer.start({ serve });
  await using client = await server.connect();
  const start = performance.now();
  client.send(...HELLO);
  const more = setInterval(() => client.send("00"), 20);
  const transcript = await client.transcript().finally(() => clearInterval(more));
  const tookMs = performance.now() - start;
  assert.match(transcript.join(), /^(?:FIN|RST)$/);
  assert.ok(tookMs >= 290, `${tookMs} ms`);
  assert.equal(server.requests, []);
  assert.equal(
    observed.events.map(({ name, limit, status }) => [name, limit, status]),
    [["handshakeTimeoutMs", 300, null]],
  );
});

test.run();
