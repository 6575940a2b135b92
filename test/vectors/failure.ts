// What a vector says of an error of ours.

import { ProtocolError } from "../../src/frame/mod.ts";

/** What a vector says of the error: its name, the close code, the section. */
export interface Failure {
  readonly error: string;
  readonly closeCode: number;
  readonly section: string;
}

/** What a vector would say of `error`. Throws any other than a ProtocolError. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof ProtocolError)) throw error;
  const { code, closeCode, section } = error;
  return { error: code, closeCode, section };
}

/** The same with the offset, for an error in a stream. */
export function failureAt(error: unknown): Failure & { readonly offset: number } {
  const failure = failureOf(error);
  return { ...failure, offset: (error as ProtocolError).offset };
}
