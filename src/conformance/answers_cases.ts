// What a server answers to a valid opening handshake: §4.2.2. Most of it is looked at in each 101
// of the suite: see `answer_rules`.

import { pieces } from "./bytes.ts";
import type { CaseSketch } from "./case.ts";
import { closeFrame, frame } from "./client_frame.ts";
import { expectRefusal, expectUpgrade } from "./expect_answer.ts";
import { expectClose } from "./expect_close.ts";
import { expectEvents } from "./expect_events.ts";
import { handshakeRequest, randomKey, SAMPLE_KEY } from "./handshake_request.ts";
import type { Fields } from "./handshake_request.ts";
import { readAgreement } from "./compressed.ts";
import { Trial } from "./trial.ts";
import { sketch } from "./script.ts";

const KEY = "Sec-WebSocket-Key";
const PROTOCOL = "Sec-WebSocket-Protocol";
const EXTENSIONS = "Sec-WebSocket-Extensions";

/** Keys are tried a few at a time, and each connection is gone before the next ones come. */
const KEYS_AT_ONCE = 4;

async function randomKeys(trial: Trial): Promise<void> {
  const { keys } = trial.settings;
  for (let done = 0; done < keys && trial.findings.length === 0; done += KEYS_AT_ONCE) {
    const count = Math.min(KEYS_AT_ONCE, keys - done);
    const tries = Array.from({ length: count }, async () => {
      const one = new Trial(
        { clause: "S34", level: "MUST" },
        trial.target,
        trial.facts,
        trial.settings,
      );
      try {
        await expectUpgrade(one, handshakeRequest(trial.target, { [KEY]: randomKey() }));
      } finally {
        one.end();
      }
      return one.findings;
    });
    for (const { clause, verdict, message } of (await Promise.all(tries)).flat()) {
      trial.report(clause, verdict, message);
    }
  }
}

const EARLY = frame("89", "early");

/**
 * A ping in the segment of the handshake. A client must wait for the 101 (§4.1), so a server may
 * refuse it; but nothing of what it answers may come before the 101.
 */
async function readsAhead(trial: Trial): Promise<void> {
  const client = await trial.connect();
  client.sendAhead(handshakeRequest(trial.target).bytes, EARLY);
  const head = await client.readHead(trial.settings.timeoutMs);
  if (head === null) return trial.note("The server ends the connection: the client did not wait");
  if (!head.statusLine.startsWith("HTTP/")) {
    const found = JSON.stringify(head.statusLine);
    return trial.warn(`Expected a 101 before all else, found ${found}: a frame comes before it`);
  }
  if (head.status !== 101) return trial.note(`It is answered with ${head.statusLine}`);
  client.beginFrames(readAgreement(head.all(EXTENSIONS)));
  await expectEvents(trial, client, [`pong ${Buffer.from("early").toString("hex")}`]);
}

/** The handshake in segments of one byte, and a Close as soon as the 101 is there. */
async function readsSlowly(trial: Trial): Promise<void> {
  const client = await trial.connect();
  await client.sendApart(pieces(handshakeRequest(trial.target).bytes, 1));
  const head = await client.readHead(trial.settings.timeoutMs);
  if (head === null) return trial.silence("Expected 101, found no response");
  if (head.status !== 101) return trial.violation(`Expected 101, found ${head.statusLine}`);
  client.beginFrames(readAgreement(head.all(EXTENSIONS)));
  client.send(closeFrame(1000));
  await expectClose(trial, client, { code: 1000 });
}

/** What follows a refused handshake is no request: an attacker may have hidden it there. */
async function endsRefused(trial: Trial): Promise<void> {
  const { target, settings, facts } = trial;
  const bad = handshakeRequest(target, { "Sec-WebSocket-Version": "99" });
  const next = handshakeRequest(target, { Upgrade: null, Connection: null }, "GET /next HTTP/1.1");
  const client = await trial.connect();
  client.sendAhead(bad.bytes);
  client.send(next.bytes);
  const head = await client.readHead(settings.timeoutMs);
  if (head === null || head.status === 101) return;
  const rest = await client.readHttp(facts.quietMs * 4);
  if (/HTTP\/1\.1 \d{3}/.test(rest)) {
    trial.warn("What comes behind a refused handshake is read as a request (RFC 9931)");
  } else if (client.ended === null) {
    trial.warn(`The connection stays open behind the ${head.status}`);
  }
}

/** Two lines are one list: the answer is the same. */
async function sameAnswer(trial: Trial, name: string, values: readonly string[]): Promise<void> {
  const answers: string[] = [];
  for (const value of [values.join(", "), values.join(" ,"), values]) {
    const { head } = await trial.request(handshakeRequest(trial.target, { [name]: value }));
    trial.end(); // some servers take one connection at a time
    answers.push(head === null ? "no response" : `${head.status} ${head.all(name).join(" and ")}`);
  }
  if (new Set(answers).size === 1) return;
  const [line, , lines] = answers;
  const found = `"${line}" to one line, "${answers[1]}" with other spaces, "${lines}" to two lines`;
  trial.violation(`Expected the same answer, found ${found}`);
}

