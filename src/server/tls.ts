// Whether a socket is of TLS, by the mark that Node has for that. `instanceof TLSSocket` would need
// an import of node:tls, and an import of it evaluates all that it exports: 220 KiB of heap for the
// root certificates, which a server has no use for.

import type { Duplex } from "node:stream";

/** Whether `socket` is a `TLSSocket`, and not TCP, HTTP/2 or a stream in memory. */
export function isTls(socket: Duplex): boolean {
  return (socket as { readonly encrypted?: boolean }).encrypted === true;
}
