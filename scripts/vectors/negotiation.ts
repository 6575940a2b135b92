// The negotiation of permessage-deflate: RFC 7692 §5, RFC 7692 §7.1. A server that takes as much as
// both sides want; the README of the vectors says what that is.
// Over 250 lines: tables, to be read on their own.

import { rfc7692 } from "./vector.ts";
import type { Vector, VectorFile } from "./vector.ts";

/** What a server may do at most, and what it will keep for its client. */
interface Server {
  readonly contextTakeover: Sides<boolean>;
  readonly windowBits: Sides<number>;
}

interface Sides<T> {
  readonly server: T;
  readonly client: T;
}

const sides = <T>(server: T, client: T): Sides<T> => ({ server, client });

/** It gives all that there is. */
const FULL: Server = { contextTakeover: sides(true, true), windowBits: sides(15, 15) };
/** It keeps nothing from message to message. */
const ANEW: Server = { contextTakeover: sides(false, false), windowBits: sides(15, 15) };
/** It keeps 4 KiB for its client. */
const KEPT: Server = { contextTakeover: sides(true, true), windowBits: sides(15, 12) };
/** It refers back by 2 KiB. */
const SHORT: Server = { contextTakeover: sides(true, true), windowBits: sides(11, 15) };
const OURS: Server = { contextTakeover: sides(true, false), windowBits: sides(15, 15) };
const THEIRS: Server = { contextTakeover: sides(false, true), windowBits: sides(15, 15) };

const PMD = "permessage-deflate";
const SERVER_NO = "server_no_context_takeover";
const CLIENT_NO = "client_no_context_takeover";
const BOTH_NO = `${SERVER_NO}; ${CLIENT_NO}`;
const SERVER_BITS = "server_max_window_bits";
const CLIENT_BITS = "client_max_window_bits";

/** What is agreed on: takeover and window, of the server and of the client. */
type Agreed = readonly [server: boolean, client: boolean, serverBits: number, clientBits: number];

/** `rest` stands behind "permessage-deflate" in the offer, `answer` in the response. */
function takes(
  what: string,
  section: string,
  rest: string,
  server: Server,
  answer: string,
  agreed: Agreed,
  offer = 0,
  header = join(rest),
): Vector {
  const parameters = {
    contextTakeover: sides(agreed[0], agreed[1]),
    windowBits: sides(agreed[2], agreed[3]),
  };
  const expect = { accepted: true, offer, response: join(answer), parameters };
  return { what, section: rfc7692(section), server, header, expect };
}

function declines(what: string, section: string, header: string, server: Server = FULL): Vector {
  return { what, section: rfc7692(section), server, header, expect: { accepted: false } };
}

function join(rest: string): string {
  return rest === "" ? PMD : `${PMD}; ${rest}`;
}

const FULLY: Agreed = [true, true, 15, 15];
const NOTHING_KEPT: Agreed = [false, false, 15, 15];

const PLAIN: readonly Vector[] = [
  takes("The bare offer.", "7.1", "", FULL, "", FULLY),
  takes(
    "The bare offer, to a server that keeps nothing.",
    "7.1.1",
    "",
    ANEW,
    BOTH_NO,
    NOTHING_KEPT,
  ),
  takes("The offer of a browser.", "7.1.2.2", CLIENT_BITS, FULL, "", FULLY),
  takes(
    "The offer of a browser, to a server that keeps nothing.",
    "7.1.2.2",
    CLIENT_BITS,
    ANEW,
    BOTH_NO,
    NOTHING_KEPT,
  ),
];

