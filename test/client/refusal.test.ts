// An answer that opens no connection: its status, its hint and as much of its body as is text.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { dial } from "../../src/client/dial.ts";
import type { OpeningError } from "../../src/client/opening_error.ts";
import { FakeClock } from "../../src/testing/fake_clock.ts";
import { FakeServer, head } from "../support/fake_server.ts";
import { rejects } from "../support/rejects.ts";
import { failure } from "./support.ts";

const test = suite("client/refusal");

const REFUSED: readonly (readonly [
  what: string,
  lines: readonly string[],
  body: string,
  due: RegExp,
])[] = [
  [
    "401",
    ["HTTP/1.1 401 Unauthorized", "WWW-Authenticate: Basic realm=x", "Content-Length: 3"],
    "whoBEYOND",
    /^Cannot open: server answered 401 Unauthorized, must be 101 \(§4.1\); it wants Basic realm=x$/,
  ],
  [
    "a redirect",
    ["HTTP/1.1 302 Found", "Location: wss://h/", "Content-Length: 0"],
    "",
    /302 Found, must be 101 \(§4.1\); it is at wss:\/\/h\/$/,
  ],
  [
    "another version",
    ["HTTP/1.1 426 Upgrade Required", "Sec-WebSocket-Version: 8", "Content-Length: 0"],
    "",
    /426 Upgrade Required, must be 101 \(§4.1\); it speaks version 8$/,
  ],
  [
    "200 in chunks",
    ["HTTP/1.1 200 OK", "Transfer-Encoding: chunked"],
    "2\r\nwh\r\n1;x=y\r\no\r\n0\r\n\r\n",
    /answered 200 OK, must be 101/,
  ],
  ["200 up to its end", ["HTTP/1.0 200"], "who", /answered 200, must be 101/],
  [
    "401 that does not say what it wants",
    ["HTTP/1.1 401 No", "Content-Length: 3"],
    "who",
    /401 No, must be 101 \(§4.1\)$/,
  ],
];

for (const [what, lines, body, due] of REFUSED) {
  test(`dial() tells the status and the body of ${what} (§4.1)`, async () => {
    const error = await failure((socket) => {
      socket.write(Buffer.concat([head(...lines), Buffer.from(body)]));
      if (lines.length === 1) socket.end();
    });
    assert.match(error.message, due);
    assert.is(error.status, Number(lines[0].slice(9, 12)));
    assert.is(error.body, body === "" ? "" : "who");
    assert.is(error.head?.startLine, lines[0]);
  });
}

test("dial() reads at most 1 KiB of a body, however long it is", async () => {
  const error = await failure((socket) => {
    socket.write(Buffer.concat([head("HTTP/1.1 500 No"), Buffer.alloc(100_000, "x")]));
  });
  assert.is(error.body, "x".repeat(1024));
});

test("dial() puts a body together that comes in pieces, and ends with its last chunk", async () => {
  const error = await failure(async (socket) => {
    socket.write(head("HTTP/1.1 500 No", "Transfer-Encoding: chunked"));
    for (const piece of ["2", "\r\nwh\r\n", "1\r\no\r\n0", "\r\n\r\n"]) {
      await new Promise((resolve) => setTimeout(resolve, 5)); // a read of its own
      socket.write(piece);
    }
  });
  assert.is(error.body, "who");
});

test("dial() gives up on a body of endless small chunks", async () => {
  const error = await failure((socket) => {
    socket.write(head("HTTP/1.1 500 No", "Transfer-Encoding: chunked"));
    socket.write("1;".padEnd(1000, "x") + "\r\n");
    setTimeout(() => socket.write("a\r\n" + "1;".padEnd(4000, "x")), 5);
  });
  assert.is(error.body, "a");
});

test("dial() shows no body that is no text", async () => {
  const error = await failure((socket) => {
    const body = Buffer.from("\x89PNG\r\n\x1a\n\0\0", "latin1");
    socket.write(Buffer.concat([head("HTTP/1.1 500 No", "Content-Length: 10"), body]));
  });
  assert.is(error.body, "");
});

test("dial() does not wait for a body that does not come", async () => {
  const clock = new FakeClock();
  await using server = await FakeServer.start((socket) => {
    socket.write(head("HTTP/1.1 500 No", "Content-Length: 5"));
  });
  const failed = rejects(dial(`ws://127.0.0.1:${server.port}/`, { clock, timeoutMs: 60_000 }));
  while (clock.pending < 2) await new Promise((resolve) => setImmediate(resolve));
  await clock.advance(1000);
  const error = (await failed) as OpeningError;
  assert.equal([error.status, error.body], [500, ""]);
});

test.run();
