// The inflater of a client: one stream of zlib for the connection, or one for each message, with no
// more window than the server has promised to keep to. It knows nothing of ours.

import { PeerStream } from "../message/compressed.ts";

/** Inflates what a server sends. */
export class PeerInflater {
  readonly #windowBits: number;
  readonly #contextTakeover: boolean;
  #stream: PeerStream;

  /** @param extensions What the 101 says. */
  constructor(extensions: string) {
    const bits = /server_max_window_bits=(\d+)/.exec(extensions)?.[1] ?? "15";
    this.#windowBits = Math.max(Number(bits), 9); // zlib has no raw stream of 8
    this.#contextTakeover = !extensions.includes("server_no_context_takeover");
    this.#stream = this.#newStream();
  }

  /** Throws when it is no DEFLATE, refers too far back, or to what must be forgotten. */
  async inflate(payload: Uint8Array): Promise<Uint8Array> {
    const message = await this.#stream.next(payload);
    if (!this.#contextTakeover) {
      this.#stream.close();
      this.#stream = this.#newStream();
    }
    return message;
  }

  #newStream(): PeerStream {
    return new PeerStream("inflate", { windowBits: this.#windowBits });
  }
}