const TAKEOVER: readonly Vector[] = [
  takes("The client wants the server to begin anew.", "7.1.1.1", SERVER_NO, FULL, SERVER_NO, [
    false,
    true,
    15,
    15,
  ]),
  takes("The client will begin anew itself.", "7.1.1.2", CLIENT_NO, FULL, CLIENT_NO, [
    true,
    false,
    15,
    15,
  ]),
  takes("Both shall begin anew.", "7.1.1", BOTH_NO, FULL, BOTH_NO, NOTHING_KEPT),
  takes(
    "The same the other way round.",
    "7.1",
    `${CLIENT_NO}; ${SERVER_NO}`,
    FULL,
    BOTH_NO,
    NOTHING_KEPT,
  ),
  takes("The server wants its client to begin anew.", "7.1.1.2", "", OURS, CLIENT_NO, [
    true,
    false,
    15,
    15,
  ]),
  takes("The server begins anew, though nobody asked.", "7.1.1.1", "", THEIRS, SERVER_NO, [
    false,
    true,
    15,
    15,
  ]),
  takes(
    "The client begins anew, and so does the server.",
    "7.1.1",
    CLIENT_NO,
    THEIRS,
    BOTH_NO,
    NOTHING_KEPT,
  ),
  takes(
    "The client asks for what the server wants anyway.",
    "7.1.1.1",
    SERVER_NO,
    ANEW,
    BOTH_NO,
    NOTHING_KEPT,
  ),
];

const BITS = [8, 9, 10, 11, 12, 13, 14, 15];

const WINDOWS: readonly Vector[] = [
  ...BITS.map((bits) =>
    takes(
      `The server may refer back by ${bits} bits.`,
      "7.1.2.1",
      `${SERVER_BITS}=${bits}`,
      FULL,
      `${SERVER_BITS}=${bits}`,
      [true, true, bits, 15],
    ),
  ),
  ...BITS.map((bits) =>
    takes(
      `The client refers back by ${bits} bits at most, and may be limited.`,
      "7.1.2.2",
      `${CLIENT_BITS}=${bits}`,
      FULL,
      bits === 15 ? "" : `${CLIENT_BITS}=${bits}`,
      [true, true, 15, bits],
    ),
  ),
  takes(
    "The server's own window is smaller than what the client allows.",
    "7.1.2.1",
    `${SERVER_BITS}=13`,
    SHORT,
    `${SERVER_BITS}=11`,
    [true, true, 11, 15],
  ),
  takes(
    "The server's own window is larger than what the client allows.",
    "7.1.2.1",
    `${SERVER_BITS}=9`,
    SHORT,
    `${SERVER_BITS}=9`,
    [true, true, 9, 15],
  ),
  takes("Nobody asked for the server's window, so it is not said.", "7.1.2.1", "", SHORT, "", [
    true,
    true,
    11,
    15,
  ]),
  takes(
    "The server limits a client that can be limited.",
    "7.1.2.2",
    CLIENT_BITS,
    KEPT,
    `${CLIENT_BITS}=12`,
    [true, true, 15, 12],
  ),
  takes(
    "The server limits a client further than it limits itself.",
    "7.1.2.2",
    `${CLIENT_BITS}=14`,
    KEPT,
    `${CLIENT_BITS}=12`,
    [true, true, 15, 12],
  ),
  takes(
    "The client limits itself further than the server would.",
    "7.1.2.2",
    `${CLIENT_BITS}=10`,
    KEPT,
    `${CLIENT_BITS}=10`,
    [true, true, 15, 10],
  ),
  takes(
    "A client that cannot be limited must not be: it begins anew instead.",
    "7.1.2.2",
    "",
    KEPT,
    CLIENT_NO,
    [true, false, 15, 15],
  ),
  takes(
    "Both windows at once.",
    "7.1.2",
    `${SERVER_BITS}=10; ${CLIENT_BITS}=11`,
    FULL,
    `${SERVER_BITS}=10; ${CLIENT_BITS}=11`,
    [true, true, 10, 11],
  ),
  takes(
    "All four parameters.",
    "7.1",
    `${CLIENT_BITS}=11; ${SERVER_BITS}=10; ${CLIENT_NO}; ${SERVER_NO}`,
    FULL,
    `${BOTH_NO}; ${SERVER_BITS}=10; ${CLIENT_BITS}=11`,
    [false, false, 10, 11],
  ),
  takes("A quoted window.", "7.1.2.1", `${SERVER_BITS}="9"`, FULL, `${SERVER_BITS}=9`, [
    true,
    true,
    9,
    15,
  ]),
];

/** Several offers: the first that is valid is taken. */
function several(
  what: string,
  section: string,
  header: string,
  offer: number,
  answer = "",
): Vector {
  const agreed: Agreed = answer === "" ? FULLY : [true, true, 10, 15];
  return takes(what, section, "", FULL, answer, agreed, offer, header);
}

