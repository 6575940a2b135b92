// The clauses of the opening handshake: §4, §9.1, §11.3.

import { clause, EVERY_101 } from "./clause.ts";
import type { Clause } from "./clause.ts";

/** S01 to S38. */
export const HANDSHAKE: readonly Clause[] = [
  clause("S01", "4.2.1", "MUST", "Names of fields and their tokens are compared in any case"),
  clause("S02", "4.2.1", "MUST", "A handshake that is malformed is answered with an HTTP error", {
    watched: "in each answer to a bad handshake",
  }),
  clause("S03", "4.2.1", "MUST", "The method is GET"),
  clause("S04", "4.2.1", "MUST", "The version of HTTP is 1.1 at least"),
  clause("S05", "4.2.1", "MUST", "The target is a path, or an absolute HTTP URL"),
  clause("S06", "4.2.1", "MUST", "There is a Host, and one only"),
  clause("S07", "4.2.1", "MUST", "Upgrade has the value websocket"),
  clause("S08", "4.2.1", "MUST", "Connection has the token upgrade"),
  clause("S09", "4.2.1", "MUST", "The key is the base64 of 16 bytes"),
  clause("S10", "11.3.1", "MUST", "The key comes once"),
  clause("S11", "4.2.1", "MUST", "The version is there"),
  clause(
    "S12",
    "4.4",
    "MUST",
    "A version that is not spoken is refused, and the spoken ones named",
  ),
  clause("S13", "11.3.5", "MUST", "The version comes once"),
  clause("S14", "4.3", "MUST", "The version is a number from 0 to 255 without leading zeros"),
  clause("S15", "4.2.1", "SHOULD", "A client without Origin is no browser, and welcome"),
  clause("S16", "11.3.4", "MUST", "Several lines of subprotocols are one list"),
  clause("S17", "4.3", "MUST", "Subprotocols are a list of tokens, not empty"),
  clause("S18", "9.1", "MUST", "A malformed list of extensions fails the handshake at once"),
  clause("S19", "9.1", "MUST", "Several lines of extensions are one list"),
  clause("S20", "9.1", "MUST", "A quoted value is a token once its quotes are gone"),
  clause("S21", "4.2.1", "MUST", "Fields that nobody knows are ignored"),
  clause("S22", "4.2.1", "MUST", "The order of the fields means nothing"),
  clause("S23", "4.2.2", "MUST", "With wss everything runs inside TLS"),
  clause("S24", "4.2.2", "CHOICE", "The server may want the client to log in: 401", {
    hidden: "Only the server knows for which requests it would.",
  }),
  clause("S25", "4.2.2", "CHOICE", "The server may redirect the client: 3xx", {
    hidden: "Only the server knows for which requests it would.",
  }),
  clause("S26", "10.2", "MUST", "An unwanted origin is answered with an HTTP error"),
  clause("S27", "4.2.2", "MUST", "A resource that is not served is answered with an HTTP error"),
  clause("S28", "4.2.2", "MUST", "The chosen subprotocol is one of those offered", EVERY_101),
  clause("S29", "4.2.2", "MUST", "Without a common subprotocol the field is left out", EVERY_101),
  clause("S30", "11.3.4", "MUST", "An answer has at most one line of subprotocol", EVERY_101),
  clause("S31", "4.2.2", "MUST", "No extension is accepted that was not offered", EVERY_101),
  clause("S32", "4.2.2", "MUST", "The answer is HTTP/1.1 with status 101", EVERY_101),
  clause(
    "S33",
    "4.2.2",
    "MUST",
    "The answer has Upgrade: websocket and Connection: Upgrade",
    EVERY_101,
  ),
  clause(
    "S34",
    "4.2.2",
    "MUST",
    "Accept is the base64 of SHA-1 of the key and the GUID",
    EVERY_101,
  ),
  clause("S35", "4.2.2", "MUST", "White space around the key is not of the key", EVERY_101),
  clause("S36", "11.3.3", "MUST", "Accept comes once", EVERY_101),
  clause(
    "S37",
    "4.2.2",
    "MUST",
    "Behind the 101 the connection is open, however TCP cut the handshake",
  ),
  clause("S38", "7.2.2", "SHOULD", "The connection ends behind a handshake that was refused"),
];
