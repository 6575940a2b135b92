// Errors that tell how a connection has ended: their stack would lead from Node's event loop to
// us, and to nobody else. To take it is the dearest thing about a client that goes, 30 µs, and
// thousands go at once.

/** What `make` makes, as an error without the places where it was made. */
export function stackless<T extends Error>(make: () => T): T {
  const { stackTraceLimit } = Error;
  Reflect.set(Error, "stackTraceLimit", 0); // which does not throw where that is frozen
  try {
    return make();
  } finally {
    Reflect.set(Error, "stackTraceLimit", stackTraceLimit);
  }
}
