// The negotiation of permessage-deflate: RFC 7692 §5, §7.1. D01 and so on are the clauses.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compressionSettings } from "../../src/message/compression.ts";
import type { CompressionOptions } from "../../src/message/compression.ts";
import { parseExtensions } from "../../src/message/extension.ts";
import { negotiate } from "../../src/message/negotiate.ts";
import { growth } from "../frame/support.ts";

const test = suite("message/negotiate");

function answer(field: string, options: CompressionOptions = {}): string | null {
  return negotiate(parseExtensions(field), compressionSettings(options))?.header ?? null;
}

const PMD = "permessage-deflate";
const ANEW = `${PMD}; server_no_context_takeover; client_no_context_takeover`;
/** All that a server can give. */
const FULL = { contextTakeover: true, windowBits: 15 };

/** Windows that we keep for the client: 12 bits by default. */
const KEPT = { contextTakeover: true, windowBits: { server: 15, client: 12 } };
const SHORT = { contextTakeover: true, windowBits: { server: 11, client: 15 } };
const THEIRS = { contextTakeover: { client: true }, windowBits: 15 };
const ANEW_CLIENT = `${PMD}; client_no_context_takeover`;
const TEN = `${PMD}; server_max_window_bits=10`;

type Case = readonly [clause: string, offer: string, answer: string, options?: CompressionOptions];

const TAKEN: readonly Case[] = [
  ["D21, D22: anew, though not asked for", "", ANEW],
  ["D19, D20", "; server_no_context_takeover", ANEW],
  ["D22: a hint", "; client_no_context_takeover", ANEW],
  ["as it is, RFC 7692 §7.1.1", "", PMD, FULL],
  ["D19", "; server_no_context_takeover", `${PMD}; server_no_context_takeover`, FULL],
  ["D22", "; client_no_context_takeover", `${PMD}; client_no_context_takeover`, FULL],
  ["both", "; client_no_context_takeover; server_no_context_takeover", ANEW, FULL],
  ["ours only", "", `${PMD}; client_no_context_takeover`, { contextTakeover: { server: true } }],
  ["theirs only", "", `${PMD}; server_no_context_takeover`, THEIRS],
  ["D23", "; server_max_window_bits=10", `${PMD}; server_max_window_bits=10`, FULL],
  ["D23: ours", "; server_max_window_bits=15", `${PMD}; server_max_window_bits=11`, SHORT],
  ["D24: nobody asked about ours", "", PMD, SHORT],
  ["D25: bare, and no limit", "; client_max_window_bits", PMD, FULL],
  ["D25: bare", "; client_max_window_bits", `${PMD}; client_max_window_bits=12`, KEPT],
  ["D25: theirs", "; client_max_window_bits=10", `${PMD}; client_max_window_bits=10`, FULL],
  ["D25: ours", "; client_max_window_bits=14", `${PMD}; client_max_window_bits=12`, KEPT],
  ["D25: 15 says nothing", "; client_max_window_bits=15", PMD, FULL],
  ["D26: it cannot be limited, so it must begin anew", "", ANEW_CLIENT, KEPT],
  ["D26: nor can it here, where nothing is kept", "", ANEW, { windowBits: 9 }],
  [
    "all four",
    "; server_no_context_takeover; client_no_context_takeover; " +
      "server_max_window_bits=10; client_max_window_bits=11",
    `${ANEW}; server_max_window_bits=10; client_max_window_bits=11`,
    FULL,
  ],
  ["quoted, §9.1", '; server_max_window_bits="9"', `${PMD}; server_max_window_bits=9`, FULL],
  ["D02", `; foo, ${PMD}; server_max_window_bits=10, ${PMD}`, TEN, FULL],
  ["D02: one answer to an offer that comes twice", `, ${PMD}`, ANEW],
  ["D02: others are passed over", `, foo; bar=1`, ANEW],
  ["D02: invalid, good, invalid", `; a, ${PMD}; server_max_window_bits=10, ${PMD}; b`, TEN, FULL],
  ["RFC 7692 §7.1.3", "; client_max_window_bits; server_max_window_bits=10", TEN, FULL],
  ["RFC 7692 §7.1.3", `; client_max_window_bits; server_max_window_bits=10, ${PMD}`, TEN, FULL],
  ["what a browser offers", "; client_max_window_bits", ANEW],
];

for (const [clause, rest, expected, options] of TAKEN) {
  test(`negotiate() answers ${PMD}${rest} with ${expected} (${clause})`, () => {
    assert.is(answer(PMD + rest, options), expected);
    assert.is(answer(`foo; bar=1, ${PMD}${rest}`, options), expected);
  });
}

test("negotiate() takes 8 to 15 bits from either side, and no window grows (D18, D23, D25)", () => {
  for (let bits = 8; bits <= 15; bits++) {
    for (let ours = 9; ours <= 15; ours++) {
      const options = { contextTakeover: true, windowBits: ours };
      const offer = `${PMD}; server_max_window_bits=${bits}; client_max_window_bits=${bits}`;
      const agreed = Math.min(bits, ours);
      const client = agreed < 15 ? `; client_max_window_bits=${agreed}` : "";
      const expected = `${PMD}; server_max_window_bits=${agreed}${client}`;
      assert.is(answer(offer, options), expected);
    }
  }
});

const BAD_BITS = ["0", "1", "7", "16", "17", "99", "99999", "-1", "-8", "08", "010", "+9", "9.0"]
  .concat(["1e1", "0x9", "a", "8a", "15a", "1_0", "NaN", "99999999999999999999", '"7"', '"016"'])
  .concat(['"1\\6"', "9a", "true"]);

