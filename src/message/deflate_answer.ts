// What a server's answer to an offer of permessage-deflate has agreed on: RFC 7692 §7.1. The
// client's side of negotiate.ts, where the table of parameters is.
//
// Where an offer with a parameter too many is declined, such an answer fails the connection: the
// server uses already what it says (RFC 7692 §7.1.1, §7.1.2).

import { WINDOW_BITS_MAX } from "./compression.ts";
import { parseExtensions } from "./extension.ts";
import type { Extension } from "./extension.ts";
import { BITS, DEFLATE_NAME } from "./negotiate.ts";
import type { DeflateParameters } from "./negotiate.ts";

/** What a client offers that takes all that there is. */
export const DEFLATE_OFFER: string = `${DEFLATE_NAME}; client_max_window_bits`;

/**
 * Reads the accepted extension, which is permessage-deflate.
 *
 * @param offer The value of Sec-WebSocket-Extensions in the request: whether the client may be
 * limited is its to say.
 * @throws {SyntaxError} When it has a parameter that an answer may not have, or one twice, or with
 * a value out of its range.
 */
export function readDeflateAnswer({ parameters }: Extension, offer: string): DeflateParameters {
  const contextTakeover = { server: true, client: true };
  const windowBits = { server: WINDOW_BITS_MAX, client: WINDOW_BITS_MAX };
  const seen = new Set<string>();
  for (const [name, value] of parameters) {
    if (seen.has(name)) throw refusal(`${name} comes twice`, "§7.1");
    seen.add(name);
    switch (name) {
      case "server_no_context_takeover":
      case "client_no_context_takeover":
        if (value !== null) throw refusal(`${name} has a value, must have none`, "§7.1.1");
        contextTakeover[sideOf(name)] = false;
        break;
      case "server_max_window_bits":
      case "client_max_window_bits":
        if (value === null || !BITS.test(value)) {
          throw refusal(`${name} is ${value ?? "without a value"}, must be 8 to 15`, "§7.1.2");
        }
        if (sideOf(name) === "client" && !mayLimitClient(offer)) {
          throw refusal(`${name} was not offered`, "§7.1.2.2");
        }
        windowBits[sideOf(name)] = Number(value);
        break;
      default:
        throw refusal(`found the parameter ${name}, which it has not got`, "§7.1");
    }
  }
  return { contextTakeover, windowBits };
}

function sideOf(parameter: string): "server" | "client" {
  return parameter.startsWith("server") ? "server" : "client";
}

function mayLimitClient(offer: string): boolean {
  return parseExtensions(offer).some(
    ({ name, parameters }) =>
      name === DEFLATE_NAME && parameters.some(([each]) => each === "client_max_window_bits"),
  );
}

function refusal(what: string, section: string): SyntaxError {
  return new SyntaxError(`Cannot accept ${DEFLATE_NAME}: ${what} (RFC 7692 ${section})`);
}
