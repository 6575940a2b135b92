// Sec-WebSocket-Extensions read a second time: §9.1 as its grammar stands there, by functions that
// each try one rule and go back when it does not hold; and RFC 7692 §7.1 as a table of what an
// offer may say.
//
//   extension-list = 1#extension
//   extension      = token *( ";" param )
//   param          = token [ "=" ( token | quoted-string ) ]
//
// Anywhere between there may be spaces and tabs, and empty items in the list.

/** One extension: its name, and its parameters with their values. */
export interface ReferenceExtension {
  readonly name: string;
  readonly parameters: readonly (readonly [string, string | null])[];
}

/** The list; or the index of the character with which no list can go on. */
export type ReferenceList = readonly ReferenceExtension[] | number;

const TOKEN_CHARACTERS =
  "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Whether `text` is a token: RFC 9110 §5.6.2. */
export function isReferenceToken(text: string): boolean {
  return text !== "" && Array.from(text).every((character) => TOKEN_CHARACTERS.includes(character));
}

/** Reads a header value. */
export function readList(text: string): ReferenceList {
  const extensions: ReferenceExtension[] = [];
  let at = behindSpace(text, 0);
  for (;;) {
    while (text[at] === ",") at = behindSpace(text, at + 1);
    if (at === text.length) return extensions;
    const name = tokenAt(text, at);
    if (name === "") return at;
    at = behindSpace(text, at + name.length);
    const parameters: [string, string | null][] = [];
    while (text[at] === ";") {
      const parameter = parameterAt(text, behindSpace(text, at + 1));
      if (typeof parameter === "number") return parameter;
      parameters.push([parameter.name, parameter.value]);
      at = behindSpace(text, parameter.end);
    }
    extensions.push({ name, parameters });
    if (at < text.length && text[at] !== ",") return at;
  }
}

interface Parameter {
  readonly name: string;
  readonly value: string | null;
  readonly end: number;
}

function parameterAt(text: string, start: number): Parameter | number {
  const name = tokenAt(text, start);
  if (name === "") return start;
  const at = behindSpace(text, start + name.length);
  if (text[at] !== "=") return { name, value: null, end: at };
  const valueAt = behindSpace(text, at + 1);
  if (text[valueAt] === '"') return quotedAt(text, name, valueAt);
  const value = tokenAt(text, valueAt);
  return value === "" ? valueAt : { name, value, end: valueAt + value.length };
}

/** §9.1: without its quotes and backslashes it must be a token. */
function quotedAt(text: string, name: string, start: number): Parameter | number {
  let value = "";
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '"') return value === "" ? at : { name, value, end: at + 1 };
    if (text[at] === "\\") at++;
    if (!isReferenceToken(text[at] ?? "")) return at;
    value += text[at];
  }
  return text.length;
}

function tokenAt(text: string, start: number): string {
  let token = "";
  for (const character of text.slice(start)) {
    if (!TOKEN_CHARACTERS.includes(character)) break;
    token += character;
  }
  return token;
}

function behindSpace(text: string, start: number): number {
  let at = start;
  while (text[at] === " " || text[at] === "\t") at++;
  return at;
}

/** What a server wants, for each side. */
export interface ReferenceWish {
  readonly takeover: { readonly server: boolean; readonly client: boolean };
  readonly bits: { readonly server: number; readonly client: number };
}

/** The answer to a list of offers as README.md of the vectors has it; `null`: none is taken. */
export function referenceAnswer(
  offers: readonly ReferenceExtension[],
  { takeover, bits }: ReferenceWish,
): string | null {
  const offer = offers.find(isValidOffer);
  if (offer === undefined) return null;
  const said = new Map(offer.parameters);
  const clientBits = said.get("client_max_window_bits");
  const mayLimitClient = said.has("client_max_window_bits");
  const serverSaid = said.get("server_max_window_bits");
  const server = Math.min(Number(serverSaid ?? 15), bits.server);
  const client = mayLimitClient ? Math.min(Number(clientBits ?? 15), bits.client) : 15;
  const parts = ["permessage-deflate"];
  if (said.has("server_no_context_takeover") || !takeover.server) {
    parts.push("server_no_context_takeover");
  }
  const keepsTooMuch = client > bits.client;
  if (said.has("client_no_context_takeover") || !takeover.client || keepsTooMuch) {
    parts.push("client_no_context_takeover");
  }
  if (said.has("server_max_window_bits")) parts.push(`server_max_window_bits=${server}`);
  if (mayLimitClient && client < 15) parts.push(`client_max_window_bits=${client}`);
  return parts.join("; ");
}

const BITS = ["8", "9", "10", "11", "12", "13", "14", "15"];

/** What may stand behind each name: RFC 7692 §7.1. */
const VALUES: Readonly<Record<string, readonly (string | null)[]>> = {
  server_no_context_takeover: [null],
  client_no_context_takeover: [null],
  server_max_window_bits: BITS,
  client_max_window_bits: [null, ...BITS],
};

function isValidOffer({ name, parameters }: ReferenceExtension): boolean {
  const names = parameters.map(([parameter]) => parameter);
  if (name !== "permessage-deflate" || new Set(names).size < names.length) return false;
  return parameters.every(([parameter, value]) => {
    return Object.hasOwn(VALUES, parameter) && VALUES[parameter].includes(value);
  });
}
