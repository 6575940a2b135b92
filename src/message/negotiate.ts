// Which offer of permessage-deflate is taken, and what the answer says: RFC 7692 §5, §7.1.
//
//   parameter                     in the offer, it says          in the answer, it says
//   server_no_context_takeover    you must not                   I will not
//   client_no_context_takeover    I will not                     you must not
//   server_max_window_bits=8-15   refer at most so far back      I refer at most so far back
//   client_max_window_bits        you may limit me, and          refer at most so far back; only
//                    [=8-15]      I stay below this anyway       if it was offered
//
// An offer with anything else in it is declined, never failed: the next one may do, or the
// connection works without (RFC 7692 §7). An answer that the client cannot accept would end it.
//
// Pure, and one pass over what was offered. No object is ever keyed with what came.

import { WINDOW_BITS_MAX } from "./compression.ts";
import type { CompressionSettings } from "./compression.ts";
import type { Extension } from "./extension.ts";

/** What both sides have agreed on: RFC 7692 §7.1. */
export interface DeflateParameters {
  /** Whether a side may refer to its earlier messages. */
  readonly contextTakeover: { readonly server: boolean; readonly client: boolean };
  /** How far back a side may refer at most, as a power of two: 8 to 15. */
  readonly windowBits: { readonly server: number; readonly client: number };
}

/** The offer that was taken. */
export interface Negotiated {
  readonly parameters: DeflateParameters;
  /** The value of Sec-WebSocket-Extensions for the answer. */
  readonly header: string;
}

/** What one valid offer says. */
interface Offer {
  serverNoContextTakeover: boolean;
  clientNoContextTakeover: boolean;
  /** The largest that the client takes. */
  serverMaxWindowBits: number | null;
  /** The largest that the client uses; `null`: it cannot be limited. */
  clientMaxWindowBits: number | null;
}

/** The name of the extension: RFC 7692 §7. */
export const DEFLATE_NAME = "permessage-deflate";

/** RFC 7692 §7.1 [D18]: decimal, no leading zero. A number parser would take "0x9" and "9e0". */
export const BITS: RegExp = /^(?:[89]|1[0-5])$/;

/**
 * The first offer, in the client's order, that can be taken; `null` declines them all. There is one
 * answer at most, even to an offer that comes twice: RFC 7692 §5.1 [D05].
 */
export function negotiate(
  offers: readonly Extension[],
  settings: CompressionSettings,
): Negotiated | null {
  for (const { name, parameters } of offers) {
    const offer = name === DEFLATE_NAME ? readOffer(parameters) : null; // RFC 7692 §7 [D01]
    if (offer !== null) return accept(offer, settings); // RFC 7692 §5.1 [D02]
  }
  return null;
}

/** The offer with these parameters; `null` declines it. */
function readOffer(parameters: Extension["parameters"]): Offer | null {
  const offer: Offer = {
    serverNoContextTakeover: false,
    clientNoContextTakeover: false,
    serverMaxWindowBits: null,
    clientMaxWindowBits: null,
  };
  const seen = new Set<string>();
  for (const [name, value] of parameters) {
    // RFC 7692 §7 [D15]
    if (seen.has(name) || !readParameter(offer, name, value)) return null;
    seen.add(name);
  }
  return offer;
}

/** Whether the parameter is one that an offer may have, with a value that it may have. */
function readParameter(offer: Offer, name: string, value: string | null): boolean {
  switch (name) { // RFC 7692 §7.1 [D18]
    case "server_no_context_takeover":
      offer.serverNoContextTakeover = true;
      return value === null; // RFC 7692 §7 [D14]
    case "client_no_context_takeover":
      offer.clientNoContextTakeover = true;
      return value === null; // RFC 7692 §7 [D14]
    case "server_max_window_bits":
      offer.serverMaxWindowBits = Number(value);
      return value !== null && BITS.test(value); // RFC 7692 §7 [D14, D16]
    case "client_max_window_bits":
      offer.clientMaxWindowBits = value === null ? WINDOW_BITS_MAX : Number(value);
      return value === null || BITS.test(value); // RFC 7692 §7 [D14, D16], RFC 7692 §7.1.2.2 [D25]
    default:
      return false; // RFC 7692 §7 [D13]
  }
}

/**
 * The answer: as much as both sides want. It never has a parameter that the client did not expect,
 * but for the two that any client has to obey: RFC 7692 §7.1.1.
 */
function accept(offer: Offer, settings: CompressionSettings): Negotiated {
  const { serverMaxWindowBits, clientMaxWindowBits } = offer;
  // RFC 7692 §7.1.2.1 [D23, D24]
  const server = Math.min(serverMaxWindowBits ?? WINDOW_BITS_MAX, settings.windowBits.server);
  // RFC 7692 §7.1.2.2 [D26]: who has not offered it is not limited.
  const client =
    clientMaxWindowBits === null
      ? WINDOW_BITS_MAX
      : Math.min(clientMaxWindowBits, settings.windowBits.client);
  // A client that cannot be limited would make us keep more for it than we are willing to.
  const isBounded = client <= settings.windowBits.client;
  const contextTakeover = {
    // RFC 7692 §7.1.1.1 [D19, D20]
    server: settings.contextTakeover.server && !offer.serverNoContextTakeover,
    client: settings.contextTakeover.client && !offer.clientNoContextTakeover && isBounded,
  };
  const answer = [DEFLATE_NAME];
  // RFC 7692 §7.1.1.1 [D19, D21]: asked to or not.
  if (!contextTakeover.server) answer.push("server_no_context_takeover");
  // RFC 7692 §7.1.1.2 [D22]
  if (!contextTakeover.client) answer.push("client_no_context_takeover");
  if (serverMaxWindowBits !== null) answer.push(`server_max_window_bits=${server}`);
  // RFC 7692 §7.1.2.2 [D25]
  if (client < WINDOW_BITS_MAX) answer.push(`client_max_window_bits=${client}`);
  // RFC 7692 §5.1 [D03]: both say the same.
  return {
    parameters: { contextTakeover, windowBits: { server, client } },
    header: answer.join("; "),
  };
}
