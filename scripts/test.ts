// `npm test`: runs every test below dist/test in this process, or those whose path matches the
// first argument. It adds to uvu what uvu lacks: a file whose suite never runs is a failure (uvu
// passes over it in silence), a run that hangs ends, and the last line says how many tests ran.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parse } from "uvu/parse";
import { run } from "uvu/run";

const RUN_TIMEOUT_MS = 10 * 60_000;

const directory = fileURLToPath(new URL("../test", import.meta.url));
const pattern = new RegExp(`${process.argv[2] ?? ""}.*\\.test\\.js$`);
const { suites } = await parse(directory, pattern);
if (suites.length === 0) throw new Error(`No test file matches ${pattern}`);
for (const { file, name } of suites) {
  if (!/\.run\(\)/.test(await readFile(file, "utf8"))) throw new Error(`${name} never calls run()`);
}

const watchdog = setTimeout(() => {
  console.error(`\nThe tests still run after ${RUN_TIMEOUT_MS / 60_000} minutes: giving up`);
  process.exit(1);
}, RUN_TIMEOUT_MS);

let output = "";
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = ((chunk: string | Uint8Array, ...rest: []) => {
  output += String(chunk);
  return write(chunk, ...rest);
}) as typeof process.stdout.write;

await run(suites);
clearTimeout(watchdog);
const total = Number(/Total:\s+(\d+)/.exec(output)?.[1]);
const passed = Number(/Passed:\s+(\d+)/.exec(output)?.[1]);
const skipped = Number(/Skipped:.*?(\d+)\D*\n/.exec(output)?.[1]);
console.log(`${passed} passed, ${total - passed} failed, ${skipped} skipped`);
if (!(total > 0 && passed === total && skipped === 0)) process.exitCode = 1;
