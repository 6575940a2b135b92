// `sluice explain`: what a person, or a test, has in bytes, frame by frame: §5.2.

import { once } from "node:events";
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Role } from "../frame/mod.ts";
import { COLOUR_HELP, COLOUR_OPTIONS, wantsColour } from "./colour.ts";
import { UsageError } from "./command.ts";
import type { Command } from "./command.ts";
import { explanations } from "./explanation.ts";
import type { ExplanationOptions } from "./explanation.ts";
import { readInput, readText } from "./input.ts";
import type { Form } from "./input.ts";
import { endWithReader, print } from "./print.ts";

/** Frames explained, as a command. */
export const explainCommand: Command = {
  summary: "what the bytes of frames say, and which rule they break",
  help: `Usage: sluice explain [OPTION...] [HEX...]
       ... | sluice explain [OPTION...]

Draws each frame as RFC 6455 §5.2 does: every field with its bits, its value, its meaning and its
section; the payload unmasked; what is missing when it is cut; which rule is broken, and where.

The hex may be grouped in any way: 818537fa, 81 85, 81:85, 0x81,0x85, \\x81\\x85, and dumps of xxd
and hexdump -C. Without HEX the bytes are read from the standard input.

  --file PATH           Reads this file
  --hex, --raw          The input is hex, or the bytes themselves. Default: hex if all of it is text
  --base64              HEX, or the input, is base64
  --role server|client  Who reads them: a server needs them masked, a client not masked (§5.1).
                        Default: both are fine
  --rsv1                RSV1 is allowed, as with permessage-deflate (RFC 7692)
  --deflate             The same, and what is compressed is shown inflated
  --short               One line a frame, and what is wrong with it
  --drawn N             Bytes of a payload that are drawn bit by bit. Default: 16
  --json                One JSON object a line for each frame
${COLOUR_HELP}

Exit code: 0 every frame is right and whole, 1 one breaks a rule or is cut, 2 misuse.

Examples: sluice explain 81 85 37 fa 21 3d 7f 9f 4d 51 58
          xxd capture.bin | sluice explain --role server --short`,
  run,
};

async function run(args: readonly string[]): Promise<number> {
  endWithReader();
  const { values, positionals } = parse(args);
  const bytes = await readBytes(values, positionals);
  if (bytes.length === 0) throw nothing();
  const { deflate = false, rsv1 = false, json = false, short = false } = values;
  const options: ExplanationOptions = {
    form: json ? "json" : short ? "lines" : "diagrams",
    role: roleOf(values.role),
    rsv1,
    deflate,
    colour: wantsColour(values, process.stdout),
    drawnMax: drawnMax(values.drawn),
  };
  let isFine = true;
  for (const explanation of explanations(bytes, options)) {
    isFine &&= explanation.isFine;
    if (!print(explanation.text)) await once(process.stdout, "drain");
  }
  return isFine ? 0 : 1;
}

function parse(args: readonly string[]): ReturnType<typeof parseArgs<typeof CONFIG>> {
  return parseArgs({ ...CONFIG, args: [...args] });
}

const CONFIG = {
  allowPositionals: true,
  options: {
    ...COLOUR_OPTIONS,
    file: { type: "string" },
    hex: { type: "boolean" },
    raw: { type: "boolean" },
    base64: { type: "boolean" },
    role: { type: "string" },
    rsv1: { type: "boolean" },
    deflate: { type: "boolean" },
    short: { type: "boolean" },
    drawn: { type: "string" },
    json: { type: "boolean" },
  },
} as const;

type Values = ReturnType<typeof parse>["values"];

async function readBytes(values: Values, positionals: readonly string[]): Promise<Uint8Array> {
  const forms = (["hex", "base64", "raw"] as const).filter((form) => values[form]);
  if (forms.length > 1) throw new UsageError("One of --hex, --base64 and --raw, not several");
  const form: Form | null = forms[0] ?? null;
  const { file } = values;
  if (positionals.length > 0) {
    if (file !== undefined) throw new UsageError("Bytes come from --file or as HEX, not both");
    if (form === "raw") throw new UsageError("--raw is for a file or the standard input");
    const [path] = positionals;
    const isFile = positionals.length === 1 && form === null && /[./\\]/.test(path);
    if (isFile && existsSync(path)) throw new UsageError(`That is a file: try --file ${path}`);
    return readText(positionals.join(" "), form ?? "hex");
  }
  if (file === undefined && process.stdin.isTTY) throw nothing();
  return readInput(file ?? null, form);
}

function nothing(): UsageError {
  return new UsageError("There is no byte to explain: try 81 05 48 65 6c 6c 6f");
}

function roleOf(role: string | undefined): Role | null {
  if (role === undefined) return null;
  if (role === "server" || role === "client") return role;
  throw new UsageError(`Role is "${role}", must be server or client`);
}

function drawnMax(text = "16"): number {
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw new UsageError(`--drawn is "${text}", must be a number of bytes`);
}
