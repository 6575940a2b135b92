// Values of options that several commands have.

import { UsageError } from "./command.ts";

/** A port: 0 to 65535. */
export function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port <= 65535) return port;
  throw new UsageError(`Port is "${text}", must be a number from 0 to 65535`);
}

/** Seconds, as milliseconds. */
export function readSeconds(name: string, text: string): number {
  const seconds = /^\d{1,7}(?:\.\d{1,3})?$/.test(text) ? Number(text) : NaN;
  if (!Number.isNaN(seconds)) return Math.round(seconds * 1000);
  throw new UsageError(`--${name} is "${text}", must be a number of seconds`);
}

/** A header field, "Name: value". */
export function readHeader(text: string): readonly [name: string, value: string] {
  const colon = text.indexOf(":");
  if (colon > 0) return [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
  throw new UsageError(`Header is ${JSON.stringify(text)}, must be "Name: value"`);
}
