// A socket that takes all and keeps nothing: for counts and times of what is above it.

import type { Transport } from "../../src/connection/transport.ts";

/** Shared by whoever needs one: it has no state. */
export const sinkTransport: Transport = {
  flushed: true,
  write: () => true,
  pause: () => {},
  resume: () => {},
  end: () => {},
  destroy: () => {},
};
