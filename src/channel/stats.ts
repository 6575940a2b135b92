// What a channel tells about itself: to tests, to metrics, and to console.log().

/** A look inside a channel. */
export interface ChannelStats {
  readonly size: number;
  readonly capacity: number;
  readonly cost: number;
  /** How many sends wait, those of a `select` included. */
  readonly senders: number;
  /** How many receives wait, those of a `select` included. */
  readonly receivers: number;
  readonly closed: boolean;
}

/** The name under which Node looks for a method that describes an object. */
export const INSPECT: unique symbol = Symbol.for("nodejs.util.inspect.custom");

type Inspect = (value: unknown, options: object) => string;

/** That method, for whatever has stats(). */
export function inspectStats(
  this: { stats(): ChannelStats },
  _depth: number,
  options: object,
  inspect: Inspect,
): string {
  return `Channel ${inspect(this.stats(), options)}`;
}
