// The request of a client as the tap passes it on. Bytes of frames go through as they are; of the
// request three things must change, or the server would refuse what it would take from the client:
//
//   Host        the client has named the tap: the server is named
//   Origin      where it was the same as Host it stays the same (§10.2)
//   target      "/" becomes the path of the URL that is tapped, if that has one
//
// And a request that asks for no upgrade is the last on its connection: the tap reads only one.

import { listHas } from "../message/token.ts";
import { isSameOrigin } from "../protocol/origin.ts";
import { fieldValues, isUpgrade } from "../protocol/handshake.ts";
import type { HttpHead } from "../protocol/http_head.ts";
import type { WebSocketUrl } from "../protocol/websocket_url.ts";

/** What was there before: "127.0.0.1:7778" by "Host"; the first line by "startLine". */
export type Changes = ReadonlyMap<string, string>;

/** `head` as the server should get it, and what it was where it has changed. */
export function rewriteRequest(
  head: HttpHead,
  target: WebSocketUrl,
): { readonly forwarded: HttpHead; readonly changes: Changes } {
  const changes = new Map<string, string>();
  const change = (name: string, from: string, to: string): string => {
    if (from !== to) changes.set(name, from);
    return to;
  };
  const [method, path, version] = head.startLine.split(" ");
  const asked = path === "/" ? target.target : path;
  const startLine = change("startLine", head.startLine, `${method} ${asked} ${version}`);
  const host = fieldValues(head, "host").join();
  const staysOpen = isUpgrade({ httpVersion: version.slice(5), rawHeaders: head.rawHeaders });
  const rawHeaders: string[] = [];
  for (let at = 0; at + 1 < head.rawHeaders.length; at += 2) {
    const [name, value] = head.rawHeaders.slice(at, at + 2);
    rawHeaders.push(name, change(name, value, newValue(name, value)));
  }
  if (!staysOpen && fieldValues(head, "connection").length === 0) {
    rawHeaders.push("Connection", change("Connection", "", "close"));
  }
  return { forwarded: { startLine, rawHeaders }, changes };

  function newValue(name: string, value: string): string {
    switch (name.toLowerCase()) {
      case "host":
        return target.host;
      case "origin":
        return isSameOrigin(value, host) ? originOf(target) : value;
      case "connection":
        return staysOpen || listHas(value, "close") ? value : "close";
      default:
        return value;
    }
  }
}

/** The head as bytes of a message, one a character. */
export function writeHead({ startLine, rawHeaders }: HttpHead): string {
  let text = `${startLine}\r\n`;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    text += `${rawHeaders[at]}: ${rawHeaders[at + 1]}\r\n`;
  }
  return `${text}\r\n`;
}

function originOf({ isSecure, host }: WebSocketUrl): string {
  return `${isSecure ? "https" : "http"}://${host}`;
}
