// Opening handshakes as bytes, and what a server answers: §4.2, §4.3, §4.4, §9.1, RFC 9110 §7.8.
// Over 250 lines: tables, to be read on their own.

import { acceptOf } from "./accept.ts";
import { rfc6455 } from "./vector.ts";
import type { Vector, VectorFile } from "./vector.ts";

/** Header fields by name: `null` leaves the field out, a list makes a line of each value. */
type Fields = Readonly<Record<string, string | readonly string[] | null>>;

/** What the server has been told. */
interface Server {
  /** The subprotocols that it speaks. */
  readonly protocols?: readonly string[];
  /** Whose pages may connect: those of its own host and port, or of these origins, "*" for all. */
  readonly origins?: "same" | readonly string[];
}

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";

const VALID: Fields = {
  Host: "server.example.com",
  Upgrade: "websocket",
  Connection: "Upgrade",
  "Sec-WebSocket-Key": KEY,
  "Sec-WebSocket-Version": "13",
};

const REQUEST_LINE = "GET /chat HTTP/1.1";

/** One byte a character. */
function request(fields: Fields, requestLine = REQUEST_LINE, base: Fields = VALID): string {
  let head = `${requestLine}\r\n`;
  for (const [name, values] of Object.entries({ ...base, ...fields })) {
    for (const value of values === null ? [] : [values].flat()) head += `${name}: ${value}\r\n`;
  }
  return `${head}\r\n`;
}

/** The headers of a 101 that agrees on nothing; `null`: it must not be there. */
const PLAIN = {
  upgrade: "websocket",
  connection: "upgrade",
  "sec-websocket-accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
  "sec-websocket-protocol": null as string | null,
  "sec-websocket-extensions": null,
};

interface Accepted extends Server {
  readonly note?: string;
  /** The subprotocol of the answer. */
  readonly protocol?: string;
  readonly requestLine?: string;
  readonly key?: string;
}

function accepts(what: string, section: string, fields: Fields, more: Accepted = {}): Vector {
  const { key = KEY, protocol = null, requestLine, note } = more;
  const headers = {
    ...PLAIN,
    "sec-websocket-accept": acceptOf(key),
    "sec-websocket-protocol": protocol,
  };
  const text = request(fields, requestLine);
  return vector(what, section, text, more, note, { upgraded: true, status: [101], headers });
}

