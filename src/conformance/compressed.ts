// Compressed messages as a peer makes and reads them: RFC 7692 §7.2. By zlib, a message at a time;
// what an earlier message leaves behind is a preset dictionary. It knows nothing of `message/`.

import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import { bytes, concat } from "./bytes.ts";

/** What a sender leaves out at the end of each message: RFC 7692 §7.2.1. */
export const TAIL: Uint8Array = bytes("0000ffff");

/** The largest window: RFC 7692 §7.1.2. */
const WINDOW_SIZE = 32 * 1024;

/**
 * zlib looks for a distance that is too large only where it goes beyond the buffer that it fills.
 * The smallest buffer that Node lets it have makes it look at nearly all of them.
 */
const AUDIT_CHUNK_SIZE = 64;

/** `text` as a compressed message that refers to nothing before it. */
export function deflated(text: Uint8Array, windowBits = 15): Uint8Array {
  const options = { finishFlush: constants.Z_SYNC_FLUSH, level: 9, windowBits };
  return new Uint8Array(deflateRawSync(text, options).subarray(0, -TAIL.length));
}

/** What was agreed on, as far as it binds who sends: the server. */
export interface Agreement {
  /** The value of Sec-WebSocket-Extensions in the 101. */
  readonly text: string;
  readonly serverWindowBits: number;
  readonly serverTakesOver: boolean;
  readonly clientWindowBits: number;
  readonly clientTakesOver: boolean;
}

/** Reads what a 101 says of permessage-deflate; `null` when it does not accept it. */
export function readAgreement(extensions: readonly string[]): Agreement | null {
  const text = extensions
    .flatMap((value) => value.split(","))
    .find((value) => /^\s*permessage-deflate\s*(?:;|$)/.test(value));
  if (text === undefined) return null;
  const bits = (name: string): number => {
    const value = Number(new RegExp(`${name}\\s*=\\s*"?(\\d+)`).exec(text)?.[1] ?? 15);
    return value >= 8 && value <= 15 ? value : 15;
  };
  return {
    text: text.trim(),
    serverWindowBits: bits("server_max_window_bits"),
    serverTakesOver: !text.includes("server_no_context_takeover"),
    clientWindowBits: bits("client_max_window_bits"),
    clientTakesOver: !text.includes("client_no_context_takeover"),
  };
}

/** `inflateRawSync()` with `info`, which its types lack: `engine` tells how much was read. */
const inflateInfo = inflateRawSync as unknown as (
  bytes: Uint8Array,
  options: object,
) => { readonly buffer: Uint8Array; readonly engine: { readonly bytesWritten: number } };

/** Inflates what a server sends, with no more past than it has agreed to refer to. */
export class PeerInflater {
  readonly #agreement: Agreement;
  /** Whether the last message ended with an empty block, as it must: RFC 7692 §7.2.1. */
  endsEmpty = true;
  #past: Uint8Array = new Uint8Array(0);

  constructor(agreement: Agreement) {
    this.#agreement = agreement;
  }

  /** Throws when it is no DEFLATE, refers too far back, or to what must be forgotten. */
  inflate(payload: Uint8Array): Uint8Array {
    const { serverWindowBits, serverTakesOver } = this.#agreement;
    const isSmall = payload.length < 64 * 1024;
    const options = {
      windowBits: serverWindowBits,
      finishFlush: constants.Z_SYNC_FLUSH,
      ...(isSmall && serverWindowBits < 15 ? { chunkSize: AUDIT_CHUNK_SIZE } : {}),
    };
    this.endsEmpty = true;
    let [message, rest] = [new Uint8Array(0) as Uint8Array, concat(payload, TAIL)];
    while (rest.length > 0) {
      if (rest.length <= TAIL.length) {
        this.endsEmpty = payload.length === 0;
        break;
      }
      const past = concat(this.#past, message).slice(-WINDOW_SIZE);
      const dictionary = past.length > 0 ? { dictionary: past } : {};
      const { buffer, engine } = inflateInfo(rest, { ...options, ...dictionary, info: true });
      message = concat(message, buffer);
      rest = rest.subarray(engine.bytesWritten); // zlib stops behind a block with BFINAL
    }
    if (serverTakesOver) this.#past = concat(this.#past, message).slice(-WINDOW_SIZE);
    return message;
  }
}
