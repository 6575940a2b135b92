// `Promise.withResolvers()`, which Node 20 has not got.

/** A promise that the test fulfils. */
export class Deferred<T = void> {
  resolve: (value: T) => void = () => {};
  readonly promise: Promise<T> = new Promise((resolve) => (this.resolve = resolve));
}
