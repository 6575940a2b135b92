// What the tap sees of a connection, without sockets.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { TapView } from "../../src/command/tap_view.ts";
import { HeadReader } from "../../src/protocol/http_head.ts";
import type { HttpHead } from "../../src/protocol/http_head.ts";
import { parseWebSocketUrl } from "../../src/protocol/websocket_url.ts";
import { bytes, concat } from "../support/bytes.ts";
import { head } from "../support/fake_server.ts";
import { handshake, SAMPLE_ACCEPT } from "../support/handshake.ts";
import type { Fields } from "../support/handshake.ts";

const test = suite("command/tap_view");

const HELLO = bytes("81 85 37 fa 21 3d 7f 9f 4d 51 58"); // §5.7
const DEFLATE = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

/** A view behind a request with these fields, and the lines that it tells. */
function view(fields: Fields = {}): { readonly view: TapView; readonly seen: string[] } {
  const seen: string[] = [];
  const view = new TapView(
    {
      head: (sender, { startLine }, _changes, problem) => {
        seen.push(`${sender} ${startLine}${problem === null ? "" : `: ${problem}`}`);
      },
      frame: (sender, { summary, problems }, inflated) => {
        const wrong = problems.map(({ message }) => ` ! ${message}`);
        const said = inflated === null ? "" : ` = ${inflated.message ?? inflated.problem}`;
        seen.push(`${sender} ${summary}${wrong.join("")}${said}`);
      },
      note: (sender, text) => seen.push(`${sender} ${text}`),
    },
    parseWebSocketUrl("ws://h/"),
  );
  const request = new HeadReader("request", 4096).push(handshake(fields)) as HttpHead;
  view.request(request, new Map());
  return { view, seen };
}

/** The answer to it. */
function answer(...lines: readonly string[]): Uint8Array {
  return head(
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${SAMPLE_ACCEPT}`,
    ...lines,
  );
}

const OPENED = ["client GET /chat HTTP/1.1", "server HTTP/1.1 101 Switching Protocols"];

test("TapView sees frames of both directions behind the 101, wherever TCP cuts them", () => {
  const wire = concat(answer(), bytes("81 05 48 65 6c 6c 6f 89 00"));
  for (let cut = 0; cut <= wire.length; cut++) {
    const { view: tap, seen } = view();
    tap.see("server", wire.subarray(0, cut));
    tap.see("server", wire.subarray(cut));
    tap.see("client", HELLO.subarray(0, cut % HELLO.length));
    tap.see("client", HELLO.subarray(cut % HELLO.length));
    assert.equal(seen, [
      ...OPENED,
      'server text, final, not masked, 5 bytes: "Hello"',
      "server ping, final, not masked, empty",
      'client text, final, masked, 5 bytes: "Hello"',
    ]);
  }
});

test("TapView changes no byte", () => {
  const { view: tap } = view();
  tap.see("server", answer());
  const wire = HELLO.slice();
  tap.see("client", wire);
  assert.equal(wire, HELLO);
});

test("TapView keeps what a client sends before the 101, which it must not (§4.1)", () => {
  const { view: tap, seen } = view();
  tap.see("client", HELLO);
  assert.is(seen.length, 1);
  tap.see("server", answer());
  assert.is(seen[2], 'client text, final, masked, 5 bytes: "Hello"');
});

test("TapView reads the client as a server does, and the server as a client does (§5.1)", () => {
  const { view: tap, seen } = view();
  tap.see("server", concat(answer(), HELLO));
  tap.see("client", bytes("89 00"));
  assert.match(seen[2], /^server text.* ! Cannot accept frame: server masked it \(§5.1\)$/);
  assert.match(seen[3], /^client ping.* ! Cannot accept frame: client did not mask it \(§5.1\)$/);
});

test("TapView says what is wrong with either half of the handshake (§4)", () => {
  const { view: tap, seen } = view({ "Sec-WebSocket-Key": "short" });
  assert.match(seen[0], /HTTP\/1.1: Cannot upgrade: Sec-WebSocket-Key must be 16 bytes in base64/);
  tap.see("server", answer());
  assert.match(seen[1], /Protocols: Cannot accept answer: Sec-WebSocket-Accept is "s3pPLMB/);
  tap.see("server", bytes("8a 00"));
  assert.is(seen[2], "server pong, final, not masked, empty"); // it goes on
});

test("TapView inflates what was agreed on, and nothing else (RFC 7692)", () => {
  const { view: tap, seen } = view({ "Sec-WebSocket-Extensions": "permessage-deflate" });
  const compressed = bytes("c1 07 f2 48 cd c9 c9 07 00");
  tap.see("server", concat(answer(`Sec-WebSocket-Extensions: ${DEFLATE}`), compressed));
  assert.match(seen[2], /^server text, final, compressed, .* = Hello$/);
  const { view: plain, seen: wrong } = view();
  plain.see("server", concat(answer(), compressed));
  assert.match(wrong[2], / ! Cannot accept frame: RSV bits are 100, must be 000 \(§5.2\)/);
});

test("TapView inflates with the context of earlier messages where that is taken over", () => {
  const { view: tap, seen } = view({ "Sec-WebSocket-Extensions": "permessage-deflate" });
  const twice = bytes("c1 07 f2 48 cd c9 c9 07 00 c1 05 f2 00 11 00 00"); // RFC 7692 §7.2.3.2
  tap.see("server", concat(answer("Sec-WebSocket-Extensions: permessage-deflate"), twice));
  assert.match(seen[3], / = Hello$/);
});

test("TapView shows a frame that its sender has not finished", () => {
  const { view: tap, seen } = view();
  tap.see("server", concat(answer(), bytes("81 05 48")));
  tap.end("client");
  tap.end("server");
  assert.equal(seen.slice(2), ['server text, final, not masked, cut: 1 of 5 bytes: "H"']);
});

test("TapView does not look into what is no WebSocket", () => {
  const { view: tap, seen } = view({ Upgrade: "h2c" });
  tap.see("server", concat(head("HTTP/1.1 103 Early Hints"), head("HTTP/1.1 200 OK"), HELLO));
  tap.see("client", HELLO);
  tap.end("server");
  assert.equal(seen.slice(1), ["server HTTP/1.1 103 Early Hints", "server HTTP/1.1 200 OK"]);
  const { view: other, seen: found } = view();
  other.see("server", bytes("16 03 01 0a"));
  assert.match(found[1], /^server Cannot read HTTP head: found a LF without CR/);
  other.see("server", answer());
  assert.is(found.length, 2);
});

test.run();
