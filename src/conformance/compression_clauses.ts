// The clauses of permessage-deflate: RFC 7692.

import { clause, EVERY_101, EVERY_FRAME } from "./clause.ts";
import type { Clause, More } from "./clause.ts";

const CLIENT: More = { hidden: "It binds the client." };

const deflate = (
  id: string,
  section: string,
  level: Clause["level"],
  text: string,
  more?: More,
): Clause => clause(id, `RFC 7692 §${section}`, level, text, more);

/** D01 to D40. */
export const COMPRESSION: readonly Clause[] = [
  deflate("D01", "5", "MUST", "Compression is used where it was offered and accepted only"),
  deflate("D02", "5.1", "SHOULD", "The first offer that can be granted is; no other", EVERY_101),
  deflate("D03", "5.1", "MUST", "The answer says what is used, in known parameters", EVERY_101),
  deflate("D04", "5.1", "MUST", "An answer that cannot be used fails the connection", CLIENT),
  deflate("D05", "5.1", "MUST", "No other extension that uses RSV1 is accepted beside it", {
    hidden: "No foreign server is known to have such another extension.",
  }),
  deflate("D06", "6", "MUST", "RSV1 on the first frame says that a message is compressed"),
  deflate("D07", "6.1", "MUST", "RSV1 is on first frames only", EVERY_FRAME),
  deflate("D08", "6.1", "MUST", "Compression leaves the opcode as it is"),
  deflate("D09", "6.1", "MUST", "The inflated text is UTF-8, the compressed bytes need not be"),
  deflate("D10", "6.1", "MUST", "Messages may be sent uncompressed"),
  deflate("D11", "6.2", "MUST", "All fragments together are inflated"),
  deflate("D12", "6", "MUST", "Control frames between compressed fragments are not compressed"),
  deflate("D13", "7", "MUST", "An offer with an unknown parameter is declined"),
  deflate("D14", "7", "MUST", "An offer with a bad value is declined"),
  deflate("D15", "7", "MUST", "An offer with a parameter that comes twice is declined"),
  deflate("D16", "7", "MUST", "An offer that the server cannot grant is declined", {
    hidden: "Only the server knows what it cannot grant; what it grants is tested: D23, D29.",
  }),
  deflate("D17", "7", "MUST", "An answer with bad parameters fails the connection", CLIENT),
  deflate("D18", "7.1", "CHOICE", "Names are compared exactly"),
  deflate("D19", "7.1.1.1", "MUST", "To accept server_no_context_takeover is to answer with it"),
  deflate("D20", "7.1.1.1", "SHOULD", "server_no_context_takeover is supported", {
    hidden: "What D19 tells: a server may decline any offer.",
  }),
  deflate("D21", "7.1.1.1", "CHOICE", "server_no_context_takeover may come unasked", {
    hidden: "It may, or may not: the report shows the answer.",
  }),
  deflate("D22", "7.1.1.2", "CHOICE", "client_no_context_takeover may be demanded", {
    hidden: "It may, or may not: the report shows the answer.",
  }),
  deflate("D23", "7.1.2.1", "MUST", "server_max_window_bits is answered with no more", EVERY_101),
  deflate("D24", "7.1.2.1", "MUST", "Without it the server may use 32 KiB"),
  deflate("D25", "7.1.2.2", "MUST", "client_max_window_bits has a value in an answer", EVERY_101),
  deflate(
    "D26",
    "7.1.2.2",
    "MUST",
    "client_max_window_bits is answered where offered only",
    EVERY_101,
  ),
  deflate(
    "D27",
    "7.2.1",
    "MUST",
    "A message is DEFLATE without its last octets 00 00 ff ff",
    EVERY_FRAME,
  ),
  deflate("D28", "7.2.1", "MUST", "Fragments that are not the last keep their octets", {
    hidden: "Where a server fragments, D27 sees it: it inflates whole messages.",
  }),
  deflate("D29", "7.2.1", "MUST", "The server refers back within its window only", EVERY_FRAME),
  deflate(
    "D30",
    "7.2.1",
    "MUST",
    "Where nothing is taken over each message stands alone",
    EVERY_FRAME,
  ),
  deflate("D31", "7.2.1", "MUST", "The client takes nothing over where it has said so", CLIENT),
  deflate("D32", "7.2.2", "MUST", "The last octets are appended, and the message inflated"),
  deflate("D33", "7.2.2", "MUST", "Where context is taken over, the window is kept"),
  deflate("D34", "7.2.2", "MUST", "References over the whole window are understood"),
  deflate("D35", "7.2.3.4", "MUST", "Stored blocks, BFINAL and several blocks are understood"),
  deflate("D36", "7.2.3.4", "MUST", "Behind a message with BFINAL the next one is understood"),
  deflate("D37", "7.2.3.6", "MUST", "An empty message is one octet"),
  deflate("D38", "7.2.2", "MUST", "What is no DEFLATE fails the connection"),
  clause("D39", "10.4", "MUST", "Limits hold for the inflated message"),
  deflate("D40", "8", "SHOULD", "Secrets and texts of an attacker share no context", {
    hidden: "Only the program of the server knows what is secret.",
  }),
];
