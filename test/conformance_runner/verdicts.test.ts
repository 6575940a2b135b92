// What single cases make of what a server may do, right or wrong: a server that answers one request
// as it is told, and its first frames.

import type { Socket } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { SUITE } from "../../src/conformance/suite.ts";
import { readTarget } from "../../src/conformance/target.ts";
import { Trial } from "../../src/conformance/trial.ts";
import { bytes, concat, hex } from "../support/bytes.ts";
import { accept, FakeServer, head } from "../support/fake_server.ts";
import type { Answer } from "../support/fake_server.ts";

const test = suite("conformance_runner/verdicts");

interface Setting {
  /** Where nothing is to come: so long it is waited for. */
  readonly timeoutMs?: number;
  readonly messageSizeMax?: number;
  readonly isTalkative?: boolean;
}

/** What the case whose clause and title begin so finds; or the error that it throws. */
async function play(name: string, answer: Answer, setting: Setting = {}): Promise<string[]> {
  await using server = await FakeServer.start(answer);
  const which = SUITE.find(({ clause, title }) => `${clause} ${title}`.startsWith(name));
  if (which === undefined) throw new Error(`There is no case "${name}"`);
  const { timeoutMs = 2000, messageSizeMax = 0, isTalkative = false } = setting;
  const facts = { echo: true, deflate: "", software: "", quietMs: 100, isTalkative };
  const settings = { timeoutMs, messageSizeMax, parallel: 1, keys: 1, idleMs: 0 };
  const target = readTarget(`ws://127.0.0.1:${server.port}/`);
  const trial = new Trial(which, target, facts, settings);
  try {
    await which.run(trial);
  } catch (error) {
    return [String(error)];
  } finally {
    trial.end();
  }
  const found = trial.findings.map(({ clause, verdict, message }) => [clause, verdict, message]);
  return [...found.map((words) => words.join(" ")), ...trial.notes.map((note) => `note ${note}`)];
}

const nothing = (): void => {};
const ends: Answer = (socket) => void socket.end();
const flood = Buffer.alloc(1_200_000, "x");

function status(line: string, ...fields: readonly string[]): Answer {
  return (socket) => socket.end(head(`HTTP/1.1 ${line}`, "Content-Length: 0", ...fields));
}

/** A 101 with `field`, and `wire` and FIN once frames have come. */
function opens(wire: string, ...fields: readonly string[]): Answer {
  return opensAnd((socket) => socket.end(bytes(wire)), ...fields);
}

function opensAnd(act: (socket: Socket) => void, ...fields: readonly string[]): Answer {
  return (socket, request) => {
    socket.write(accept(request, ...fields));
    socket.once("data", () => act(socket));
  };
}

/** A text in one frame. */
function text(content: string): string {
  const size = content.length;
  return (size < 126 ? "81" : "817e") + size.toString(16).padStart(size < 126 ? 2 : 4, "0") +
    Buffer.from(content).toString("hex");
}

const FIELD = "Sec-WebSocket-Extensions: ";
const DEFLATE = `${FIELD}permessage-deflate`;
const HELLOS = "Hello Hello Hello Hello Hello";
const TWICE = "Hello, and once more: ".repeat(100);

/** Two lines of subprotocols are a list to this server, and too much for that one. */
const onlyOneLine: Answer = (socket, request) => {
  if ((request.match(/Sec-WebSocket-Protocol/g) ?? []).length > 1) socket.end();
  else status("400 No")(socket, request);
};

const notQuoted: Answer = (socket, request) => {
  const bits = "permessage-deflate; server_max_window_bits=10";
  socket.write(accept(request, ...(request.includes('"10"') ? [] : [FIELD + bits])));
};

