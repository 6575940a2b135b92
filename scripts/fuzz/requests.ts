// Requests, drawn: an opening handshake that is sound, of which some lines are then otherwise, or
// twice, or not there; and at times bytes that nobody meant.

import type { Random } from "../../src/testing/random.ts";
import { drawOffers } from "./offers.ts";

/** What a client sends before there is a connection. */
export interface Request {
  readonly bytes: Uint8Array;
  /** Where TCP cuts. */
  readonly cuts: readonly number[];
  /** Whether FIN comes behind it. Else the client waits for an answer, and resets. */
  readonly halfCloses: boolean;
}

type Line = [name: string, value: string];

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";

const REQUEST_LINES = ["POST / HTTP/1.1", "get / HTTP/1.1", "GET  / HTTP/1.1", "GET / HTTP/1.0"]
  .concat(["GET / HTTP/1.2", "GET / HTTP/2.0", "GET http://h/ HTTP/1.1", "GET * HTTP/1.1", "GET /"])
  .concat(["GET / HTTP/1.1 ", "", "CONNECT h:80 HTTP/1.1", "GET //evil/x HTTP/1.1", "GET h"])
  .concat(["GET /a#b HTTP/1.1", "GET /\x80 HTTP/1.1", "PRI * HTTP/2.0", "GET\t/\tHTTP/1.1"])
  .concat(["GET /a b HTTP/1.1", "OPTIONS * HTTP/1.1", "GET /%zz?x=%00 HTTP/1.1", "GET / HTTP/01.1"])
  .concat(["GET http://evil/ HTTP/1.1", "GET /\\ HTTP/1.1", "PUT / HTTP/1.1", "GET / http/1.1"]);

/** Of each field what may be there, and what may not. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  Host: ["h", "example.com", "EXAMPLE.com:8080", "127.0.0.1:80", "[::1]", "[::1]:8080", "h:", "h_x"]
    .concat(["", "h:99999", "a b", "h/x", "u@h", "[::1", "h,h", "h:80x", "%00", "h#", "\x80"])
    .concat(["h:080", "1.2.3", "0x7f.1", "999.1.1.1", "[1]", "h.", "xn--a", "h:000080", "a%41"]),
  Upgrade: ["websocket", "WebSocket", "foo, websocket", ",websocket ,x", "WEBSOCKET", "", "h2c"]
    .concat(["websockets", "websocket/13", "web socket", "websocket;x", "\x80websocket"]),
  Connection: ["Upgrade", "upgrade", "keep-alive, Upgrade", "Upgrade,close", ",, upgrade\t,", ""]
    .concat(["keep-alive", "upgraded", "Up grade", "upgrade;q=1", "close", '"upgrade"']),
  "Sec-WebSocket-Key": [KEY, "AAAAAAAAAAAAAAAAAAAAAA==", "//////////////////////==", "", "AAAA"]
    .concat([KEY.slice(0, -1), `${KEY}=`, "AAAAAAAAAAAAAAAAAAAAAAA=", "AAAAAAAAAAA-AAAAAAAAAA=="])
    .concat(["AAAAAAAAAAA AAAAAAAAAA==", `${KEY}, ${KEY}`, "AAAAAAAAAAAAAAAAAAAAA\x80=="]),
  "Sec-WebSocket-Version": ["13", "13", "8", "12", "14", "013", "13.0", "0x0D", "1.3e1", "255"]
    .concat(["256", "13, 8", "-13", "13;", "", "+13", "0", "00"]),
  Origin: ["http://h", "HTTP://H", "https://h", "http://h:80", "null", "http://evil", ""]
    .concat(["http://h/", "file://", "http://h:8080", "http://h h", "http://u@h", "app://h"])
    .concat(["http://[::1]"]),
  "Sec-WebSocket-Protocol": ["chat", "chat, superchat", "chat,Chat", "chat,chat", "", ",", "a b"]
    .concat(["ch@t", "x\x80", ",a,", "__proto__"]),
  "Content-Length": ["0", "5", "00", "-1", "+0", "0, 0", "0x0", "", "1000000000000000000000"],
  "Transfer-Encoding": ["chunked", "identity", "", "gzip, chunked", "\x0bchunked"],
  Expect: ["100-continue", ""],
  "X-Other": ["a", "", "\t", "\x80\xff", "a\0b", "a\rb", "a\nb", "a\x7fb", "a\x0bb"],
};
const NAMES = Object.keys(VALUES);
const NO_NAMES = ["", "Host ", "Ho st", "\x80", "Upgrade\t", "Sec-WebSocket-Key\0", " X", "(x)"];
const SPACES = [" ", " ", " ", " ", "", "\t", "  ", "\r\n ", "\x0b", "\xa0"];
const LINE_ENDS = ["\n", "\r", "\r\r\n", "\n\r", "\r\n\r\n", " \r\n", "\0\r\n"];
const BYTES = [0x00, 0x09, 0x0a, 0x0d, 0x20, 0x2c, 0x3a, 0x3b, 0x3d, 0x7f, 0x80, 0xff];

/** What may be behind a head: nothing, frames, other requests, a body. */
const TAILS = ["", "", "", "", "\x81\x85\0\0\0\0Hello", "\x88\x80\0\0\0\0"]
  .concat(["GET / HTTP/1.1\r\n\r\n", "\r\n", "hello", "0\r\n\r\n", "\x16\x03\x01"])
  .concat(["GET / HTTP/1.1\r\nHost: h\r\n\r\n"]);

