// What every 101 must say: §4.2.2, RFC 7692 §7.1. Looked at in each handshake of the suite, so that
// one which goes wrong only now and then is found too.

import { acceptFor, valuesOf } from "./handshake_request.ts";
import type { Fields } from "./handshake_request.ts";
import type { ResponseHead } from "./response_head.ts";
import type { Report } from "./server_frames.ts";

const PROTOCOL = "Sec-WebSocket-Protocol";
const EXTENSIONS = "Sec-WebSocket-Extensions";
const ACCEPT = "Sec-WebSocket-Accept";
const WINDOW_BITS = ["server_max_window_bits", "client_max_window_bits"];
const NO_TAKEOVER = ["server_no_context_takeover", "client_no_context_takeover"];

/** Reports what is wrong with the 101 `head` that answers a handshake with `fields`. */
export function checkAnswer(head: ResponseHead, fields: Fields, report: Report): void {
  if (head.malformed !== null) {
    report("S32", "fail", `A line of the 101 is none of HTTP/1.1: ${quote(head.malformed)}`);
  }
  checkUpgrade(head, report);
  checkAccept(head, fields, report);
  checkProtocol(head, fields, report);
  checkExtensions(head, fields, report);
  for (const name of ["Content-Length", "Transfer-Encoding"]) {
    const [value] = head.all(name);
    if (value === undefined || value === "0") continue;
    report("S32", "warning", `A 101 has no body, and yet ${name}: ${value} (RFC 9110 §8.6)`);
  }
}

function checkUpgrade(head: ResponseHead, report: Report): void {
  const upgrade = head.all("Upgrade");
  if (upgrade.length !== 1 || upgrade[0].toLowerCase() !== "websocket") {
    report("S33", "fail", `Upgrade is ${list(upgrade)}, must be websocket`);
  }
  const connection = tokens(head.all("Connection")).map((token) => token.toLowerCase());
  if (!connection.includes("upgrade")) {
    report("S33", "fail", `Connection is ${list(connection)}, must have the token Upgrade`);
  }
}

function checkAccept(head: ResponseHead, fields: Fields, report: Report): void {
  const accepts = head.all(ACCEPT);
  const keys = valuesOf(fields, "Sec-WebSocket-Key");
  if (accepts.length > 1) {
    report("S36", "fail", `${ACCEPT} comes ${accepts.length} times: ${list(accepts)}`);
  }
  if (keys.length !== 1) return; // nobody can say which is the right answer
  const key = keys[0].replace(/^[ \t]+|[ \t]+$/g, "");
  const clause = key === keys[0] ? "S34" : "S35";
  if (accepts.length === 0 || accepts.some((accept) => accept !== acceptFor(key))) {
    const due = acceptFor(key);
    report(clause, "fail", `${ACCEPT} is ${list(accepts)}, must be ${due} for the key ${key}`);
  }
}

function checkProtocol(head: ResponseHead, fields: Fields, report: Report): void {
  const chosen = head.all(PROTOCOL);
  if (chosen.length > 1) {
    report("S30", "fail", `${PROTOCOL} comes ${chosen.length} times: ${list(chosen)}`);
  }
  const offered = tokens(valuesOf(fields, PROTOCOL));
  for (const value of chosen) {
    if (offered.includes(value)) continue;
    const clause = value === "" || offered.length === 0 ? "S29" : "S28";
    report(clause, "fail", `${PROTOCOL} is ${quote(value)}, which is none of ${list(offered)}`);
  }
}

interface Offered {
  readonly name: string;
  readonly parameters: readonly (readonly [name: string, value: string | null])[];
}

function checkExtensions(head: ResponseHead, fields: Fields, report: Report): void {
  const accepted = readExtensions(head.all(EXTENSIONS));
  const offered = readExtensions(valuesOf(fields, EXTENSIONS));
  if (head.all(EXTENSIONS).some((value) => value === "")) {
    report("S31", "fail", `${EXTENSIONS} is there and empty`);
  }
  for (const { name, parameters } of accepted) {
    // Whether names have a case no RFC says: D18 tells what the server does.
    const offers = offered.filter((offer) => offer.name.toLowerCase() === name.toLowerCase());
    if (offers.length === 0) {
      report("S31", "fail", `The extension ${quote(name)} was not offered`);
    } else if (name === "permessage-deflate") {
      checkDeflate(parameters, offers, report);
    }
  }
  const deflates = accepted.filter(({ name }) => name === "permessage-deflate");
  if (deflates.length > 1) report("D02", "fail", "permessage-deflate is accepted twice");
}

function checkDeflate(
  parameters: Offered["parameters"],
  offers: readonly Offered[],
  report: Report,
): void {
  const names = parameters.map(([name]) => name);
  if (new Set(names).size < names.length) {
    report("D03", "fail", `The answer has a parameter of permessage-deflate twice: ${list(names)}`);
  }
  const offeredParameters = offers.flatMap((offer) => offer.parameters);
  for (const [name, value] of parameters) {
    const shown = value === null ? name : `${name}=${value}`;
    if (NO_TAKEOVER.includes(name)) {
      if (value !== null) report("D03", "fail", `The answer has ${shown}, which takes no value`);
    } else if (!WINDOW_BITS.includes(name)) {
      report("D03", "fail", `The answer has the parameter ${shown}, which RFC 7692 does not know`);
    } else if (value === null || !/^(?:[89]|1[0-5])$/.test(value)) {
      const clause = name.startsWith("client") ? "D25" : "D23";
      report(clause, "fail", `The answer has ${shown}, which must have a value from 8 to 15`);
    } else {
      checkWindow(name, Number(value), offeredParameters, report);
    }
  }
}

function checkWindow(
  name: string,
  bits: number,
  offered: Offered["parameters"],
  report: Report,
): void {
  const limits = offered.filter(([each]) => each === name).map(([, value]) => Number(value ?? 15));
  if (name === "client_max_window_bits" && limits.length === 0) {
    report("D26", "fail", `The answer has ${name}=${bits}, though the offer has it not`);
  }
  if (name === "server_max_window_bits" && limits.length > 0 && bits > Math.max(...limits)) {
    report("D23", "fail", `The answer has ${name}=${bits}, more than the ${limits.join()} offered`);
  }
}

/** Extensions by name, with unquoted values: as much of §9.1 as a well-formed header needs. */
export function readExtensions(values: readonly string[]): Offered[] {
  return tokens(values).map((item) => {
    const [name, ...rest] = item.split(";").map((part) => part.trim());
    const parameters = rest.map((parameter): [string, string | null] => {
      const at = parameter.indexOf("=");
      if (at < 0) return [parameter, null];
      const value = parameter.slice(at + 1).trim();
      return [parameter.slice(0, at).trim(), value.replace(/^"(.*)"$/, "$1")];
    });
    return { name, parameters };
  });
}

function tokens(values: readonly string[]): string[] {
  return values
    .flatMap((value) => value.split(","))
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

function list(values: readonly string[]): string {
  return values.length === 0 ? "not there" : values.map(quote).join(" and ");
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 120));
}
