// Whatever a handler does leads to a response: what it returns, the refusal that it threw, or what
// `onError` makes of any other error. None of these functions rejects.

import { isA, print } from "../connection/thrown.ts";
import { describe } from "../frame/describe.ts";
import { HandshakeError } from "../protocol/handshake_error.ts";
import { RequestError } from "./request.ts";
import { refusal } from "./response.ts";

/** Makes the response when a handler throws. */
export type ErrorHandler = (error: unknown) => Response | Promise<Response>;

/**
 * The response that `act` leads to, if only to the error of it. It never rejects.
 *
 * @param onThrown Told of the refusal that was thrown; `null`: of any other error.
 */
export async function respond(
  onError: ErrorHandler,
  act: () => Response | Promise<Response>,
  onThrown: (refusal: HandshakeError | RequestError | null) => void,
): Promise<Response> {
  try {
    return checked(await act(), "handler");
  } catch (error) {
    const isRefusal = isA(error, HandshakeError) || isA(error, RequestError);
    try {
      onThrown(isRefusal ? error : null);
      if (!isRefusal) return await failed(onError, error);
      const headers = isA(error, HandshakeError) ? error.headers : {};
      return refusal(error.status, error.message, headers); // §10.7 [B58], §4.2.1 [S02]
    } catch (nextError) {
      return await failed(onError, nextError); // its fields were changed: no refusal any more
    }
  }
}

/**
 * The response for an error: what `onError` makes of it; if it fails too, a plain 500, and both
 * errors are printed.
 */
export async function failed(onError: ErrorHandler, error: unknown): Promise<Response> {
  try {
    return checked(await onError(error), "onError");
  } catch (nextError) {
    print(error);
    print(nextError);
    return refusal(500, "Internal Server Error");
  }
}

/** What is done about an error where `serve()` was not told. */
export function printError(error: unknown): Response {
  print(error);
  return refusal(500, "Internal Server Error");
}

/** A 101 answers its own request only, and once: here it is somebody else's, or comes again. */
export async function ordinary(onError: ErrorHandler, response: Response): Promise<Response> {
  if (response.status !== 101) return response;
  const error = new TypeError("Cannot respond: the 101 belongs to another request, or is too late");
  const instead = await failed(onError, error);
  return instead.status === 101 ? refusal(500, "Internal Server Error") : instead;
}

function checked(response: Response, source: string): Response {
  if (!(response instanceof Response)) {
    throw new TypeError(`Cannot respond: ${source} gave ${describe(response)}, must be a Response`);
  }
  if (response.bodyUsed || response.body?.locked) {
    throw new TypeError(`Cannot respond: ${source} gave a body that somebody else reads`);
  }
  if (response.status < 101) {
    throw new TypeError(`Cannot respond: ${source} gave status ${response.status}, an error`);
  }
  return response;
}
