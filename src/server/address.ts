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

/** Where the other end of a socket is. It is read early: a socket that closed forgets it. */
export function remoteAddr(socket: Socket): Addr {
  const { remoteAddress, remotePort } = socket;
  return remoteAddress === undefined || remotePort === undefined
    ? { transport: "unix", path: "" }
    : { transport: "tcp", hostname: remoteAddress, port: remotePort };
}

/** The URL under which a person on this machine reaches `addr`. */
export function displayUrl(addr: Addr, scheme: "http" | "https"): string {
  if (addr.transport === "unix") return addr.path;
  const { hostname, port } = addr;
  const everywhere = hostname === "0.0.0.0" || hostname === "::";
  const host = everywhere ? "localhost" : hostname.includes(":") ? `[${hostname}]` : hostname;
  return `${scheme}://${host}:${port}/`;
}
