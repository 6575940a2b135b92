// Writes test/vectors/*.json from the tables beside this file; with `--check` it only compares, and
// exits with 1 when a file differs. The tables and their encoder know nothing of src/: what is
// right is worked out from the RFCs, by hand where a hand can do it.
//
//   node dist/scripts/vectors/build.js [--check]
//
// An id is a name for good: new vectors go to the end of their table, and none is taken out.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { accept } from "./accept.ts";
import { close } from "./close.ts";
import { deflate } from "./deflate.ts";
import { extensions } from "./extensions.ts";
import { framing } from "./framing.ts";
import { handshake } from "./handshake.ts";
import { inflate } from "./inflate.ts";
import { masking } from "./masking.ts";
import { messages } from "./messages.ts";
import { negotiation } from "./negotiation.ts";
import { utf8 } from "./utf8.ts";
import { utf8Fragments } from "./utf8_fragments.ts";
import type { VectorFile } from "./vector.ts";

const FILES: readonly VectorFile[] = [
  framing,
  masking,
  messages,
  utf8,
  utf8Fragments,
  close,
  accept,
  handshake,
  extensions,
  negotiation,
  inflate,
  deflate,
];

/** The vectors are read where they are written, not in dist. */
const DIRECTORY = new URL("../../../test/vectors/", import.meta.url);

const isCheck = process.argv[2] === "--check";
const differing = FILES.filter((file) => !write(file)).map(({ name }) => `${name}.json`);
const known = new Set(["schema.json", ...FILES.map(({ name }) => `${name}.json`)]);
const found = readdirSync(DIRECTORY).filter((name) => name.endsWith(".json"));
const strange = found.filter((name) => !known.has(name));
const total = FILES.reduce((sum, { vectors }) => sum + vectors.length, 0);
if (differing.length > 0) fail(`${differing.join(", ")}: not what the tables make`);
if (strange.length > 0) fail(`${strange.join(", ")}: no table makes it`);
console.log(`Vectors: ${total} in ${FILES.length} files, below ${fileURLToPath(DIRECTORY)}`);

/** Writes the file, or compares it. Returns whether it is as it must be. */
function write(file: VectorFile): boolean {
  const url = new URL(`${file.name}.json`, DIRECTORY);
  const text = print(file);
  if (isCheck) return readOr(url, "") === text;
  writeFileSync(url, text);
  return true;
}

/** One vector a line, so that a difference shows which one. */
function print({ name, kind, about, vectors }: VectorFile): string {
  const whats = new Set(vectors.map(({ what }) => what));
  if (whats.size < vectors.length) fail(`${name}: two vectors say the same of what they try`);
  const lines = vectors.map(({ what, section, note, expect, ...input }, index) => {
    const id = `${name}-${String(index + 1).padStart(3, "0")}`;
    const noted = note === undefined ? {} : { note };
    return `    ${JSON.stringify({ id, what, section, ...noted, ...input, expect })}`;
  });
  return [
    "{",
    `  "$schema": "./schema.json",`,
    `  "kind": ${JSON.stringify(kind)},`,
    `  "about": ${JSON.stringify(about)},`,
    `  "vectors": [`,
    lines.join(",\n"),
    "  ]",
    "}",
    "",
  ].join("\n");
}

function readOr(url: URL, otherwise: string): string {
  try {
    return readFileSync(url, "utf8");
  } catch {
    return otherwise;
  }
}

function fail(why: string): never {
  console.error(`Vectors: ${why}`);
  process.exit(1);
}
