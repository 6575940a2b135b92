// To end a socket so that the peer gets what was written. A socket that closes with unread bytes
// resets the connection, and a reset takes from the peer what it has not read yet: our answer.

import type { Duplex } from "node:stream";

/** Time for the peer to end its direction. */
const LINGER_MS = 1000;

/** Sockets that end so: what still comes on one may ask for it again. */
const ending = new WeakSet<Duplex>();

/** Sends FIN, throws away what still comes, and destroys the socket when the peer ends or idles. */
export function endGently(socket: Duplex): void {
  if (ending.has(socket)) return;
  ending.add(socket);
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once("close", () => clearTimeout(timer));
  socket.on("end", () => socket.destroy());
  socket.on("error", () => {});
  socket.resume();
  socket.end();
}