const DECLINED: readonly (readonly [clause: string, parameters: string])[] = [
  ...BAD_BITS.map((bits) => ["D14, A52", `server_max_window_bits=${bits}`] as const),
  ...BAD_BITS.map((bits) => ["D14, A52", `client_max_window_bits=${bits}`] as const),
  ["D14: no value", "server_max_window_bits"],
  ["D14: a value", "server_no_context_takeover=1"],
  ["D14: a value", "client_no_context_takeover=1"],
  ["D14: a value", "server_no_context_takeover=true"],
  ["D14: a quoted value", 'client_no_context_takeover="true"'],
  ["D15", "server_no_context_takeover; server_no_context_takeover"],
  ["D15", "client_no_context_takeover; client_no_context_takeover"],
  ["D15", "server_max_window_bits=10; server_max_window_bits=10"],
  ["D15", "client_max_window_bits; client_max_window_bits"],
  ["D15", "client_max_window_bits; client_max_window_bits=10"],
  ["D15: not next to one another", "client_max_window_bits; foo; client_max_window_bits"],
  ["D13", "x=1"],
  ["D13", "foo"],
  ["D13: behind good ones", "client_max_window_bits; server_no_context_takeover; foo"],
  ["D18: compared exactly", "Server_No_Context_Takeover"],
  ["D18: compared exactly", "CLIENT_MAX_WINDOW_BITS"],
  ["D18: compared exactly", "server_max_window_bit=10"],
  ["D13", "__proto__"],
  ["D13", "constructor=10"],
  ["D13", "hasOwnProperty; toString"],
];

for (const [clause, parameters] of DECLINED) {
  test(`negotiate() declines ${parameters}, and takes the next offer (${clause})`, () => {
    assert.is(answer(`${PMD}; ${parameters}`), null);
    assert.is(answer(`${PMD}; ${parameters}`, FULL), null);
    assert.is(answer(`${PMD}; ${parameters}, ${PMD}`), ANEW);
    assert.is(answer(`${PMD}; ${parameters}, ${PMD}; client_max_window_bits`, FULL), PMD);
  });
}

for (const field of ["", ",", "foo", "permessage-bzip2", "Permessage-Deflate", "permessage", "x"]) {
  test(`negotiate() has no answer to ${JSON.stringify(field)} (D01)`, () => {
    assert.is(answer(field), null);
  });
}

test("negotiate() gives the parameters that its answer says (D03)", () => {
  const offer = `${PMD}; server_max_window_bits=10; client_max_window_bits`;
  const settings = compressionSettings({ contextTakeover: { server: true }, windowBits: 11 });
  const found = negotiate(parseExtensions(offer), settings);
  const windows = "server_max_window_bits=10; client_max_window_bits=11";
  assert.equal(found, {
    header: `${PMD}; client_no_context_takeover; ${windows}`,
    parameters: {
      contextTakeover: { server: true, client: false },
      windowBits: { server: 10, client: 11 },
    },
  });
});

test("negotiate() reads the window of a client that offers no limit as 32 KiB (D24, D26)", () => {
  const settings = compressionSettings({ contextTakeover: true });
  const found = negotiate(parseExtensions(PMD), settings);
  assert.equal(found?.parameters, {
    contextTakeover: { server: true, client: false },
    windowBits: { server: 12, client: 15 },
  });
});

/** What all offers of some parameters must be answered with: read again from RFC 7692 §7.1. */
test("negotiate(): whatever is offered, the answer is one that the client can accept", () => {
  const server = ["", "; server_max_window_bits=8", "; server_max_window_bits=13"];
  const client = ["", "; client_max_window_bits", "; client_max_window_bits=9"];
  const takeover = ["", "; server_no_context_takeover", "; client_no_context_takeover"];
  for (const [s, c, t] of product(server, client, takeover)) {
    for (const [context, bits] of product([true, false], [9, 12, 15])) {
      const offer = `${PMD}${s}${c}${t}`;
      const found = answer(offer, { contextTakeover: context, windowBits: bits }) ?? "";
      const [answered] = parseExtensions(found);
      const value = (name: string): string | null | undefined =>
        answered.parameters.find(([key]) => key === name)?.[1];
      const what = `${offer} -> ${found}`;
      if (t.includes("server_no")) assert.is(value("server_no_context_takeover"), null, what);
      const serverBits = value("server_max_window_bits");
      if (s === "") assert.is(serverBits, undefined, what);
      else assert.ok(Number(serverBits) <= Number(s.split("=")[1]), what);
      const clientBits = value("client_max_window_bits");
      if (c === "") assert.is(clientBits, undefined, what);
      else if (clientBits !== undefined) {
        assert.ok(Number(clientBits) <= Number(c.split("=")[1] ?? 15), what);
      }
    }
  }
});

function* product<T extends readonly (readonly unknown[])[]>(
  ...lists: T
): Generator<{ [K in keyof T]: T[K][number] }> {
  const [first, ...rest] = lists;
  if (first === undefined) return yield [] as never;
  for (const item of first) for (const tail of product(...rest)) yield [item, ...tail] as never;
}

for (const [what, part] of [
  ["offers", `${PMD}; foo,`],
  ["good offers", `${PMD},`],
  ["other extensions", "foo,"],
  ["parameters that repeat", "; client_max_window_bits"],
] as const) {
  test(`negotiate() takes linear time for 64 KiB of ${what}`, () => {
    const half = parseExtensions(PMD + part.repeat((32 * 1024) / part.length));
    const whole = parseExtensions(PMD + part.repeat((64 * 1024) / part.length));
    const settings = compressionSettings();
    const times = growth(
      () => negotiate(half, settings),
      () => negotiate(whole, settings),
    );
    assert.ok(times <= 3, `64 KiB take ${times} times as long as 32 KiB`);
  });
}

test.run();
