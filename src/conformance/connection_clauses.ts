// The clauses of frames, messages, control frames and closing: §5 to §8, §10.

import { clause, EVERY_FRAME } from "./clause.ts";
import type { Clause } from "./clause.ts";

/** B01 to B60. */
export const CONNECTION: readonly Clause[] = [
  clause("B01", "5.1", "MUST", "A frame that is not masked ends the connection"),
  clause("B02", "5.1", "MUST", "The server masks no frame", EVERY_FRAME),
  clause("B03", "5.2", "MUST", "The server sets no reserved bit without an extension", EVERY_FRAME),
  clause("B04", "5.2", "MUST", "A reserved bit that nobody has agreed on fails the connection"),
  clause("B05", "5.2", "MUST", "An unknown opcode fails the connection", EVERY_FRAME),
  clause("B06", "5.2", "MUST", "Lengths take 7, 16 or 64 bits"),
  clause("B07", "5.2", "MUST", "The top bit of a 64-bit length is 0"),
  clause("B08", "5.2", "MUST", "The server sends a length in the fewest bytes", EVERY_FRAME),
  clause("B09", "5.2", "SHOULD", "A length that takes more bytes than it needs is a violation"),
  clause("B10", "5.3", "MUST", "Each byte is unmasked with the byte of the key that is due"),
  clause("B11", "6.2", "MUST", "Each fragment is unmasked with its own key"),
  clause("B12", "5.4", "MUST", "Fragments make a message"),
  clause("B13", "5.4", "MUST", "Control frames may come between fragments"),
  clause("B14", "5.5", "MUST", "Control frames are not fragmented", EVERY_FRAME),
  clause("B15", "5.4", "MUST", "Fragments keep their order"),
  clause("B16", "5.4", "MUST", "No message begins within another", EVERY_FRAME),
  clause("B17", "5.4", "MUST", "A continuation continues something", EVERY_FRAME),
  clause("B18", "5.4", "MUST", "Fragments have the type of the first one"),
  clause("B19", "5.4", "MUST", "It means nothing where a message is cut into fragments"),
  clause("B20", "5.4", "MUST", "Fragments may be empty"),
  clause("B21", "5.5", "MUST", "Control frames have at most 125 bytes", EVERY_FRAME),
  clause(
    "B22",
    "5.5.1",
    "MUST",
    "A Close is empty or begins with a code of two bytes",
    EVERY_FRAME,
  ),
  clause("B23", "5.5.1", "MUST", "The reason of a Close is UTF-8", EVERY_FRAME),
  clause("B24", "5.5.1", "MUST", "The server sends no data behind its Close", EVERY_FRAME),
  clause("B25", "5.5.1", "MUST", "A Close is answered with a Close", {
    watched: "in each closing handshake",
  }),
  clause("B26", "5.5.1", "SHOULD", "A Close is answered as soon as is practical", {
    hidden: "How soon is practical depends on what the application does.",
  }),
  clause(
    "B27",
    "5.5.1",
    "CHOICE",
    "The server may first send the message that it is about to send",
    {
      hidden: "Nobody can make a server send a message that takes long.",
    },
  ),
  clause("B28", "7.1.1", "MUST", "The server ends TCP behind both Close frames"),
  clause("B29", "5.5.1", "MUST", "There is one Close of each side", EVERY_FRAME),
  clause("B30", "1.4", "MUST", "What comes behind a Close is ignored"),
  clause("B31", "5.5.2", "MUST", "A ping is answered with a pong"),
  clause("B32", "5.5.2", "SHOULD", "A ping is answered as soon as is practical"),
  clause("B33", "5.5.3", "MUST", "A pong has the bytes of its ping"),
  clause("B34", "5.5.3", "CHOICE", "Of several pings the last must be answered"),
  clause("B35", "5.5.3", "SHOULD", "A pong that nobody asked for is not answered"),
  clause(
    "B36",
    "8.1",
    "MUST",
    "Text is UTF-8, and a character may lie across fragments",
    EVERY_FRAME,
  ),
  clause(
    "B37",
    "8.1",
    "SHOULD",
    "Text that is not UTF-8 fails at once, not at the end of the message",
  ),
  clause("B38", "5.6", "MUST", "Binary messages may have any bytes"),
  clause("B39", "5.6", "MUST", "Text arrives as it was sent, with its byte order mark"),
  clause("B40", "5.8", "MUST", "Extensions are used as agreed on, and not otherwise", {
    hidden: "It is the sum of B03, B04 and D01 to D39, where it is tested.",
  }),
  clause("B41", "6.1", "MUST", "Data is sent while the connection is open, and not otherwise", {
    hidden: "It binds what the server's own program may do.",
  }),
  clause("B42", "6.1", "MUST", "A message has the opcode of its type, and FIN on its last frame"),
  clause("B43", "6.2", "MUST", "It means nothing where TCP cuts the stream"),
  clause("B44", "6.2", "MUST", "Behind a final frame a new message begins"),
  clause("B45", "7.1.1", "SHOULD", "TCP ends with FIN, and what was sent arrives", {
    watched: "at the end of each connection that is closed",
  }),
  clause("B46", "7.1.1", "SHOULD", "The server ends TCP first"),
  clause("B47", "7.1.2", "MUST", "The server's Close has the code and reason of its program", {
    hidden: "Nobody can make the program of a foreign server close.",
  }),
  clause("B48", "7.1.5", "MUST", "The server's program learns code and reason of the first Close", {
    hidden: "Only the program of the server sees them.",
  }),
  clause("B49", "7.1.7", "MUST", "A failed connection ends; a Close says why first (SHOULD)", {
    watched: "in each connection that fails",
  }),
  clause("B50", "7.1.7", "MUST", "Behind a violation nothing is processed", {
    watched: "in each connection that fails",
  }),
  clause("B51", "7.4.1", "MUST", "1005, 1006 and 1015 are never sent", EVERY_FRAME),
  clause("B52", "7.4.1", "SHOULD", "A code that nobody has defined is a violation", EVERY_FRAME),
  clause("B53", "7.4.1", "MUST", "Codes that are defined are accepted"),
  clause("B54", "7.4.2", "SHOULD", "Codes from 5000 on are not defined", EVERY_FRAME),
  clause("B55", "7.4.1", "SHOULD", "The code of a Close says what was wrong", {
    watched: "in each connection that fails",
  }),
  clause("B56", "10.4", "MUST", "The size of frames and messages has a limit, which is kept"),
  clause("B57", "10.6", "MUST", "TLS is spoken"),
  clause("B58", "10.7", "MUST", "Whatever comes, the server goes on", {
    watched: "at the begin of each connection",
  }),
  clause("B59", "7.3", "CHOICE", "The server may close whenever it wants", {
    hidden: "It may, or may not.",
  }),
  clause("B60", "5.2", "MUST", "Without an extension there is no extension data"),
];