/** A case, what the server does, and what is found: each begins so. */
const VERDICTS: readonly (readonly [
  name: string,
  what: string,
  answer: Answer,
  due: readonly string[],
  setting?: Setting,
])[] = [
  // The opening handshake.
  ["S01 names", "nothing", nothing, ["S01 fail Expected 101, found no resp"], { timeoutMs: 50 }],
  ["S02 a field", "nothing", nothing, ["S02 fail A request that must be ref"], { timeoutMs: 50 }],
  ["S02 a field", "302", status("302 Found"), ["S02 warning A malformed handshake is answered"]],
  ["S02 a field", "500", status("500 No"), ["S02 warning A malformed handshake is answered with"]],
  [
    "S12 version 0",
    "other versions",
    status("426 No", "Sec-WebSocket-Version: 8, 7"),
    ["S12 fail Expected Sec-WebSocket-Version: 13 in the 426, found 8,7"],
  ],
  ["S16 a list", "only one line", onlyOneLine, ['S16 fail Expected the same answer, found "400']],
  ["S20 a value in", "none", notQuoted, ['S20 warning Expected "permessage-deflate; server_max']],
  ["S23 a handshake without", "101", opens(""), ["S23 fail A handshake without TLS is accepted"]],
  ["S23 a handshake without", "FIN", ends, []],
  ["S26 a handshake", "FIN", ends, ["S26 fail A handshake from another origin has no answer"]],
  ["S27 a resource", "FIN", ends, ["S27 fail A handshake for an unknown resource has no answer"]],
  ["S29 a subprotocol", "400", status("400 No"), ["note It is answered with HTTP/1.1 400 No"]],
  ["S34 the key", "no HTTP", (socket) => socket.write(flood), ["FloodError: The server sends 1"]],
  ["S37 a ping", "FIN", ends, ["note The server ends the connection: the client did not wait"]],
  ["S37 a ping", "400", status("400 No"), ["note It is answered with HTTP/1.1 400 No"]],
  [
    "S37 a ping",
    "a pong before the 101",
    (socket, request) => socket.write(concat(bytes("8a056561726c79"), accept(request))),
    ["S37 warning Expected a 101 before all else, found"],
  ],
  ["S37 the handshake", "400", status("400 No"), ["S37 fail Expected 101, found HTTP/1.1 400 No"]],
  [
    "S38 behind",
    "two answers",
    (socket) => socket.end("HTTP/1.1 400 No\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"),
    ["S38 warning What comes behind a refused handshake is read as a request"],
  ],
  [
    "S38 behind",
    "no end of it",
    (socket) => {
      socket.write("HTTP/1.1 400 No\r\n\r\n");
      setTimeout(() => socket.write(flood), 50);
    },
    ["FloodError: The server sends 1"],
  ],
  // Frames.
  ["B04 reserved", "a Close without a code", opens("8800"), ["B55 warning a Close without a code"]],
  ["B04 reserved", "a pong, too", opens("880203ea8a00"), ["B50 fail The server answers a ping"]],
  ["B12 two", "a pong, too", opens(`${text("Hello")}8a0178`), ["B35 warning Nobody has asked for"]],
  ["B12 two", "more", opens(text("Hello") + text("x")), ["B12 fail Expected nothing more, found"]],
  ["B12 two", "bytes unasked", opens(`${text("Hello")}820178`), [], { isTalkative: true }],
  ["B22 a Close", "nothing", opensAnd(nothing), ["B22 fail Expected the"], { timeoutMs: 50 }],
  ["B25 a Close with 1000", "a text", opens(text("x")), ["B25 fail Expected Close 1000, found"]],
  ["B35 ", "FIN", opens(""), ["B35 warning Expected the connection to go on, found the end"]],
  ["B35 ", "a Close", opens("880203e8"), ["B35 warning Expected the connection to go on, found c"]],
  ["B37 ff", "FIN", opens(""), ["B49 warning Bad text ends with FIN, without a Close frame"]],
  [
    "B37 ff",
    "a text",
    opens(text("x")),
    ["B37 warning The server waits for the end", "B49 warning A connection that must fail ends"],
  ],
  ["B42 the", "two frames", opens(`8900${text("Hello")}`), ['note The echo of "Hello" is 8900']],
  ["B42 the", "two frames", opens(`8900${text("Hello")}`), [], { isTalkative: true }],
  ["B42 the", "FIN", opens(""), ["note Expected text Hello, found the end of the connection"]],
  ["B45 a violation", "RST", opensAnd((s) => s.resetAndDestroy()), ["B45 warning The "]],
  ["B50 behind an unmasked", "nothing", opensAnd(nothing), [], { timeoutMs: 50 }],
  ["B50 behind an unmasked", "it", opens(text("after")), ["B50 fail Expected nothing behind"]],
  ["B50 behind the Close", "a ping", opens("880203ea8900"), ["B24 warning The server sends a"]],
  ["B53 close code 1012", "1002", opens("880203ea"), ["B53 warning Expected Close 1012 to be acc"]],
  // Compression.
  ["D02 a bad", "FIN", ends, ["D02 warning The handshake has", "D02 warning Expected the second"]],
  ["D02 an offer", "none", opens(""), ['D02 warning Expected permessage-deflate to be accepted']],
  ["D02 an offer", "400", status("400 No"), ["D02 warning Expected permessage-deflate to be acce"]],
  ["D03 the connection", "FIN", opens("", DEFLATE), ["D03 fail Expected text of 2200 bytes, SHA"]],
  ["D03 the connection", "x", opens(text("x"), DEFLATE), ["D03 fail Expected text of 2200 bytes"]],
  [
    "D03 the connection",
    "no compression",
    opens(text(TWICE) + text(TWICE), DEFLATE),
    ["NotTestableError: The server compresses none of its echoes"],
  ],
  ["D13 an unknown", "400", status("400 No"), ["note The handshake is refused, not only the ext"]],
  ["D18 the name", "the usual name", opens("", DEFLATE), ['note It is answered with "permessage']],
  ["D19 server_no", "none", opens(""), ["note The offer is declined"]],
  ["D25 client_max", "400", status("400 No"), ["D25 fail Expected 101, found a refusal"]],
  [
    "D33 a message",
    "client_no_context_takeover",
    opens("", `${DEFLATE}; client_no_context_takeover`),
    ["NotTestableError: The server demands client_no_context_takeover"],
  ],
  ["D37 the echo", "FIN", opens("", DEFLATE), ["D37 fail Expected the echo of an empty message"]],
  [
    "D37 the echo",
    "one octet",
    opens(`${text(HELLOS)}c10100`, DEFLATE),
    ["note The echo of an empty message is 00"],
  ],
  [
    "D37 the echo",
    "another text",
    opens(text(HELLOS) + text("x"), DEFLATE),
    ["D37 fail Expected an empty text, found text x", "note The echo of an empty message is uncom"],
  ],
  [
    "D39 a message",
    "a limit of 300 MiB",
    ends,
    ["NotTestableError: A bomb of more than 256 MiB would hurt who makes it"],
    { messageSizeMax: 300 * 1024 * 1024 },
  ],
];

for (const [name, what, answer, due, setting] of VERDICTS) {
  test(`${name}: ${what}: ${due.join(", ") || "nothing"}`, async () => {
    const found = await play(name, answer, setting);
    assert.equal(found.map((line, index) => line.slice(0, due[index]?.length)), due);
  });
}

for (const [messageSizeMax, wire] of [
  [100, "82e500000000"],
  [125, "82fe007e00000000"],
  [1000, "82fe03e900000000"],
  [70_000, "82ff000000000001117100000000"],
] as const) {
  test(`B56 a limit of ${messageSizeMax}: the header of a message of one byte more`, async () => {
    const come: string[] = [];
    const answer: Answer = (socket, request) => {
      socket.write(accept(request));
      socket.once("data", (chunk: Buffer) => {
        come.push(hex(chunk));
        socket.end(bytes("880203f1"));
      });
    };
    assert.equal(await play("B56 a frame that announces one", answer, { messageSizeMax }), []);
    assert.equal(come, [wire]);
  });
}

test.run();
