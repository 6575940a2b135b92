// The vectors of accept.json, and those of handshake.json by a server on a socket.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { acceptKey } from "../../src/protocol/handshake.ts";
import { latin1 } from "../support/handshake.ts";
import { TestServer } from "../support/server.ts";
import { load } from "./load.ts";
import type { Vector } from "./load.ts";

const test = suite("vectors/handshake");

interface AcceptVector extends Vector {
  readonly key: string;
}

for (const { id, what, key, expect } of load<AcceptVector>("accept")) {
  test(`${id} ${what}`, () => {
    assert.equal({ accept: acceptKey(key) }, expect);
  });
}

interface HandshakeVector extends Vector {
  readonly server: {
    readonly protocols: readonly string[];
    readonly origins: "same" | readonly string[];
  };
  readonly request: string;
  readonly expect: {
    readonly upgraded: boolean;
    readonly status: readonly number[];
    readonly headers: Readonly<Record<string, string | null>>;
  };
}

/** Upgrade and Connection are tokens, which have no case. */
const TOKENS = ["upgrade", "connection"];

for (const { id, what, server: settings, request, expect } of load<HandshakeVector>("handshake")) {
  test(`${id} ${what}`, async () => {
    const { protocols, origins } = settings;
    const upgrade = { protocols, ...(origins !== "same" && { origin: origins }) };
    await using server = await TestServer.start({ upgrade });
    await using client = await server.connect();
    client.send(latin1(request));
    const head = await client.readHead();
    const found = Object.keys(expect.headers).map((name) => {
      const value = head.get(name);
      return [name, TOKENS.includes(name) ? (value?.toLowerCase() ?? null) : value];
    });
    // The other statuses are for servers that say it in another way.
    assert.equal(
      { upgraded: head.status === 101, status: head.status, headers: Object.fromEntries(found) },
      { ...expect, status: expect.status[0] },
    );
    assert.is(server.connections.length, expect.upgraded ? 1 : 0, "connections");
  });
}

test.run();