/** Fields of the handshake that break their own grammar. */
const MALFORMED: readonly (readonly [what: string, name: string, value: string | string[]])[] = [
  ["S17 two words", PROTOCOL, "a b"],
  ["S17 a name in quotes", PROTOCOL, '"a"'],
  ["S17 a slash in a name", PROTOCOL, "a/b"],
  ["S17 an empty list", PROTOCOL, ""],
  ["S18 no name", EXTENSIONS, "=1"],
  ["S18 a parameter that is missing", EXTENSIONS, "a;"],
  ["S18 two words", EXTENSIONS, "a b"],
  ["S18 a name in quotes", EXTENSIONS, '"a"'],
  ["S18 a quote that is not closed", EXTENSIONS, 'a; b="c'],
  ["S18 a space in quotes", EXTENSIONS, 'a; b="x y"'],
  ["S18 a value that is missing", EXTENSIONS, "a; b="],
  ["S18 a bad one behind a good one", EXTENSIONS, "a; b=c, d;"],
  ["S18 a bad one in the second line", EXTENSIONS, ["a", "=1"]],
  [
    "S20 a quoted value that is no token",
    EXTENSIONS,
    'permessage-deflate; client_max_window_bits="1 0"',
  ],
];

const NOT_OFFERED: readonly (readonly [what: string, fields: Fields])[] = [
  ["S29 a subprotocol that nobody speaks", { [PROTOCOL]: "sluice.unheard-of" }],
  ["S30 two subprotocols", { [PROTOCOL]: "sluice.one, sluice.two" }],
  ["S30 two subprotocols in two lines", { [PROTOCOL]: ["sluice.one", "sluice.two"] }],
  ["S31 no offer of an extension", {}],
  ["S31 an extension that nobody knows", { [EXTENSIONS]: "x-sluice-unheard-of; a=1" }],
  ["S31 names that every object has", { [EXTENSIONS]: "__proto__; constructor=1, toString" }],
];

async function originTold(trial: Trial): Promise<void> {
  const request = handshakeRequest(trial.target, { Origin: "http://sluice.invalid" });
  const { head } = await trial.request(request);
  if (head === null) return trial.violation("A handshake from another origin has no answer");
  const how = head.status === 101 ? "accepts" : "refuses";
  trial.note(`The server ${how} a handshake from another origin: ${head.statusLine}`);
}

async function unknownResource(trial: Trial): Promise<void> {
  const request = handshakeRequest(trial.target, {}, "GET /sluice-no-such-resource HTTP/1.1");
  const { head } = await trial.request(request);
  if (head === null) return trial.violation("A handshake for an unknown resource has no answer");
  trial.note(`An unknown resource is answered with ${head.statusLine}`);
}

/** One that speaks no TLS is answered by no 101. */
async function plainToTls(trial: Trial): Promise<void> {
  const client = await trial.connect(false);
  client.send(handshakeRequest(trial.target).bytes);
  const head = await client.readHead(trial.settings.timeoutMs);
  if (head?.status === 101) trial.violation("A handshake without TLS is accepted");
}

export const ANSWERS: readonly CaseSketch[] = [
  sketch("S16 a list of subprotocols in one line and in two", (trial) =>
    sameAnswer(trial, PROTOCOL, ["sluice.one", "sluice.two"]),
  ),
  sketch("S19 a list of extensions in one line and in two", (trial) =>
    sameAnswer(trial, EXTENSIONS, ["x-sluice-unheard-of; a=1", "permessage-deflate"]),
  ),
  ...MALFORMED.map(([what, name, value]) =>
    sketch(`${what}, in ${name}`, async (trial) => {
      await expectRefusal(trial, handshakeRequest(trial.target, { [name]: value }));
    }),
  ),
  sketch(
    "S17 a subprotocol that comes twice",
    async (trial) =>
      void (await expectRefusal(trial, handshakeRequest(trial.target, { [PROTOCOL]: "a, a" }))),
    { level: "SHOULD" },
  ),
  ...NOT_OFFERED.map(([what, fields]) =>
    sketch(what, async (trial) => {
      const { head } = await trial.request(handshakeRequest(trial.target, fields));
      if (head !== null && head.status !== 101)
        trial.note(`It is answered with ${head.statusLine}`);
    }),
  ),
  sketch("S23 a handshake without TLS on the port of TLS", plainToTls, { needs: ["tls"] }),
  sketch("S26 a handshake from another origin", originTold, { level: "MUST" }),
  sketch("S27 a resource that there is hardly", unknownResource, { level: "MUST" }),
  sketch("S34 the key of §1.3", async (trial) => {
    await expectUpgrade(trial, handshakeRequest(trial.target, { [KEY]: SAMPLE_KEY }));
  }),
  sketch("S34 many random keys", randomKeys),
  sketch("S35 white space around the key", async (trial) => {
    await expectUpgrade(trial, handshakeRequest(trial.target, { [KEY]: ` \t ${SAMPLE_KEY}\t  ` }));
  }),
  sketch("S37 a ping in the segment of the handshake", readsAhead, { level: "CHOICE" }),
  sketch("S37 the handshake byte by byte", readsSlowly),
  sketch("S38 behind a handshake that is refused", endsRefused),
  sketch(
    "B57 a connection over TLS",
    async (trial) => {
      const { client } = await trial.open();
      client.send(closeFrame(1000));
    },
    { needs: ["tls"] },
  ),
];
