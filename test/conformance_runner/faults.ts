// Faults that are planted in a server, and what the runner must find: the clauses that fail, those
// that have a warning, and no other. Some faults break several: who loses an empty text also loses
// the empty message of each table, and without a pong there is none between fragments.

/** No fault at all. */
export const NONE = "none";

const TABLE = [
  // The opening handshake.
  ["S", "accept without the GUID", "S34 S35"],
  ["S", "accept of the untrimmed key", "S35"],
  ["S", "accept twice", "S36"],
  ["S", "any version", "S12"],
  ["S", "the spoken version is not named", "S12"],
  ["S", "version as a number", "S14"],
  ["S", "no version is needed", "S11"],
  ["S", "two versions: the last", "S13"],
  ["S", "two keys: the first", "S10"],
  ["S", "keys are joined", "S09 S10"],
  ["S", "any key", "S09"],
  ["S", "any method", "S03"],
  ["S", "HTTP/1.0", "S04"],
  ["S", "any Host", "S06"],
  ["S", "no absolute target", "S05"],
  ["S", "Upgrade is not looked at", "S07"],
  ["S", "Upgrade contains websocket", "S07"],
  ["S", "Connection is not looked at", "S08"],
  ["S", "Connection contains upgrade", "S08"],
  ["S", "Connection is not read as a list", "S08"],
  ["S", "tokens in one case only", "S01"],
  ["S", "names in one case only", "S01"],
  ["S", "fields in one order", "S22"],
  ["S", "unknown fields are refused", "S21"],
  ["S", "any subprotocol", "S17"],
  ["S", "the whole list as subprotocol", "S28"],
  ["S", "a subprotocol that nobody offered", "S28 S29"],
  ["S", "an empty subprotocol", "S29"],
  ["S", "subprotocol twice", "S30"],
  ["S", "subprotocols of the first line only", "S16"],
  ["S", "any extension header", "S18 S20"],
  ["S", "extensions of the first line only", "S18 S19"],
  ["S", "an extension that nobody offered", "S31"],
  ["S", "status line of HTTP/1.0", "S32"],
  ["S", "no Upgrade in the 101", "S33"],
  ["S", "Connection: keep-alive in the 101", "S33"],
  ["S", "a handshake in several segments is refused", "S37"],
  ["S", "no response to a bad handshake", "S02"],
  ["S", "a refused handshake stays open", "", "S38"],
  // Frames.
  ["B", "unmasked frames are accepted", "B01", "B55"],
  ["B", "frames are sent masked", "B02"],
  ["B", "frames are sent with RSV2", "B03"],
  ["B", "reserved bits are ignored", "B04"],
  ["B", "unknown opcodes are ignored", "B05"],
  ["B", "the top bit of a length is ignored", "B07"],
  ["B", "lengths are sent in 64 bits", "B08"],
  ["B", "long forms of lengths are accepted", "", "B09"],
  ["B", "lengths are read in 32 bits", "B06 B07"],
  ["B", "the key is read backwards", "B10 B11 B31 B33 B38 B53"],
  ["B", "one key for all fragments", "B11"],
  ["B", "control frames end a message", "B13"],
  ["B", "control frames may be fragmented", "B14", "B55"],
  ["B", "control frames may be long", "B21"],
  ["B", "a message may begin within another", "B16"],
  ["B", "a continuation of nothing is text", "B17"],
  ["B", "fragments are text", "B18 B20 B38 B44"],
  ["B", "empty fragments are lost", "B20"],
  ["B", "126 bytes are 125", "B06 B10"],
  ["B", "bytes above 7f are lost", "B10 B18 B38"],
  ["B", "empty text is binary", "B06 B10 B20 B42"],
  ["B", "no limit", "B56"],
  ["B", "messages never end", "B16"],
  // Control frames and closing.
  ["B", "no pong", "B13 B31 B33 B34", "B32"],
  ["B", "a pong of other bytes", "B13 B31 B33 B34", "B32"],
  ["B", "a pong is cut", "B33"],
  ["B", "only the first ping has a pong", "B13 B34"],
  ["B", "a pong is answered", "", "B35"],
  ["B", "a Close of one byte is accepted", "", "B22"],
  ["B", "any close code is accepted", "B51 B52", "B54"],
  ["B", "private close codes are refused", "B53"],
  ["B", "a bad reason comes back", "B23"],
  ["B", "no answer to a Close", "B25"],
  ["B", "each Close is answered with 1000", "", "B25"],
  ["B", "1005 on the wire", "B51"],
  ["B", "a Close is answered twice", "B29"],
  ["B", "data behind the Close", "B24"],
  ["B", "goes on behind a Close", "B24 B29 B30"],
  ["B", "TCP stays open behind a Close", "B28", "B46"],
  ["B", "TCP is reset behind a Close", "", "B45"],
  ["B", "goes on behind a failure", "B24 B29 B49 B50"],
  ["B", "a failure has no Close", "", "B49"],
  ["B", "each failure is 1000", "", "B22 B23 B52 B54 B55"],
  ["B", "TCP stays open behind a failure", "B49"],
  // Text.
  ["T", "any bytes are text", "B36", "B37"],
  ["T", "bad text is repaired", "B36", "B37"],
  ["T", "bad text is found at its end", "", "B37"],
  ["T", "each fragment must be UTF-8", "B19 B36"],
  ["T", "the byte order mark is dropped", "B39"],
  // Compression.
  ["D", "deflate: unknown parameters", "D13"],
  ["D", "deflate: bad values", "D14"],
  ["D", "deflate: a parameter twice", "D15"],
  ["D", "deflate: answers what nobody knows", "D03"],
  ["D", "deflate: no takeover is not answered", "D19"],
  ["D", "deflate: window not answered", "D23"],
  ["D", "deflate: a larger window", "D23"],
  ["D", "deflate: window ignored", "D29"],
  ["D", "deflate: client window unasked", "D26"],
  ["D", "deflate: client window without value", "D25"],
  ["D", "deflate: RSV1 anywhere", "D07"],
  ["D", "deflate: inflated text is not checked", "B36 D09"],
  ["D", "deflate: the tail stays", "D27"],
  ["D", "deflate: context kept though it must not", "D30"],
  ["D", "deflate: no context is kept", "D33"],
  ["D", "deflate: BFINAL is the end", "D36"],
  ["D", "deflate: what is broken is empty", "D38"],
] as const;

/** What few servers do, and each may. The last is no fault of a clause, but past bearing. */
export const ODDITIES = [
  "pings that nobody asked for",
  "pongs that nobody asked for",
  "texts come back in capitals",
] as const;
export const FLOOD = "messages without end";

/** The name of a fault or an oddity, or {@linkcode NONE}. */
export type Fault =
  | (typeof TABLE)[number][1]
  | (typeof ODDITIES)[number]
  | typeof FLOOD
  | typeof NONE;

/**
 * A fault, and the clauses that must be found broken, separated by spaces. The letter tells
 * what is played: the handshake, frames, text, compression.
 */
export type FaultRow = readonly [
  letter: "S" | "B" | "T" | "D",
  fault: Fault,
  fails: string,
  warns?: string,
];

/** All faults. */
export const FAULTS: readonly FaultRow[] = TABLE;
