// The options of a channel: what they are, and the checks that a constructor makes of them.

/** What a full channel does with one more value: make the sender wait, or drop some value. */
export type Overflow = "block" | "dropOldest" | "dropNewest";

/** How a channel bounds its buffer, beyond the number of values. */
export interface ChannelOptions<T> {
  /**
   * What happens to a value that finds no room and no receiver. "block" (the default) makes its
   * sender wait. "dropOldest" drops from the front of the buffer until the new value fits;
   * "dropNewest" drops the new value. Under these two no sender ever waits. A capacity of 1 with
   * "dropOldest" keeps the latest value only.
   */
  readonly overflow?: Overflow | undefined;
  /**
   * Gets each dropped value once, after the operation that dropped it is complete. What it throws
   * becomes an uncaught exception, as with an event listener: the send is not to blame.
   */
  readonly onDrop?: ((value: T) => void) | undefined;
  /**
   * The cost of a value in a unit of your choice, bytes say: finite and >= 0. Asked once for each
   * value that is buffered or has to wait. What it throws reaches the sender, nothing being sent.
   */
  readonly cost?: ((value: T) => number) | undefined;
  /**
   * The buffer has room while its total cost stays within this limit (default: Infinity), besides
   * the limit of `capacity`. A value that is dearer alone is let into an empty buffer.
   */
  readonly costMax?: number | undefined;
}

/** Throws a RangeError for what is out of range, and a TypeError for what has the wrong shape. */
export function checkOptions<T>(capacity: number, options: ChannelOptions<T>): void {
  const { overflow = "block", onDrop, cost, costMax } = options;
  if (capacity !== Infinity && !(Number.isInteger(capacity) && capacity >= 0)) {
    throw new RangeError(
      `Cannot create channel: found capacity ${capacity}, must be an integer >= 0 or Infinity`,
    );
  }
  if (overflow !== "block" && overflow !== "dropOldest" && overflow !== "dropNewest") {
    throw new TypeError(
      `Cannot create channel: found overflow ${overflow}, must be block, dropOldest or dropNewest`,
    );
  }
  if (overflow === "dropOldest" && capacity === 0) {
    throw new RangeError("Cannot drop the oldest value: found capacity 0, must be >= 1");
  }
  checkFunction("onDrop", onDrop);
  checkFunction("cost", cost);
  if (costMax === undefined) return;
  if (cost === undefined) {
    throw new TypeError("Cannot limit the cost: found costMax without cost, must be both");
  }
  if (!(costMax >= 0)) {
    throw new RangeError(`Cannot limit the cost: found costMax ${costMax}, must be >= 0`);
  }
}

function checkFunction(name: string, value: unknown): void {
  if (value === undefined || typeof value === "function") return;
  throw new TypeError(`Cannot create channel: found ${name} ${typeof value}, must be a function`);
}
