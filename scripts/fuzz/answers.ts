// The HTTP answers in what a server has sent: RFC 9112 §6.3. Each head by the letter, each body as
// long as its head says.

import { ResponseHead } from "../../test/support/response_head.ts";
import { Finding } from "./target.ts";

/** What a server has sent. */
export interface Answers {
  /** Without those that are only interim (100 to 103, but for 101). */
  readonly heads: readonly ResponseHead[];
  /** What is behind a 101: frames. */
  readonly frames: Buffer;
}

/**
 * Reads all answers.
 *
 * @param isWhole Whether nothing is missing; else the first head will do.
 * @throws {Finding} When they are not HTTP.
 */
export function readAnswers(bytes: Buffer, isWhole: boolean): Answers {
  const text = bytes.toString("latin1");
  const heads: ResponseHead[] = [];
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf("\r\n\r\n", at);
    if (end < 0) throw new Finding("answer", "an HTTP head", JSON.stringify(text.slice(at)));
    const head = new ResponseHead(text.slice(at, end + 4));
    at += head.size;
    if (head.status === 101) return { heads: [...heads, head], frames: bytes.subarray(at) };
    if (head.status < 200) continue;
    heads.push(head);
    if (!isWhole) break;
    at = behindBody(text, at, head);
    if (at > text.length) throw new Finding("body of an answer", "all of it", "a part");
  }
  return { heads, frames: Buffer.alloc(0) };
}

function behindBody(text: string, start: number, head: ResponseHead): number {
  const length = head.get("Content-Length");
  if (length !== null) return start + Number(length);
  if (head.get("Transfer-Encoding") !== "chunked") return text.length;
  for (let at = start; ; ) {
    const lineEnd = text.indexOf("\r\n", at);
    const line = lineEnd < 0 ? "" : text.slice(at, lineEnd);
    if (!/^[0-9a-f]+$/i.test(line)) throw new Finding("size of a chunk", "hex", line);
    const size = Number.parseInt(line, 16);
    at = lineEnd + 2 + size + 2;
    if (text.slice(at - 2, at) !== "\r\n") throw new Finding("end of a chunk", "CRLF", "none");
    if (size === 0) return at;
  }
}
