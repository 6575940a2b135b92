// The names under which a server answers. A page of an attacker may give its own name the address
// of a server in the user's network (DNS rebinding); to the browser the two are one origin then,
// and only Host tells the server that it is not meant: RFC 9110 §7.4.

import { describe } from "../frame/describe.ts";
import { RequestError } from "./request.ts";

/** Sees to it that requests are for one of the hosts that a server has. */
export class AllowedHosts {
  readonly #hosts: ReadonlySet<string> | null;

  /**
   * @param hosts As in "example.com" for every port, "example.com:8080", "[::1]"; `undefined`: all.
   * @throws {TypeError} When they are no array, or one of them is no host.
   */
  constructor(hosts: readonly string[] | undefined) {
    if (hosts !== undefined && !Array.isArray(hosts)) {
      const found = describe(hosts);
      throw new TypeError(`Cannot serve: allowedHosts is ${found}, must be an array of hosts`);
    }
    this.#hosts = hosts === undefined ? null : new Set(hosts.map(checkedHost));
  }

  /** Throws {@linkcode RequestError} 421 when `url` is for another host. */
  check(url: string): void {
    if (this.#hosts === null) return;
    const { host, hostname } = new URL(url);
    if (this.#hosts.has(host) || this.#hosts.has(hostname)) return;
    throw new RequestError("Host must be one of those that this server has (allowedHosts)", 421);
  }
}

function checkedHost(host: string): string {
  const isText = typeof host === "string";
  const isHost = isText && /^[^/?#@\\\s]+$/.test(host) && URL.canParse(`http://${host}`);
  if (isHost) return new URL(`http://${host}`).host;
  const found = describe(host);
  throw new TypeError(`Cannot serve: an allowed host is ${found}, must be "name" or "name:port"`);
}
