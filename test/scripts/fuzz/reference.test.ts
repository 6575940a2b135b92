// The references that the fuzzers compare with, against the vectors: who watches is watched.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readList, referenceAnswer } from "../../../scripts/fuzz/reference_extensions.ts";
import type {
  ReferenceExtension,
  ReferenceWish,
} from "../../../scripts/fuzz/reference_extensions.ts";
import {
  hasUrl,
  isOfSameHost,
  referenceVerdict,
} from "../../../scripts/fuzz/reference_handshake.ts";
import { ReferenceReader } from "../../../scripts/fuzz/reference_reader.ts";
import { readHead } from "../../../scripts/fuzz/reference_request.ts";
import { bytes, hex } from "../../support/bytes.ts";
import { load } from "../../vectors/load.ts";
import type { Vector } from "../../vectors/load.ts";

const test = suite("scripts/fuzz/reference");

interface MessageVector extends Vector {
  readonly role: "client" | "server";
  readonly messageSizeMax: number;
  readonly deflate: object | null;
  readonly bytes: string;
  readonly expect: { readonly events: readonly object[]; readonly error?: string };
}

for (const file of ["messages", "utf8_fragments", "close"]) {
  test(`ReferenceReader reads the vectors of ${file}.json`, () => {
    const vectors = load<MessageVector>(file).filter(({ deflate }) => deflate === null);
    assert.ok(vectors.length > 50, `${vectors.length} vectors`);
    for (const { id, role, messageSizeMax, bytes: wire, expect } of vectors) {
      const reader = new ReferenceReader({ role, sizeMax: messageSizeMax, isCompressing: false });
      for (const byte of bytes(wire)) reader.push(byte);
      const events = reader.events.map(({ type, payload }) => {
        const text = hex(Uint8Array.from(payload));
        if (type !== "close") return { type, payload: text };
        const code = text === "" ? 1005 : Number.parseInt(text.slice(0, 4), 16);
        return { type, code, reason: text.slice(4) };
      });
      assert.equal(events, expect.events, id);
      const { error, offset } = expect as { error?: string; offset?: number };
      assert.is(reader.failure?.code, error, id);
      assert.is(reader.failure?.offset, offset, id);
    }
  });
}

interface ExtensionVector extends Vector {
  readonly header: string;
  readonly expect: {
    readonly extensions?: readonly ReferenceExtension[];
    readonly offset?: number;
  };
}

test("readList() reads the vectors of extensions.json", () => {
  for (const { id, header, expect } of load<ExtensionVector>("extensions")) {
    assert.equal(readList(header), expect.offset ?? expect.extensions, id);
  }
});

interface NegotiationVector extends Vector {
  readonly header: string;
  readonly server: {
    readonly contextTakeover: ReferenceWish["takeover"];
    readonly windowBits: ReferenceWish["bits"];
  };
  readonly expect: { readonly response?: string };
}

test("referenceAnswer() answers the vectors of negotiation.json", () => {
  for (const { id, header, server, expect } of load<NegotiationVector>("negotiation")) {
    const list = readList(header);
    assert.ok(typeof list !== "number", id);
    const wish = { takeover: server.contextTakeover, bits: server.windowBits };
    assert.is(referenceAnswer(list, wish), expect.response ?? null, id);
  }
});

interface HandshakeVector extends Vector {
  readonly server: { readonly origins: "same" | readonly string[] };
  readonly request: string;
  readonly expect: { readonly upgraded: boolean };
}

test("referenceVerdict() consents to what is upgraded in handshake.json, and to no more", () => {
  for (const { id, server, request, expect } of load<HandshakeVector>("handshake")) {
    if (server.origins !== "same") continue;
    const head = readHead(request, 16 * 1024);
    const verdict = typeof head === "string" ? null : referenceVerdict(head);
    const isAccepted =
      typeof head !== "string" &&
      verdict?.kind === "accepted" &&
      hasUrl(head, verdict.handshake.host) &&
      isOfSameHost(verdict.handshake);
    assert.is(isAccepted, expect.upgraded, `${id}: ${JSON.stringify(request)}`);
  }
});

test.run();
