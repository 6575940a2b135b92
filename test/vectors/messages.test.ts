// The vectors of messages.json, utf8_fragments.json, close.json and deflate.json: bytes to messages
// and control frames, by an endpoint.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Role } from "../../src/frame/mod.ts";
import { Inflater } from "../../src/message/inflate.ts";
import type { InflaterOptions } from "../../src/message/inflate.ts";
import type { Message } from "../../src/message/message.ts";
import { TextBytes } from "../../src/message/text_bytes.ts";
import type { TextForm } from "../../src/message/text_bytes.ts";
import { Endpoint } from "../../src/protocol/endpoint.ts";
import type { EndpointSink } from "../../src/protocol/endpoint.ts";
import { bytes, hex, utf8 } from "../support/bytes.ts";
import { failureAt } from "./failure.ts";
import { cutsOf, load, singles } from "./load.ts";
import type { Vector } from "./load.ts";

const test = suite("vectors/messages");

interface MessageVector extends Vector {
  readonly role: Role;
  readonly messageSizeMax: number;
  readonly deflate: InflaterOptions | null;
  readonly bytes: string;
  readonly expect: {
    readonly events: readonly object[];
    readonly error?: string;
    readonly offset?: number;
    readonly known?: number;
  };
}

/** What an endpoint makes of the chunks; `known` is how many bytes it had when it failed. */
function read(
  { role, messageSizeMax, deflate }: MessageVector,
  chunks: readonly Uint8Array[],
  text: TextForm,
): object {
  const events = new Events();
  const inflater = deflate === null ? null : new Inflater(deflate);
  const endpoint = new Endpoint(events, role, messageSizeMax, { inflater, text });
  let known = 0;
  for (const chunk of chunks) {
    if (!endpoint.inputEnded) known += chunk.length;
    endpoint.receive(chunk.slice()); // it unmasks in place
  }
  const { cause, received, sent } = endpoint.closure(undefined);
  if (received !== null) {
    events.list.push({ type: "close", code: received.code, reason: hex(utf8(received.reason)) });
  }
  if (cause === undefined) return { events: events.list };
  const failure = failureAt(cause);
  assert.is(sent?.code, failure.closeCode, "what the Close says that answers it");
  return { events: events.list, ...failure, known };
}

class Events implements EndpointSink {
  readonly list: object[] = [];

  message(message: Message): void {
    const isText = typeof message === "string" || message instanceof TextBytes;
    const payload = hex(typeof message === "string" ? utf8(message) : message);
    this.list.push({ type: isText ? "text" : "binary", payload });
  }

  ping(payload: Uint8Array): void {
    this.list.push({ type: "ping", payload: hex(payload) });
  }

  pong(payload: Uint8Array): void {
    this.list.push({ type: "pong", payload: hex(payload) });
  }

  inputEnded(): void {}
  sendClose(): void {}
  endTcp(): void {}
}

const FILES = [
  load<MessageVector>("messages"),
  load<MessageVector>("utf8_fragments"),
  load<MessageVector>("close"),
  load<MessageVector>("deflate"),
];

for (const vector of FILES.flat()) {
  const { id, what, expect } = vector;

  test(`${id} ${what}`, () => {
    const wire = bytes(vector.bytes);
    assert.equal(read(vector, singles(wire), "string"), expect, "byte by byte");
    assert.equal(read(vector, singles(wire), "bytes"), expect, "byte by byte, texts as bytes");
    const { offset = 0, known = Infinity } = expect;
    for (const cut of cutsOf(wire, offset, known)) {
      // It fails with the first of the two chunks if that has what it takes, else with the second.
      const had = {
        ...expect,
        ...("known" in expect && { known: cut < known ? wire.length : cut }),
      };
      const chunks = [wire.slice(0, cut), wire.slice(cut)];
      assert.equal(read(vector, chunks, "string"), had, `cut at ${cut}`);
    }
  });
}

test.run();