/** One request, at times with others behind it. */
export function drawRequest(random: Random): Request {
  let text = random.oneIn(60) ? `${random.pick(LINE_ENDS)}` : "";
  text += head(random) + random.pick(TAILS);
  if (random.oneIn(12)) text += head(random);
  let bytes = Buffer.from(text, "latin1");
  if (random.oneIn(8)) bytes = mangled(bytes, random);
  const cuts: number[] = [];
  if (random.oneIn(4)) {
    const most = random.pick([40, 100, 1000]);
    for (let at = 1 + random.below(most); at < bytes.length; at += 1 + random.below(most)) {
      cuts.push(at);
    }
  }
  return { bytes: new Uint8Array(bytes), cuts, halfCloses: random.oneIn(2) };
}

function head(random: Random): string {
  const lines = soundLines(random);
  for (let bends = random.pick([0, 0, 1, 1, 1, 2, 3]); bends > 0; bends--) bendLine(lines, random);
  const isBent = random.oneIn(12);
  let text = `${random.oneIn(12) ? random.pick(REQUEST_LINES) : "GET /chat HTTP/1.1"}\r\n`;
  for (const [name, value] of lines) {
    const cased = random.oneIn(16) ? name.toUpperCase() : name;
    const space = isBent && random.oneIn(4) ? random.pick(SPACES) : " ";
    const behind = isBent && random.oneIn(6) ? random.pick(SPACES) : "";
    const end = isBent && random.oneIn(12) ? random.pick(LINE_ENDS) : "\r\n";
    text += `${cased}:${space}${value}${behind}${end}`;
  }
  return `${text}\r\n`;
}

function soundLines(random: Random): Line[] {
  const lines: Line[] = [
    ["Host", "h"],
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Key", KEY],
    ["Sec-WebSocket-Version", "13"],
  ];
  if (random.oneIn(4)) lines.push(["Sec-WebSocket-Extensions", drawOffers(random)]);
  if (random.oneIn(6)) lines.push(["Origin", "http://h"]);
  if (random.oneIn(6)) lines.push(["Sec-WebSocket-Protocol", "chat, superchat"]);
  if (random.oneIn(4)) lines.push(...lines.splice(0, random.below(lines.length)));
  return lines;
}

function bendLine(lines: Line[], random: Random): void {
  const at = random.below(lines.length);
  const name = random.pick(NAMES);
  const value = random.pick(VALUES[name]);
  const other = lines.find((line) => line[0] === name);
  switch (random.below(12)) {
    case 0:
      lines.splice(at, 1);
      break;
    case 1:
      lines.splice(at, 0, [...(lines[at] ?? ["X", ""])] as Line);
      break;
    case 2:
      lines.push([random.oneIn(2) ? random.pick(NO_NAMES) : name, value]);
      break;
    case 3:
      if (random.oneIn(20)) addMany(lines, random);
      break;
    default:
      if (other === undefined) lines.splice(at, 0, [name, value]);
      else other[1] = value;
  }
}

/** Above a limit: of the count of fields, or of the size of all. */
function addMany(lines: Line[], random: Random): void {
  if (random.oneIn(2)) lines.push(["X-Large", "x".repeat(20_000)]);
  else for (let count = 0; count < 101; count++) lines.push(["X", "y"]);
}

function mangled(bytes: Buffer<ArrayBuffer>, random: Random): Buffer<ArrayBuffer> {
  const at = random.below(bytes.length);
  const [before, behind] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (random.below(5)) {
    case 0:
      return before;
    case 1:
      return Buffer.concat([before, behind.subarray(1 + random.below(4))]);
    case 2:
      return Buffer.concat([before, Buffer.of(random.pick(BYTES)), behind]);
    case 3:
      return Buffer.concat([before, behind.subarray(0, 1 + random.below(60)), behind]);
    default:
      bytes[at] = random.oneIn(2) ? random.pick(BYTES) : bytes[at] ^ (1 << random.below(8));
      return bytes;
  }
}
