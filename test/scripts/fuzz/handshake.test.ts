// The fuzzers of the handshake and of its extension header find nothing in ours, and something in
// others.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ExtensionsTarget } from "../../../scripts/fuzz/extensions.ts";
import type { ExtensionReader } from "../../../scripts/fuzz/extensions.ts";
import { HandshakeTarget } from "../../../scripts/fuzz/handshake.ts";
import { HeadTarget } from "../../../scripts/fuzz/head.ts";
import type { HandshakeReader } from "../../../scripts/fuzz/head.ts";
import { parseExtensions } from "../../../src/message/extension.ts";
import { negotiate } from "../../../src/message/negotiate.ts";
import { isWebSocketUpgrade, readHandshake } from "../../../src/protocol/handshake.ts";
import type { RequestHead } from "../../../src/protocol/handshake.ts";
import { fuzzed } from "./fuzzed.ts";

const test = suite("scripts/fuzz/handshake");

test("HeadTarget finds nothing in the handshake as it is", async () => {
  assert.is((await fuzzed(new HeadTarget(), { inputs: 1500, seed: 1n })).failure, null);
});

/** The head without some of its lines. */
function without(head: RequestHead, drops: (name: string, value: string) => boolean): RequestHead {
  const rawHeaders: string[] = [];
  for (let at = 0; at < head.rawHeaders.length; at += 2) {
    const [name, value] = head.rawHeaders.slice(at, at + 2);
    if (!drops(name.toLowerCase(), value)) rawHeaders.push(name, value);
  }
  return { ...head, rawHeaders };
}

const isUpgrade = isWebSocketUpgrade;
const read = readHandshake;

const FAULTY_READERS: Readonly<Record<string, HandshakeReader>> = {
  "takes any method": { isUpgrade, read: (head) => read({ ...head, method: "GET" }) },
  "takes HTTP/1.0": { isUpgrade: (head) => isUpgrade({ ...head, httpVersion: "1.1" }), read },
  "takes 00 for a length of 0": {
    isUpgrade,
    read: (head) =>
      read(without(head, (name, value) => name === "content-length" && value === "00")),
  },
  "takes the first of two keys": {
    isUpgrade,
    read: (head) => {
      let count = 0;
      return read(without(head, (name) => name === "sec-websocket-key" && count++ > 0));
    },
  },
  "does not look at Expect": {
    isUpgrade,
    read: (head) => read(without(head, (name) => name === "expect")),
  },
};

for (const [fault, reader] of Object.entries(FAULTY_READERS)) {
  test(`HeadTarget finds a handshake that ${fault}`, async () => {
    const { failure } = await fuzzed(new HeadTarget(reader), { inputs: 20_000, seed: 1n });
    assert.ok(failure !== null, "it is found");
    const { bytes } = new HeadTarget().read(failure.minimised);
    assert.ok(bytes.length <= 250, `${bytes.length} bytes are left`);
  });
}

test("ExtensionsTarget finds nothing in the header as it is", async () => {
  assert.is((await fuzzed(new ExtensionsTarget(), { inputs: 5000, seed: 1n })).failure, null);
});

const parse = parseExtensions;

const FAULTY_PARSERS: Readonly<Record<string, ExtensionReader>> = {
  "takes a list for one that ends too early": {
    parse: (header) => parse(header.replace(/;$/, "")),
    negotiate,
  },
  "looks at the whole header every hundred characters": {
    parse: (header) => {
      for (let start = 0; start < header.length; start += 100) {
        for (let at = 0; at < header.length; at++) if (header[at] === "\n") break;
      }
      return parse(header);
    },
    negotiate,
  },
  "has names without case": { parse: (header) => parse(header.toLowerCase()), negotiate },
  "takes the last offer": {
    parse,
    negotiate: (offers, settings) => negotiate([...offers].reverse(), settings),
  },
};

for (const [fault, reader] of Object.entries(FAULTY_PARSERS)) {
  test(`ExtensionsTarget finds a reader that ${fault}`, async () => {
    const { failure } = await fuzzed(new ExtensionsTarget(reader), { inputs: 30_000, seed: 1n });
    assert.ok(failure !== null, "it is found");
  });
}

test("HandshakeTarget finds nothing in a server as it is, and nothing left behind", async () => {
  assert.is((await fuzzed(new HandshakeTarget(), { inputs: 400, seed: 1n })).failure, null);
});

test("HandshakeTarget finds a server that lets any page connect", async () => {
  const target = new HandshakeTarget({ origin: "*" });
  const { failure } = await fuzzed(target, { inputs: 3000, seed: 1n });
  assert.is((failure?.error as Error).message, "whether the answer is a 101");
  assert.match(Buffer.from(target.read(failure?.minimised ?? "").bytes).toString(), /origin:/i);
});

test.run();
