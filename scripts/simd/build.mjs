// Assembles mask.wat into the constant MODULE of src/frame/simd.ts; with `--check` it only compares
// the two, byte for byte, and exits with 1 when they differ. `npm ci && node build.mjs [--check]`.
import { readFile, writeFile } from "node:fs/promises";
import wabt from "wabt";

const SIZE_MAX = 1024;

const source = new URL("mask.wat", import.meta.url);
const target = new URL("../../src/frame/simd.ts", import.meta.url);

const { parseWat } = await wabt();
const module = parseWat("mask.wat", await readFile(source, "utf8"), { simd: true });
const { buffer } = module.toBinary({});
if (buffer.length >= SIZE_MAX) {
  throw new Error(`Module is ${buffer.length} bytes, must be < ${SIZE_MAX}`);
}

const code = await readFile(target, "utf8");
const lines = Buffer.from(buffer).toString("base64").match(/.{1,90}/g) ?? [];
const constant = `const MODULE =\n  ${lines.map((line) => `"${line}"`).join(" +\n  ")};\n`;
const built = code.replace(/const MODULE =[^;]*;\n/, () => constant);

if (process.argv[2] !== "--check") {
  await writeFile(target, built);
} else if (built !== code) {
  throw new Error("src/frame/simd.ts is not what mask.wat makes: node scripts/simd/build.mjs");
}
console.log(`SIMD: ${buffer.length} bytes of WebAssembly, as in src/frame/simd.ts`);
