// An opening handshake that is refused: the HTTP status that says so, and the headers with it.
// A handler may make one out of what the client sent, so nothing gets in that would be no answer.

import { describe } from "../frame/describe.ts";
import { isToken } from "../message/token.ts";

/** What a field value may hold: RFC 9110 §5.5. A line feed would begin a header of its own. */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Where a body ends is not for its message to say: RFC 9112 §6. */
const BODY_HEADERS: readonly string[] = ["content-length", "transfer-encoding"];

/**
 * The handshake is refused with an HTTP status, or sent elsewhere with one: §4.2.1, §4.2.2. Thrown
 * by a handler it is that answer.
 *
 * @throws {RangeError} When the status is none of 300 to 599, or 304, which has no body.
 * @throws {TypeError} When a header may not be on the wire (RFC 9110 §5.1, §5.5), or is about the
 * body, which is the message.
 */
export class HandshakeError extends Error {
  override readonly name: string = "HandshakeError";
  /** The HTTP status of the refusal. */
  readonly status: number;
  /** The headers that the status requires. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(message: string, status: number, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    if (!(Number.isInteger(status) && status >= 300 && status <= 599 && status !== 304)) {
      const found = describe(status);
      const due = "must be an integer from 300 to 599, and not 304 (§4.2.2)";
      throw new RangeError(`Cannot refuse: status is ${found}, ${due}`);
    }
    this.status = status;
    this.headers = checkedHeaders(headers);
  }
}

/** A copy of `headers`: what was checked is what is sent. */
function checkedHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  if (typeof headers !== "object" || headers === null) {
    throw new TypeError(`Cannot refuse: headers are ${describe(headers)}, must be an object`);
  }
  const entries = Object.entries(headers);
  for (const [name, value] of entries) {
    const header = `header ${describe(name)}`;
    if (!isToken(name)) throw new TypeError(`Cannot refuse: ${header} must have a token for name`);
    if (BODY_HEADERS.includes(name.toLowerCase())) {
      throw new TypeError(`Cannot refuse: ${header} is set by the answer itself`);
    }
    if (typeof value === "string" && FIELD_VALUE.test(value)) continue;
    const due = "must be a string of visible characters up to U+00FF (RFC 9110 §5.5)";
    throw new TypeError(`Cannot refuse: ${header} is ${describe(value)}, ${due}`);
  }
  return Object.fromEntries(entries);
}
