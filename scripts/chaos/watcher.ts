// What the one who watches all clients is told by each of them.

import type { Peer } from "./peer.ts";

/** How a connection ends for the one who looks: the code of the server's Close, or none. */
export type Ending = number | "no Close";

/** Whom a peer tells. */
export interface PeerWatcher {
  opened(peer: Peer): void;
  echoed(): void;
  pushed(): void;
  /** It is over; `ending` is `null` when it never opened, or was cut by the peer itself. */
  over(peer: Peer, ending: Ending | null): void;
  violated(what: string): void;
}