interface Refused extends Server {
  readonly note?: string;
  readonly requestLine?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The first status is the one that says best what is wrong; the others conform as well. */
function refuses(
  what: string,
  section: string,
  fields: Fields,
  status: readonly number[] = [400],
  more: Refused = {},
): Vector {
  const { requestLine, note, headers = {} } = more;
  const text = request(fields, requestLine);
  return vector(what, section, text, more, note, { upgraded: false, status, headers });
}

function vector(
  what: string,
  section: string,
  text: string,
  { protocols = [], origins = "same" }: Server,
  note: string | undefined,
  expect: object,
): Vector {
  const noted = note === undefined ? {} : { note };
  return { what, section, ...noted, server: { protocols, origins }, request: text, expect };
}

const S421 = rfc6455("4.2.1");
const S422 = rfc6455("4.2.2");
const S91 = rfc6455("9.1");
const ORIGIN = rfc6455("10.2");
const UPGRADE = "RFC 9110 §7.8";
const CHOICE = "A server that speaks several of them may choose any.";

const ACCEPTED: readonly Vector[] = [
  accepts(
    "The handshake of the introduction, with a subprotocol.",
    rfc6455("1.2"),
    { Origin: "http://example.com", "Sec-WebSocket-Protocol": "chat, superchat" },
    { protocols: ["chat"], origins: ["http://example.com"], protocol: "chat" },
  ),
  accepts("The least there can be.", S421, {}),
  accepts("Names of headers in small letters.", S421, {
    Upgrade: null,
    Connection: null,
    "Sec-WebSocket-Key": null,
    "Sec-WebSocket-Version": null,
    upgrade: "websocket",
    connection: "Upgrade",
    "sec-websocket-key": KEY,
    "sec-websocket-version": "13",
  }),
  accepts("Names of headers in capitals.", S421, {
    Upgrade: null,
    Connection: null,
    "Sec-WebSocket-Key": null,
    UPGRADE: "websocket",
    CONNECTION: "Upgrade",
    "SEC-WEBSOCKET-KEY": KEY,
  }),
  accepts("Upgrade in mixed case.", S421, { Upgrade: "WebSocket" }),
  accepts("Connection in capitals.", S421, { Connection: "UPGRADE" }),
  accepts("Connection lists keep-alive as well.", S421, { Connection: "keep-alive, Upgrade" }),
  accepts("Connection is on two lines.", S421, { Connection: ["keep-alive", "Upgrade"] }),
  accepts("Connection has empty items and tabs.", "RFC 9110 §5.6.1", {
    Connection: ",\tkeep-alive\t,,\tUpgrade ,",
  }),
  accepts(
    "Upgrade lists another protocol behind websocket.",
    UPGRADE,
    { Upgrade: "websocket, h2c" },
    { note: "A server may refuse it with 400." },
  ),
  accepts(
    "Upgrade is on two lines.",
    UPGRADE,
    { Upgrade: ["h2c", "websocket"] },
    { note: "A server may refuse it with 400." },
  ),
  accepts("The headers come in another order.", S421, {
    Host: null,
    Upgrade: null,
    Connection: null,
    "Sec-WebSocket-Key": null,
    "Sec-WebSocket-Version": null,
    "sec-websocket-version": "13",
    "sec-websocket-key": KEY,
    connection: "Upgrade",
    upgrade: "websocket",
    host: "server.example.com",
  }),
  accepts("Headers that nobody knows are passed over.", S421, {
    "X-Foo": "bar",
    Cookie: "a=b; c=d",
    "X-Empty": "",
  }),
  accepts("Bytes above 0x7F in a header that nobody knows.", S421, { "X-Bytes": "\x80\xff" }),
  accepts("White space around the key.", S422, { "Sec-WebSocket-Key": ` \t${KEY}\t ` }),
  accepts("White space around the version.", S421, { "Sec-WebSocket-Version": "\t13 " }),
  accepts(
    "A key with stray bits before its padding: erratum 3150.",
    S421,
    { "Sec-WebSocket-Key": "AQIDBAUGBwgJCgsMDQ4PEC==" },
    { key: "AQIDBAUGBwgJCgsMDQ4PEC==", note: "A server that decodes strictly may refuse it." },
  ),
  accepts(
    "Another key has another answer.",
    S422,
    { "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==" },
    {
      key: "AAAAAAAAAAAAAAAAAAAAAA==",
    },
  ),
  accepts("A target with a query.", S421, {}, { requestLine: "GET /chat?x=1&y=%20 HTTP/1.1" }),
  accepts(
    "An absolute target of the same host.",
    S421,
    {},
    {
      requestLine: "GET http://server.example.com/chat HTTP/1.1",
    },
  ),
  accepts(
    "A target that begins with two slashes is a path.",
    S421,
    {},
    {
      requestLine: "GET //evil.example/chat HTTP/1.1",
    },
  ),
  accepts("A Host with a port.", S421, { Host: "server.example.com:8080" }),
  accepts("A Host that is an IPv6 address.", S421, { Host: "[::1]:8080" }),
  accepts("A body of no bytes is no body.", UPGRADE, { "Content-Length": "0" }),
  accepts(
    "No Origin, where only one may connect: the client is no browser.",
    S421,
    {},
    {
      origins: ["https://example.com"],
    },
  ),
  accepts("The origin of the server itself.", ORIGIN, { Origin: "http://server.example.com" }),
  accepts("The origin of the server itself, with a port.", ORIGIN, {
    Host: "server.example.com:8080",
    Origin: "http://server.example.com:8080",
  }),
  accepts("The origin of the server itself, whose default port is left out once.", ORIGIN, {
    Host: "server.example.com:80",
    Origin: "http://server.example.com",
  }),
  accepts(
    "An origin that is listed.",
    ORIGIN,
    { Origin: "https://example.com" },
    { origins: ["https://other.example", "https://example.com"] },
  ),
  accepts(
    "Any origin where all may connect.",
    ORIGIN,
    { Origin: "https://evil.example" },
    {
      origins: ["*"],
    },
  ),
];

const protocols = (...lines: string[]): Fields => ({ "Sec-WebSocket-Protocol": lines });
const extension = (...lines: string[]): Fields => ({ "Sec-WebSocket-Extensions": lines });

const SUBPROTOCOLS: readonly Vector[] = [
  accepts("A server without subprotocols says none.", S422, protocols("chat")),
  accepts(
    "A client without subprotocols gets none.",
    S422,
    {},
    {
      protocols: ["chat"],
      note: "Never the server's own choice.",
    },
  ),
  accepts("None in common: the header is left out, not empty.", S422, protocols("a"), {
    protocols: ["b"],
  }),
  accepts("The only one in common, which is the client's second.", S422, protocols("a, b"), {
    protocols: ["b", "c"],
    protocol: "b",
  }),
  accepts("The client's order where both have several.", S422, protocols("a, b"), {
    protocols: ["b", "a"],
    protocol: "a",
    note: CHOICE,
  }),
  accepts("The list on two lines.", rfc6455("11.3.4"), protocols("a", "b"), {
    protocols: ["b"],
    protocol: "b",
  }),
  accepts("The list without spaces.", S421, protocols("a,b"), { protocols: ["b"], protocol: "b" }),
  accepts("The list with spaces before commas.", S421, protocols("a , b"), {
    protocols: ["b"],
    protocol: "b",
  }),
  accepts("An empty item in the list.", "RFC 9110 §5.6.1", protocols("a,,b"), {
    protocols: ["b"],
    protocol: "b",
  }),
  accepts("Subprotocols are told apart by case.", S422, protocols("Chat"), { protocols: ["chat"] }),
  accepts("Two that differ by case are two.", S421, protocols("chat, Chat"), {
    protocols: ["Chat"],
    protocol: "Chat",
  }),
  accepts("A name that objects of JavaScript have.", S422, protocols("__proto__, constructor"), {
    protocols: ["chat"],
  }),
  accepts("Every mark that a token may have.", S421, protocols("!#$%&'*+-.^_`|~"), {
    protocols: ["!#$%&'*+-.^_`|~"],
    protocol: "!#$%&'*+-.^_`|~",
  }),
  refuses("A subprotocol with a space.", S421, protocols("a b")),
  refuses("A subprotocol twice.", rfc6455("4.1"), protocols("a, a")),
  refuses("A subprotocol twice, on two lines.", rfc6455("4.1"), protocols("a", "b, a")),
  refuses("A quoted subprotocol.", rfc6455("4.1"), protocols('"a"')),
  refuses("A subprotocol with a slash.", rfc6455("4.1"), protocols("a/b")),
  refuses("A subprotocol beyond ASCII.", rfc6455("4.1"), protocols("\xe9")),
  refuses("An empty list of subprotocols.", rfc6455("4.1"), protocols("")),
  refuses("A list of empty subprotocols.", rfc6455("4.1"), protocols(" , ,")),
];

const EXTENSIONS: readonly Vector[] = [
  accepts("An extension that nobody knows is declined.", rfc6455("9.1"), extension("foo; bar=1")),
  accepts("Two lines of extensions are one list.", rfc6455("11.3.2"), extension("foo", "bar; a=1")),
  accepts("A quoted value that is a token.", S91, extension('foo; bar="1"')),
  accepts("A server that does not compress declines to.", S91, extension("permessage-deflate")),
  refuses("An extension without a name.", S91, extension("=1")),
  refuses("A parameter that is missing.", S91, extension("a;")),
  refuses("Two names without a comma.", S91, extension("a b")),
  refuses("A quote that does not end.", S91, extension('a; b="c')),
  refuses("A quoted value that is no token.", S91, extension('a; b="1 0"')),
  refuses("A bad line of extensions behind a good one.", S91, extension("a", "b;")),
];

const NOT_FOUND = "A server may have other things to say to it: any status but 101.";

const METHODS = ["POST", "PUT", "DELETE", "OPTIONS", "HEAD"].map((method) =>
  refuses(`The method ${method}.`, S421, {}, [405, 400, 404, 426, 501], {
    requestLine: `${method} /chat HTTP/1.1`,
    headers: { allow: "GET" },
    note: NOT_FOUND,
  }),
);

const NO_UPGRADES: readonly (readonly [what: string, fields: Fields])[] = [
  ["No Upgrade.", { Upgrade: null }],
  ["An empty Upgrade.", { Upgrade: "" }],
  ["An Upgrade to HTTP/2.", { Upgrade: "h2c" }],
  ["An Upgrade to what begins like websocket.", { Upgrade: "websocketx" }],
  ["An Upgrade to what ends like websocket.", { Upgrade: "xwebsocket" }],
  ["An Upgrade to a version of websocket.", { Upgrade: "websocket/13" }],
  ["No Connection.", { Connection: null }],
  ["A Connection that is to be closed.", { Connection: "close" }],
  ["A Connection that is kept alive only.", { Connection: "keep-alive" }],
  ["A Connection with what ends like upgrade.", { Connection: "xupgrade" }],
  ["A Connection with a quoted upgrade.", { Connection: '"upgrade"' }],
];

const NO_HANDSHAKES: readonly Vector[] = [
  ...METHODS,
  ...NO_UPGRADES.map(([what, fields]) =>
    refuses(what, UPGRADE, fields, [426, 400, 404, 200, 501], { note: NOT_FOUND }),
  ),
  refuses("HTTP/1.0.", S421, {}, [426, 400, 404, 200, 505], {
    requestLine: "GET /chat HTTP/1.0",
    note: NOT_FOUND,
  }),
  refuses("HTTP/2.0 in a request line.", S421, {}, [505, 400, 426], {
    requestLine: "GET /chat HTTP/2.0",
  }),
];

const HOSTS: readonly Vector[] = [
  refuses("No Host.", S421, { Host: null }),
  refuses("Two Hosts.", "RFC 9112 §3.2", { Host: ["a", "b"] }),
  refuses("The same Host twice.", "RFC 9112 §3.2", { Host: ["a", "a"] }),
  refuses("An empty Host.", "RFC 9110 §7.2", { Host: "" }),
  refuses("A Host with a space.", "RFC 9110 §7.2", { Host: "a b" }),
  refuses("A Host with a user.", "RFC 9110 §7.2", { Host: "user@evil.example" }),
  refuses("A Host with a path.", "RFC 9110 §7.2", { Host: "a/b" }),
  refuses("A Host that is half an address.", "RFC 9110 §7.2", { Host: "[::1" }),
  refuses("A target of another scheme.", S421, {}, [400, 404, 421], {
    requestLine: "GET ws://server.example.com/chat HTTP/1.1",
  }),
  refuses("The target of OPTIONS.", S421, {}, [400, 404], { requestLine: "GET * HTTP/1.1" }),
  refuses("A target with a fragment.", S421, {}, [400, 404], {
    requestLine: "GET /chat#part HTTP/1.1",
  }),
];

const key = (value: string | readonly string[] | null): Fields => ({ "Sec-WebSocket-Key": value });

const KEYS: readonly Vector[] = [
  refuses("No key.", S421, key(null)),
  refuses("An empty key.", S421, key("")),
  refuses("A key of 15 bytes.", S421, key("AAAAAAAAAAAAAAAAAAAA")),
  refuses("A key of 17 bytes.", S421, key("AAAAAAAAAAAAAAAAAAAAAAA=")),
  refuses("A key of 18 bytes, without padding.", S421, key("AAAAAAAAAAAAAAAAAAAAAAAA")),
  refuses("A key without its padding.", S421, key(KEY.slice(0, 22))),
  refuses("A key with half its padding.", S421, key(KEY.slice(0, 23))),
  refuses("A key with padding left over.", S421, key(`${KEY}=`)),
  refuses("A key in the base64 of URLs.", S421, key("dGhlIHNhbXBsZSBub25-_Q==")),
  refuses("A key with a space in it.", S421, key("dGhlIHNhbXBsZSB ub25jZQ==")),
  refuses("Two keys on one line.", S421, key(`${KEY}, ${KEY}`)),
  refuses("Two keys on two lines.", rfc6455("11.3.1"), key([KEY, "AAAAAAAAAAAAAAAAAAAAAA=="])),
  refuses("The same key on two lines.", rfc6455("11.3.1"), key([KEY, KEY])),
];

const version = (value: string | readonly string[] | null): Fields => ({
  "Sec-WebSocket-Version": value,
});
const SPEAKS_13 = { headers: { "sec-websocket-version": "13", upgrade: "websocket" } };
const GRAMMAR = rfc6455("4.3");

const VERSIONS: readonly Vector[] = [
  refuses("No version.", S421, version(null), [426, 400], SPEAKS_13),
  ...["0", "8", "12", "14", "255"].map((value) =>
    refuses(`Version ${value}.`, S422, version(value), [426, 400], SPEAKS_13),
  ),
  ...["013", "0x0D", "13.0", "1.3e1", "+13", "-13", "13, 8", "256", "", "1 3"].map((value) =>
    refuses(`"${value}" is no version.`, GRAMMAR, version(value), [400, 426]),
  ),
  refuses("Version 13 twice.", rfc6455("11.3.5"), version(["13", "13"]), [400, 426]),
  refuses("Two versions on two lines.", rfc6455("11.3.5"), version(["13", "8"]), [400, 426]),
];

const origin = (value: string | readonly string[]): Fields => ({ Origin: value });
const EXAMPLE = { origins: ["https://example.com"] };

const ORIGINS: readonly Vector[] = [
  refuses("The origin of another site.", ORIGIN, origin("http://evil.example"), [403]),
  refuses("The origin of a sandboxed page.", ORIGIN, origin("null"), [403]),
  refuses(
    "The same host, and another port.",
    ORIGIN,
    origin("http://server.example.com:8080"),
    [403],
  ),
  refuses(
    "What begins like the host.",
    ORIGIN,
    origin("http://server.example.com.evil.example"),
    [403],
  ),
  refuses("What ends like the host.", ORIGIN, origin("http://evil-server.example.com"), [403]),
  refuses(
    "An origin with the host as its user.",
    ORIGIN,
    origin("http://server.example.com@evil.example"),
    [403],
  ),
  refuses("An origin with a path is none.", ORIGIN, origin("http://server.example.com/x"), [403]),
  refuses("An empty origin.", ORIGIN, origin(""), [403, 400]),
  refuses("An origin that is not listed.", ORIGIN, origin("https://evil.example"), [403], EXAMPLE),
  refuses(
    "A listed host with another scheme.",
    ORIGIN,
    origin("http://example.com"),
    [403],
    EXAMPLE,
  ),
  refuses("A listed host with a port.", ORIGIN, origin("https://example.com:444"), [403], EXAMPLE),
  refuses(
    "The server's own origin, which is not listed.",
    ORIGIN,
    origin("http://server.example.com"),
    [403],
    EXAMPLE,
  ),
  refuses(
    "Two origins, of which the first may connect.",
    ORIGIN,
    origin(["http://server.example.com", "http://evil.example"]),
    [400, 403],
  ),
];

const BODIES: readonly Vector[] = [
  refuses("A body.", UPGRADE, { "Content-Length": "5" }),
  refuses("A body in chunks.", UPGRADE, { "Transfer-Encoding": "chunked" }),
  refuses("An expectation of 100.", "RFC 9110 §10.1.1", { Expect: "100-continue" }, [417, 400]),
];

/** What is no HTTP. */
const SYNTAX: readonly Vector[] = [
  refuses("A space between a name and its colon.", "RFC 9112 §5.1", { "X-Foo ": "bar" }),
  refuses("A header that goes on in the next line.", "RFC 9112 §5.2", {
    "X-Foo": "bar\r\n Sec-WebSocket-Protocol: chat",
  }),
  refuses("A header with a zero byte.", "RFC 9110 §5.5", { "X-Foo": "a\0b" }),
  refuses("A header without a name.", "RFC 9112 §5", { "": "bar" }),
];

export const handshake: VectorFile = {
  name: "handshake",
  kind: "handshake",
  about: "Requests as they come, one byte a character, and what a server must answer.",
  vectors: [
    ...ACCEPTED,
    ...SUBPROTOCOLS,
    ...EXTENSIONS,
    ...NO_HANDSHAKES,
    ...HOSTS,
    ...KEYS,
    ...VERSIONS,
    ...ORIGINS,
    ...BODIES,
    ...SYNTAX,
  ],
};
