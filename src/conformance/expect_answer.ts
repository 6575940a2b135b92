// What must become of an opening handshake: a 101, or an HTTP error, or an ordinary response.

import type { HandshakeRequest } from "./handshake_request.ts";
import type { ResponseHead } from "./response_head.ts";
import type { Trial } from "./trial.ts";

/** How a request may be refused. */
export interface Refusal {
  /** It is no opening handshake at all, so that any response but 101 will do. */
  readonly mayBeOrdinary?: boolean;
  /** It is hardly HTTP, so that the end of the connection is an answer too. */
  readonly mayBeCut?: boolean;
}

/** Sends a valid handshake. Returns whether the answer is 101; what it says is judged elsewhere. */
export async function expectUpgrade(trial: Trial, request: HandshakeRequest): Promise<boolean> {
  const { head } = await trial.request(request);
  if (head?.status === 101) return true;
  if (head === null) trial.silence("Expected 101, found no response");
  else trial.violation(`Expected 101, found ${head.statusLine}`);
  return false;
}

/** Sends what must be refused. Returns the head of the response, when it was. */
export async function expectRefusal(
  trial: Trial,
  request: HandshakeRequest,
  { mayBeOrdinary = false, mayBeCut = false }: Refusal = {},
): Promise<ResponseHead | null> {
  const { client, head } = await trial.request(request, false);
  const { timeoutMs } = trial.settings;
  if (head === null && client.ended === null) {
    trial.isUncertain = true;
    trial.report("S02", "fail", `A request that must be refused has no answer in ${timeoutMs} ms`);
  } else if (head === null) {
    const what = "A request that must be refused has no HTTP response: the connection ends";
    trial.report("S02", mayBeCut ? "warning" : "fail", what);
  } else if (head.status === 101) {
    trial.violation("Expected an HTTP error such as 400, found 101: the handshake was accepted");
  } else if (mayBeOrdinary) {
    return head;
  } else if (head.status < 400) {
    const what = `A malformed handshake is answered with ${head.statusLine}, no error`;
    trial.report("S02", "warning", what);
  } else if (head.status >= 500 && head.status !== 501 && head.status !== 505) {
    const what = `A malformed handshake is answered with ${head.statusLine}, not with 400`;
    trial.report("S02", "warning", what);
  }
  return head;
}
