// Compression as a connection has it: one compressor, one decompressor, and what they have saved.
// The two know nothing of each other, and neither holds a zlib stream: see message/context.ts.

import type { Role } from "../frame/mod.ts";
import { Deflater } from "../message/deflate.ts";
import { Inflater } from "../message/inflate.ts";
import type { Negotiated } from "../message/negotiate.ts";

/** What one direction has saved. */
export interface CompressionStats {
  /** Bytes of the messages that were compressed, before. */
  readonly before: number;
  /** The same, after. */
  readonly after: number;
}

/** How hard to try, and from which size on: see `CompressionOptions`. */
interface Effort {
  readonly level: number;
  readonly threshold: number;
}

/** Both directions of one connection, as the handshake has agreed on them. */
export class Compression {
  /** The value of Sec-WebSocket-Extensions in the 101. */
  readonly header: string;
  readonly deflater: Deflater;
  readonly inflater: Inflater;

  /** @param role Whose it is: what this side sends, the other has to inflate. */
  constructor(
    { header, parameters }: Negotiated,
    { level, threshold }: Effort,
    role: Role = "server",
  ) {
    const { contextTakeover, windowBits } = parameters;
    const peer = role === "server" ? "client" : "server";
    this.header = header;
    this.deflater = new Deflater({
      windowBits: windowBits[role],
      contextTakeover: contextTakeover[role],
      level,
      threshold,
    });
    this.inflater = new Inflater({
      windowBits: windowBits[peer],
      contextTakeover: contextTakeover[peer],
    });
  }

  get received(): CompressionStats {
    const { bytesBefore, bytesAfter } = this.inflater;
    return { before: bytesAfter, after: bytesBefore }; // the peer has compressed them
  }

  get sent(): CompressionStats {
    const { bytesBefore, bytesAfter } = this.deflater;
    return { before: bytesBefore, after: bytesAfter };
  }
}
