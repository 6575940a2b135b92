// What a connection needs of a socket. The connection knows nothing else of I/O: a TCP socket, a
// TLS socket, an HTTP/2 stream and two ends in memory all look like this.

/** The way out. Made by the floor above, used by one connection. */
export interface Transport {
  /**
   * Hands over bytes, to be sent in order. Returns false when enough is waiting: then write no
   * more until `drained()`.
   */
  write(bytes: Uint8Array): boolean;
  /** The same for several pieces, to leave together. Who does not have it gets one by one. */
  writev?(pieces: readonly Uint8Array[]): boolean;
  /** Whether all that was written has left, so that none of its memory is referred to any more. */
  readonly flushed: boolean;
  /** Whether it reads what it was given later than that, as TLS does. Default: `false`. */
  readonly readsLater?: boolean;
  /** Stops reading, so that TCP slows the peer. What is under way may still arrive. */
  pause(): void;
  /** Reads again. */
  resume(): void;
  /** Ends our direction behind what was written: FIN. */
  end(): void;
  /** Ends both directions at once; what was not sent is lost. `disconnected()` follows. */
  destroy(): void;
}

/** The way in: what a transport tells its connection. */
export interface TransportEvents {
  /** Bytes arrived. They may be changed in place, and must not be kept. */
  received(bytes: Uint8Array): void;
  /** All that was written has left; told only after `write()` has returned false. */
  drained(): void;
  /** FIN has left, and all that was written before it. */
  endSent(): void;
  /** The peer ended its direction: FIN. */
  ended(): void;
  /** Both directions have ended. `cause` is the error that did it, if one did. */
  disconnected(cause: unknown): void;
}
