// How much a server may send on one connection. More than any answer could be, and nothing can be
// judged any more; read on, it would fill the memory of who runs the suite.

const HTTP_SIZE_MAX = 1024 * 1024;
const FRAMES_SIZE_MAX = 32 * 1024 * 1024;
const EVENTS_MAX = 100_000;

/** The server has sent more than was asked for, by far. */
export class FloodError extends Error {
  override readonly name: string = "FloodError";
}

/** Counts what comes on one connection. */
export class FloodGate {
  readonly #sizeMax: number;
  #size = 0;
  #events = 0;

  /** `messageSizeMax`: of the messages that the suite may send, and that come back. */
  constructor(messageSizeMax: number) {
    this.#sizeMax = FRAMES_SIZE_MAX + 2 * messageSizeMax;
  }

  /**
   * Counts `size` bytes and the `events` that were complete with them; `httpSize` bytes are not
   * read yet. Returns the error when that is too much, else `null`.
   */
  count(size: number, events: number, httpSize: number): FloodError | null {
    this.#size += size;
    this.#events += events;
    if (httpSize > HTTP_SIZE_MAX) {
      return new FloodError(`The server sends ${httpSize} bytes that are no response`);
    }
    if (this.#size <= this.#sizeMax && this.#events <= EVENTS_MAX) return null;
    const much = `${this.#size} bytes in ${this.#events} messages and control frames`;
    return new FloodError(`The server sends more than was asked for: ${much}`);
  }
}
