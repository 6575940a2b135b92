// permessage-deflate in the opening handshake: RFC 7692 §5, RFC 7692 §7.1. What an answer may say
// is looked at in each 101: see `answer_rules`.

import { readExtensions } from "./answer_rules.ts";
import type { CaseSketch } from "./case.ts";
import { frame } from "./client_frame.ts";
import { expectEvents, expectNothingMore } from "./expect_events.ts";
import { handshakeRequest } from "./handshake_request.ts";
import type { Trial } from "./trial.ts";
import { failed, sketch } from "./script.ts";

const EXTENSIONS = "Sec-WebSocket-Extensions";
const DEFLATE = "permessage-deflate";

/** Offers that must be declined: who accepts one has not read it. */
const INVALID: readonly (readonly [what: string, parameters: string])[] = [
  ["D13 an unknown parameter", "x=1"],
  ["D13 an unknown parameter without value", "x_unknown"],
  ["D14 a window without value", "server_max_window_bits"],
  ...["0", "7", "16", "08", "99999", "-1", "1e1"].map(
    (value) => [`D14 a window of ${value}`, `server_max_window_bits=${value}`] as const,
  ),
  ["D14 a client window of 16", "client_max_window_bits=16"],
  ["D14 server_no_context_takeover=1", "server_no_context_takeover=1"],
  ["D14 client_no_context_takeover=1", "client_no_context_takeover=1"],
  ["D15 a parameter twice", "client_no_context_takeover; client_no_context_takeover"],
  ["D15 a window twice", "server_max_window_bits=10; server_max_window_bits=10"],
];

/** Returns what is accepted of it; `null` when the handshake is refused. */
async function answerTo(trial: Trial, offer: string): Promise<string | null> {
  const request = handshakeRequest(trial.target, { [EXTENSIONS]: offer });
  const { head } = await trial.request(request);
  if (head === null) trial.violation("The handshake has no answer");
  return head?.status === 101 ? head.all(EXTENSIONS).join(", ") : null;
}

function declined(parameters: string): (trial: Trial) => Promise<void> {
  return async (trial) => {
    const answer = await answerTo(trial, `${DEFLATE}; ${parameters}`);
    if (answer === null) return trial.note("The handshake is refused, not only the extension");
    if (answer.includes(DEFLATE)) trial.violation(`Expected no extension, found "${answer}"`);
  };
}

/** A bad offer, then a good one: the server may take that, and nothing of the first. */
async function takesTheSecond(trial: Trial): Promise<void> {
  const answer = await answerTo(trial, `${DEFLATE}; x=1, ${DEFLATE}`);
  if (answer === null || !answer.includes(DEFLATE)) {
    trial.violation("Expected the second offer to be accepted, found none");
  }
}

async function besideOthers(trial: Trial): Promise<void> {
  const answer = await answerTo(trial, `x-webkit-deflate-frame, ${DEFLATE}, x-unheard-of`);
  if (answer === null || !answer.includes(DEFLATE)) {
    trial.violation(`Expected ${DEFLATE} to be accepted, found "${answer ?? "a refusal"}"`);
  }
}

async function otherCase(trial: Trial): Promise<void> {
  const answer = await answerTo(trial, "Permessage-Deflate");
  if (answer !== null && answer !== "") trial.note(`It is answered with "${answer}"`);
}

async function quotedValue(trial: Trial): Promise<void> {
  const plain = await answerTo(trial, `${DEFLATE}; server_max_window_bits=10`);
  trial.end(); // some servers take one connection at a time
  const quoted = await answerTo(trial, `${DEFLATE}; server_max_window_bits="10"`);
  if (plain !== quoted) trial.violation(`Expected "${plain}" as without quotes, found "${quoted}"`);
}

/** A request that must be granted or declined: accepting it in silence is no answer. */
async function noTakeover(trial: Trial): Promise<void> {
  const answer = await answerTo(trial, `${DEFLATE}; server_no_context_takeover`);
  if (!answer?.includes(DEFLATE)) return trial.note("The offer is declined");
  const names = readExtensions([answer]).flatMap(({ parameters }) =>
    parameters.map(([name]) => name),
  );
  if (!names.includes("server_no_context_takeover")) {
    trial.violation(`Expected server_no_context_takeover in the answer, found "${answer}"`);
  }
}

function windowGranted(bits: number): (trial: Trial) => Promise<void> {
  return async (trial) => {
    const answer = await answerTo(trial, `${DEFLATE}; server_max_window_bits=${bits}`);
    if (!answer?.includes(DEFLATE)) return trial.note("The offer is declined");
    const parameters = readExtensions([answer]).flatMap((extension) => extension.parameters);
    const found = parameters.find(([name]) => name === "server_max_window_bits");
    if (found === undefined) {
      trial.violation(`Expected server_max_window_bits in the answer, found "${answer}"`);
    }
  };
}

function clientWindow(value: string): (trial: Trial) => Promise<void> {
  return async (trial) => {
    const answer = await answerTo(trial, `${DEFLATE}; client_max_window_bits${value}`);
    if (answer === null) return trial.violation("Expected 101, found a refusal");
    trial.note(`It is answered with "${answer}"`);
  };
}

async function worksDeclined(trial: Trial): Promise<void> {
  const { client, agreement } = await trial.open({ [EXTENSIONS]: `${DEFLATE}; x=1` });
  if (agreement !== null) return;
  const text = "a".repeat(200);
  client.send(frame("81", text));
  if (await expectEvents(trial, client, [`text ${text}`])) await expectNothingMore(trial, client);
}

const NEEDS = { needs: ["deflate"] } as const;
const SHOULD = { needs: ["deflate"], level: "SHOULD" } as const;
const CHOICE = { needs: ["deflate"], level: "CHOICE" } as const;

export const DEFLATE_HANDSHAKE: readonly CaseSketch[] = [
  ...failed(
    [1002],
    [
      ["D01 a compressed message though nothing was offered", [frame("c1", "\xf2")]],
      ["D01 a compressed fragment though nothing was offered", [frame("41", "\xf2"), frame("80")]],
    ],
  ),
  sketch("D02 a bad offer, then a good one", takesTheSecond, SHOULD),
  sketch("D02 an offer among other extensions", besideOthers, SHOULD),
  ...INVALID.map(([what, parameters]) => sketch(what, declined(parameters), NEEDS)),
  sketch("D13 a connection whose offer was declined works", worksDeclined, {
    needs: ["deflate", "echo"],
  }),
  sketch("D18 the name in capitals", otherCase, CHOICE),
  sketch("S20 a value in quotes is the value", quotedValue, SHOULD),
  sketch("D19 server_no_context_takeover", noTakeover, NEEDS),
  ...[8, 9, 10, 11, 12, 13, 14, 15].map((bits) =>
    sketch(`D23 server_max_window_bits=${bits}`, windowGranted(bits), NEEDS),
  ),
  ...["", "=8", "=10", "=15"].map((value) =>
    sketch(`D25 client_max_window_bits${value}`, clientWindow(value), NEEDS),
  ),
  sketch(
    "D26 no client_max_window_bits",
    async (trial) => void (await answerTo(trial, DEFLATE)),
    NEEDS,
  ),
];
