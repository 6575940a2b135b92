// RST, where Node can send one.

import { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { Duplex } from "node:stream";

/**
 * Cuts TCP with RST. Where something is still to be sent, or FIN is, it closes the socket instead:
 * Node would wait until that has left, which a peer that does not read puts off for ever, and the
 * system refuses a reset behind FIN, upon which Node keeps the descriptor.
 */
export function reset(socket: Duplex): void {
  const isPlain = socket instanceof Socket && !(socket instanceof TLSSocket);
  const isIdle = socket.writableLength === 0 && !socket.writableEnded;
  if (isPlain && isIdle) socket.resetAndDestroy();
  else socket.destroy();
}
