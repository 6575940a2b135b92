// Addresses in Deno's shape: `{ transport, hostname, port }`, or a path for a Unix socket.

import type { AddressInfo, Socket } from "node:net";
import type { RemoteAddr } from "../connection/connection.ts";

/** Where a server listens or a client is. */
export type Addr = RemoteAddr;

/** What `net.Server.address()` says, as an address; `null` when it does not listen. */
export function localAddr(address: AddressInfo | string | null): Addr | null {
  if (address === null) return null;
  if (typeof address === "string") return { transport: "unix", path: address };
  return { transport: "tcp", hostname: address.address, port: address.port };
}

/**
 * Where the other end of a socket is. It is read early: a socket that closed forgets it. Of one
 * that was reset there is nothing to read: its hostname is "", and it must not pass for a Unix
 * socket, which leads to this machine.
 */
export function remoteAddr(socket: Socket): Addr {
  const { remoteAddress, remotePort } = socket;
  if (remoteAddress === undefined || remotePort === undefined) {
    return hasLeft(socket)
      ? { transport: "tcp", hostname: "", port: 0 }
      : { transport: "unix", path: "" };
  }
  return { transport: "tcp", hostname: remoteAddress, port: remotePort };
}

/** Whether it is a TCP socket that knows its own end only: the other one has gone. */
export function hasLeft(socket: Socket): boolean {
  return socket.remoteAddress === undefined && socket.localAddress !== undefined;
}

/** The URL under which a person on this machine reaches `addr`. */
export function displayUrl(addr: Addr, scheme: "http" | "https"): string {
  if (addr.transport === "unix") return addr.path;
  const { hostname, port } = addr;
  const everywhere = hostname === "0.0.0.0" || hostname === "::";
  const host = everywhere ? "localhost" : hostname.includes(":") ? `[${hostname}]` : hostname;
  return `${scheme}://${host}:${port}/`;
}
