// A TCP connection to where a WebSocket URL points, inside of TLS for wss: §4.1.

import { connect as connectTcp, isIP } from "node:net";
import type { Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { ConnectionOptions } from "node:tls";
import type { WebSocketUrl } from "../protocol/websocket_url.ts";

/** How to open it. */
export interface SocketOptions {
  /** Gives it up. */
  readonly signal?: AbortSignal | undefined;
  /** Certificates in PEM to trust, in place of those of Node. */
  readonly ca?: string | undefined;
  /** Takes any certificate, whoever signed it: for tests. Default: false. */
  readonly insecure?: boolean | undefined;
}

/**
 * Fulfils when the connection stands and the certificate of the server is accepted; rejects with
 * the error of the socket, or with the reason of the signal. The socket is half-open: it does not
 * end by itself when the peer has. It ignores "error": watch "close".
 */
export function openSocket(url: WebSocketUrl, options: SocketOptions = {}): Promise<Socket> {
  const { signal } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const socket = url.isSecure ? openTls(url, options) : openTcp(url);
    const abort = (): void => void socket.destroy();
    let failure: unknown;
    socket.on("error", (error) => (failure ??= error));
    socket.once("close", onClose);
    signal?.addEventListener("abort", abort);
    socket.once(url.isSecure ? "secureConnect" : "connect", () => {
      socket.off("close", onClose);
      signal?.removeEventListener("abort", abort);
      socket.setNoDelay(true);
      resolve(socket);
    });

    function onClose(): void {
      signal?.removeEventListener("abort", abort);
      reject(signal?.aborted ? signal.reason : failure); // nothing else closes it
    }
  });
}

function openTcp({ hostname, port }: WebSocketUrl): Socket {
  return connectTcp({ host: hostname, port, allowHalfOpen: true });
}

/** §4.1: the name goes along (SNI), so that a host of many names shows the right certificate. */
function openTls({ hostname, port }: WebSocketUrl, options: SocketOptions): Socket {
  const { ca, insecure = false } = options;
  const all: ConnectionOptions & { allowHalfOpen: boolean } = {
    host: hostname,
    port,
    allowHalfOpen: true, // which its type has not got
    ALPNProtocols: ["http/1.1"],
    rejectUnauthorized: !insecure,
    ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
    ...(ca === undefined ? {} : { ca }),
  };
  return connectTls(all);
}
