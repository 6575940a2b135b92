// What a fuzzer is told.

import { parseArgs } from "node:util";

/** Which targets, for how long. */
export interface Options {
  readonly targets: readonly string[];
  /** Of each. */
  readonly inputs: number;
  /** Of each. */
  readonly seconds: number;
  readonly seed: bigint;
  readonly minimise: boolean;
  readonly ledger: boolean;
}

/** Of each target, unless something is said. */
const SECONDS = 10;

/**
 * Reads the command line; the targets share the seconds.
 *
 * @throws {TypeError} When it cannot be read; its message is for people.
 */
export function readOptions(args: readonly string[], known: readonly string[]): Options {
  const [type, none] = ["string", "boolean"] as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      seconds: { type },
      inputs: { type },
      seed: { type },
      minimise: { type: none },
      "no-ledger": { type: none },
    },
    allowPositionals: true,
  });
  const [name = "all", ...rest] = positionals;
  if (rest.length > 0) throw new TypeError(`Found "${rest[0]}" behind "${name}"`);
  const isKnown = name === "all" || known.includes(name);
  if (!isKnown) throw new TypeError(`Found "${name}", must be all or one of ${known.join(", ")}`);
  const targets = name === "all" ? known : [name];
  const inputs = count("inputs", values.inputs);
  const seconds = count("seconds", values.seconds);
  return {
    targets,
    inputs: inputs ?? Infinity,
    seconds: seconds !== null ? seconds / targets.length : inputs === null ? SECONDS : Infinity,
    seed: seedOf(values.seed),
    minimise: values.minimise ?? false,
    ledger: !values["no-ledger"],
  };
}

function count(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text); // of nothing nothing fails
  throw new TypeError(`--${name} is "${text}", must be a whole number from 1`);
}

/** A whole number of any size, in decimal or, behind 0x, in hex. Default: from the clock. */
function seedOf(text: string | undefined): bigint {
  if (text === undefined) return BigInt(Date.now());
  if (/^(?:\d+|0x[0-9a-f]+)$/i.test(text)) return BigInt(text);
  throw new TypeError(`--seed is "${text}", must be a whole number of any size`);
}
