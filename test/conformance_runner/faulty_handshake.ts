// The opening handshake of the faulty server: right, but for the fault that is planted in it.

import { createHash } from "node:crypto";
import { parseExtensions } from "../../src/message/extension.ts";
import { isToken } from "../../src/message/token.ts";
import type { Fault } from "./faults.ts";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** What the server and the client have agreed on. */
export interface Agreed {
  readonly serverBits: number;
  readonly serverTakesOver: boolean;
  readonly clientTakesOver: boolean;
}

/** What is answered to a handshake. */
export interface Answer {
  readonly status: number;
  readonly head: string;
  readonly deflate: Agreed | null;
}

interface Extra {
  readonly allow?: string;
  readonly version?: boolean;
}

/** Answers the head of a request: everything up to the empty line. */
export function answerTo(head: string, fault: Fault): Answer {
  const [requestLine, ...lines] = head.split("\r\n");
  const fields = lines.map((line) => /^([!#$%&'*+.^_`|~\w-]+):(.*)$/.exec(line));
  if (fields.includes(null)) return refusal(400);
  const all = (name: string): string[] =>
    fields
      .filter((field) =>
        fault === "names in one case only"
          ? field?.[1] === name
          : field?.[1].toLowerCase() === name.toLowerCase(),
      )
      .map((field) => (field as RegExpExecArray)[2].replace(/^[ \t]+|[ \t]+$/g, ""));
  const bad = checkRequest(requestLine, lines, all, fault);
  if (bad !== null) return bad;
  const key = all("Sec-WebSocket-Key");
  const protocol = chooseProtocol(all("Sec-WebSocket-Protocol"), fault);
  const extensions = chooseExtensions(all("Sec-WebSocket-Extensions"), fault);
  if (protocol === null || extensions === null) return refusal(400);
  const raw = fields.find((field) => field?.[1].toLowerCase() === "sec-websocket-key");
  const used = fault === "accept of the untrimmed key" ? raw?.[2].slice(1) : key.join(", ");
  return accept(used ?? "", fault, { protocol, extensions });
}

function accept(
  key: string,
  fault: Fault,
  { protocol, extensions }: { protocol: string | undefined; extensions: Chosen },
): Answer {
  const suffix = fault === "accept without the GUID" ? "" : GUID;
  const used = fault === "two keys: the first" ? (key.split(", ")[0] ?? "") : key;
  const digest = createHash("sha1")
    .update(used + suffix)
    .digest("base64");
  const lines = [
    fault === "status line of HTTP/1.0" ? "HTTP/1.0 101 OK" : "HTTP/1.1 101 Switching Protocols",
    ...(fault === "no Upgrade in the 101" ? [] : ["Upgrade: websocket"]),
    fault === "Connection: keep-alive in the 101"
      ? "Connection: keep-alive"
      : "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${digest}`,
    ...(fault === "accept twice" ? [`Sec-WebSocket-Accept: ${digest}`] : []),
    ...(protocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]),
    ...(protocol !== undefined && fault === "subprotocol twice"
      ? [`Sec-WebSocket-Protocol: ${protocol}`]
      : []),
    ...(extensions.text === "" ? [] : [`Sec-WebSocket-Extensions: ${extensions.text}`]),
  ];
  return { status: 101, head: `${lines.join("\r\n")}\r\n\r\n`, deflate: extensions.agreed };
}

type All = (name: string) => string[];

function checkRequest(
  requestLine: string,
  lines: readonly string[],
  all: All,
  fault: Fault,
): Answer | null {
  const [method, target = "", version] = requestLine.split(" ");
  if (version !== "HTTP/1.1" && !(fault === "HTTP/1.0" && version === "HTTP/1.0")) {
    return refusal(505);
  }
  if (method !== "GET" && fault !== "any method") return refusal(405, { allow: "GET" });
  const isAbsolute = /^https?:\/\/[^/]+\/[^#]*$/.test(target);
  if (!/^\/[^#]*$/.test(target) && !(isAbsolute && fault !== "no absolute target")) {
    return refusal(400);
  }
  const hosts = all("Host");
  const isHostBad = hosts.length !== 1 || !/^[\w.[\]:-]+$/.test(hosts[0]);
  if (isHostBad && fault !== "any Host") return refusal(400);
  if (fault === "fields in one order" && !lines[0].startsWith("Host")) return refusal(400);
  if (fault === "unknown fields are refused" && all("Cookie").length > 0) return refusal(400);
  return checkUpgrade(all, fault) ?? checkVersion(all, fault) ?? checkKey(all, fault);
}

function checkUpgrade(all: All, fault: Fault): Answer | null {
  const same = (a: string, b: string): boolean =>
    fault === "tokens in one case only" ? a === b : a.toLowerCase() === b.toLowerCase();
  const items = (name: string): string[] => all(name).flatMap((line) => line.split(/\s*,\s*/));
  const upgrade = items("Upgrade");
  const connection = items("Connection");
  const hasUpgrade =
    fault === "Upgrade is not looked at" ||
    (fault === "Upgrade contains websocket" && upgrade.join().includes("websocket")) ||
    upgrade.some((item) => same(item, "websocket"));
  const hasConnection =
    fault === "Connection is not looked at" ||
    (fault === "Connection contains upgrade" && /upgrade/i.test(connection.join())) ||
    (fault === "Connection is not read as a list"
      ? same(all("Connection").join(", "), "Upgrade")
      : connection.some((item) => same(item, "Upgrade")));
  return hasUpgrade && hasConnection ? null : refusal(426);
}

function checkVersion(all: All, fault: Fault): Answer | null {
  const versions = all("Sec-WebSocket-Version");
  const silent = fault === "the spoken version is not named";
  if (versions.length === 0) {
    return fault === "no version is needed" ? null : refusal(426, { version: true });
  }
  if (versions.length > 1) return fault === "two versions: the last" ? null : refusal(400);
  const [version] = versions;
  if (fault === "version as a number" && Number(version) === 13) return null;
  if (!/^(?:0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])$/.test(version)) return refusal(400);
  if (version === "13" || fault === "any version") return null;
  return silent ? refusal(400) : refusal(426, { version: true });
}

function checkKey(all: All, fault: Fault): Answer | null {
  const keys = all("Sec-WebSocket-Key");
  if (keys.length > 1) {
    return fault === "two keys: the first" || fault === "keys are joined" ? null : refusal(400);
  }
  if (fault === "any key" && keys.length === 1) return null;
  if (fault === "keys are joined" && keys[0]?.includes(", ")) return null;
  return /^[A-Za-z0-9+/]{22}==$/.test(keys[0] ?? "") ? null : refusal(400);
}

/** `undefined`: none. `null`: the field is malformed. */
function chooseProtocol(lines: readonly string[], fault: Fault): string | null | undefined {
  if (lines.length === 0) return fault === "a subprotocol that nobody offered" ? "chat" : undefined;
  const read = fault === "subprotocols of the first line only" ? lines.slice(0, 1) : lines;
  const offered = read
    .join()
    .split(",")
    .map((item) => item.trim());
  if (fault === "any subprotocol") return undefined;
  if (!offered.every(isToken) || new Set(offered).size < offered.length) return null;
  if (fault === "a subprotocol that nobody offered") return "chat";
  if (fault === "an empty subprotocol") return "";
  if (fault === "the whole list as subprotocol") return offered.join(", ");
  return offered.at(-1);
}

interface Chosen {
  readonly text: string;
  readonly agreed: Agreed | null;
}

const NONE: Chosen = { text: "", agreed: null };
const PLAIN: Agreed = { serverBits: 15, serverTakesOver: true, clientTakesOver: true };

function chooseExtensions(lines: readonly string[], fault: Fault): Chosen | null {
  const read = fault === "extensions of the first line only" ? lines.slice(0, 1) : lines;
  let offers;
  try {
    offers = parseExtensions(read.join(", "));
  } catch {
    return fault === "any extension header" ? NONE : null;
  }
  for (const { name, parameters } of offers) {
    if (name !== "permessage-deflate") continue;
    const chosen = chooseDeflate(parameters, fault);
    if (chosen !== null) return chosen;
  }
  const isNamed = offers.some(({ name }) => name === "permessage-deflate");
  if (fault !== "an extension that nobody offered" || isNamed) return NONE;
  return { text: "permessage-deflate", agreed: null };
}

const BITS = /^(?:[89]|1[0-5])$/;

function chooseDeflate(
  parameters: readonly (readonly [name: string, value: string | null])[],
  fault: Fault,
): Chosen | null {
  const names = parameters.map(([name]) => name);
  if (new Set(names).size < names.length && fault !== "deflate: a parameter twice") return null;
  const answer = ["permessage-deflate"];
  let agreed = PLAIN;
  for (const [name, value] of parameters) {
    const isBad = fault === "deflate: bad values";
    if (name === "server_no_context_takeover" || name === "client_no_context_takeover") {
      if (value !== null && !isBad) return null;
      const isServer = name.startsWith("server");
      agreed = isServer
        ? { ...agreed, serverTakesOver: false }
        : { ...agreed, clientTakesOver: false };
      if (!isServer || fault !== "deflate: no takeover is not answered") answer.push(name);
    } else if (name === "server_max_window_bits") {
      if (value === null || !BITS.test(value)) {
        if (isBad) continue;
        return null;
      }
      const bits = Number(value);
      if (bits === 8) return null; // zlib has no raw stream of 8
      agreed = { ...agreed, serverBits: fault === "deflate: window ignored" ? 15 : bits };
      if (fault !== "deflate: window not answered") {
        answer.push(`${name}=${fault === "deflate: a larger window" ? 15 : bits}`);
      }
    } else if (name === "client_max_window_bits") {
      if (value !== null && !BITS.test(value) && !isBad) return null;
      if (fault === "deflate: client window without value") answer.push(name);
    } else if (fault !== "deflate: unknown parameters") return null;
  }
  if (fault === "deflate: client window unasked" && !names.includes("client_max_window_bits")) {
    answer.push("client_max_window_bits=15");
  }
  if (fault === "deflate: answers what nobody knows") answer.push("x_level=9");
  return { text: [...new Set(answer)].join("; "), agreed };
}

const REASONS: Readonly<Record<number, string>> = {
  400: "Bad Request",
  405: "Method Not Allowed",
  426: "Upgrade Required",
  505: "HTTP Version Not Supported",
};

function refusal(status: number, { allow, version = false }: Extra = {}): Answer {
  const lines = [
    `HTTP/1.1 ${status} ${REASONS[status]}`,
    "Content-Length: 0",
    ...(status === 426
      ? ["Connection: Upgrade, close", "Upgrade: websocket"]
      : ["Connection: close"]),
    ...(allow === undefined ? [] : [`Allow: ${allow}`]),
    ...(version ? ["Sec-WebSocket-Version: 13"] : []),
  ];
  return { status, head: `${lines.join("\r\n")}\r\n\r\n`, deflate: null };
}
