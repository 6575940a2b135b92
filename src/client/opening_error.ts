// Why a connection did not open: §4.1. Where the server has answered by HTTP, with what it said.

import type { HttpHead } from "../protocol/http_head.ts";

/** The opening handshake failed, on the client. */
export class OpeningError extends Error {
  override readonly name: string = "OpeningError";
  /** The HTTP status of the answer; `null` when there was none, or none that could be read. */
  readonly status: number | null;
  /** The head of the answer. */
  readonly head: HttpHead | null;
  /** The first of its body, as text. */
  readonly body: string;

  constructor(
    message: string,
    options: ErrorOptions & {
      readonly status?: number;
      readonly head?: HttpHead;
      readonly body?: string;
    } = {},
  ) {
    super(message, options);
    this.status = options.status ?? null;
    this.head = options.head ?? null;
    this.body = options.body ?? "";
  }
}
