// How a connection ended, in a line, and whether a script should call that well.

import { closeCodeName } from "../frame/fields.ts";
import { CloseCode, NO_STATUS_RECEIVED } from "../frame/mod.ts";
import type { ClosePayload } from "../frame/mod.ts";
import type { Closure } from "../protocol/endpoint.ts";

/** Whether both sides closed, and the server, if it was the first, for no special reason. */
export function endedWell({ wasClean, initiator, code }: Closure): boolean {
  return wasClean && (initiator === "local" || isUsual(code));
}

/** As in `Closed: 1000 NORMAL_CLOSURE`. */
export function closureText(closure: Closure): string {
  if (endedWell(closure)) return `Closed: ${closeText(closure)}`;
  if (closure.wasClean) return `Failed: server closed with ${closeText(closure)}`;
  const { cause, sent } = closure; // had its Close come, ours would be the answer: clean
  const why = cause instanceof Error ? cause.message : "connection was lost";
  return `Failed: ${why}; ${sent === null ? "no Close" : `sent ${closeText(sent)}`}`;
}

function isUsual(code: number): boolean {
  const { NORMAL_CLOSURE, GOING_AWAY } = CloseCode;
  return code === NORMAL_CLOSURE || code === GOING_AWAY || code === NO_STATUS_RECEIVED;
}

function closeText({ code, reason }: ClosePayload): string {
  return `${code} ${closeCodeName(code)}${reason === "" ? "" : ` ${JSON.stringify(reason)}`}`;
}