const TEN = `${SERVER_BITS}=10`;

const SEVERAL: readonly Vector[] = [
  several("The first of two is taken.", "5.1", `${PMD}; ${TEN}, ${PMD}`, 0, TEN),
  several("The same offer twice gets one answer.", "5.1", `${PMD}, ${PMD}`, 0),
  several("An unknown extension is passed over.", "5.1", `foo; bar=1, ${PMD}`, 1),
  several("An offer with an unknown parameter is passed over.", "7", `${PMD}; foo, ${PMD}`, 1),
  several(
    "An offer with a bad window is passed over.",
    "7.1.2.1",
    `${PMD}; ${SERVER_BITS}=16, ${PMD}; ${TEN}, ${PMD}`,
    1,
    TEN,
  ),
  several(
    "The fallback of the example: the second offer is not needed.",
    "7.1.3",
    `${PMD}; ${CLIENT_BITS}; ${TEN}, ${PMD}; ${CLIENT_BITS}`,
    0,
    TEN,
  ),
  several(
    "Of three offers the last is valid.",
    "7",
    `${PMD}; ${SERVER_NO}; ${SERVER_NO}, ${PMD}; ${CLIENT_BITS}=7, ${PMD}`,
    2,
  ),
];

const BAD_BITS: readonly (readonly [value: string, why: string])[] = [
  ["7", "below the least"],
  ["16", "above the most"],
  ["0", "zero"],
  ["08", "a leading zero"],
  ["-8", "a sign"],
  ["+9", "a sign"],
  ["9.0", "a fraction"],
  ["1e1", "an exponent"],
  ["0x9", "a prefix"],
  ["8a", "a letter behind"],
  ["a", "a letter"],
  ["99999999999999999999", "more than any integer"],
  ['"016"', "a leading zero in quotes"],
];

const NAMES = [SERVER_NO, CLIENT_NO, SERVER_BITS, CLIENT_BITS];

const DECLINED: readonly Vector[] = [
  ...[SERVER_BITS, CLIENT_BITS].flatMap((name) =>
    BAD_BITS.map(([value, why]) =>
      declines(
        `${name}=${value}: ${why}.`,
        name === SERVER_BITS ? "7.1.2.1" : "7.1.2.2",
        `${PMD}; ${name}=${value}`,
      ),
    ),
  ),
  declines("The server's window without a value.", "7.1.2.1", `${PMD}; ${SERVER_BITS}`),
  ...[SERVER_NO, CLIENT_NO].flatMap((name) => [
    declines(`${name} with a value.`, "7.1.1", `${PMD}; ${name}=1`),
    declines(`${name} with the value true.`, "7.1.1", `${PMD}; ${name}=true`),
  ]),
  ...NAMES.map((name) => {
    const once = name === SERVER_BITS ? `${name}=10` : name;
    return declines(`${name} twice.`, "7", `${PMD}; ${once}; ${once}`);
  }),
  declines(
    "The client's window twice, once with a value.",
    "7",
    `${PMD}; ${CLIENT_BITS}; ${CLIENT_BITS}=10`,
  ),
  declines("A parameter that nobody knows.", "7", `${PMD}; foo`),
  declines("A parameter that nobody knows, with a value.", "7", `${PMD}; foo=1`),
  declines("A parameter that nobody knows behind good ones.", "7", `${PMD}; ${BOTH_NO}; foo`),
  declines("A parameter in another case.", "7.1", `${PMD}; Server_No_Context_Takeover`),
  declines("A parameter that objects of JavaScript have.", "7", `${PMD}; __proto__`),
  declines("The extension in another case.", "7", "Permessage-Deflate"),
  declines("Another extension.", "5.1", "permessage-bzip2"),
  declines("The beginning of its name.", "5.1", "permessage"),
  declines("Nothing.", "5.1", ""),
  declines("Two bad offers.", "7", `${PMD}; foo, ${PMD}; ${SERVER_BITS}=99`),
];

export const negotiation: VectorFile = {
  name: "negotiation",
  kind: "negotiation",
  about: "Offers of permessage-deflate to a server with given wishes, and its answer.",
  vectors: [...PLAIN, ...TAKEOVER, ...WINDOWS, ...SEVERAL, ...DECLINED],
};
