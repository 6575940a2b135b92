// What the operations of a connection may be told.

/** Options of an operation that may wait. */
export interface WaitOptions {
  /** Ends the wait: the operation rejects with the signal's reason and has done nothing. */
  readonly signal?: AbortSignal;
}

/** Options of `write()`. */
export interface WriteOptions extends WaitOptions {
  /**
   * `false`: this message is sent as it is, although others are compressed: for what is compressed
   * already, or holds a secret beside what a stranger may choose (RFC 7692 §8). Default: true,
   * which compresses what is not below the threshold and shrinks.
   */
  readonly compress?: boolean;
  /**
   * `true`: the memory of bytes is given away, as with `postMessage()`, and not copied: it is empty
   * when the call returns, whatever becomes of the message later, and is freed as soon as it has
   * been sent. An echo of 1 MiB takes half of the processor on Node 26, on Node 20 hardly less.
   *
   * A refusal at once takes nothing: an aborted signal, a closed connection, calls that have piled
   * up. What is below 32 KiB, or a view into more memory, is copied all the same, and stays as it
   * was. Default: `false`.
   *
   * ```ts run
   * import { connectionPair } from "sluice/testing";
   *
   * const { server, client } = connectionPair();
   * const picture = new Uint8Array(100_000);
   * await server.write(picture, { transfer: true });
   * const received = await client.read();
   * console.log(picture.length, received.length); // 0 100000
   * client.terminate();
   * ```
   */
  readonly transfer?: boolean;
}
