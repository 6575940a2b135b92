// `node run_tests.js MODULE TEST...`, with the paths below dist/test: imports the module that may
// have a fault, runs the tests in their order, and stops at the first that fails. It prints the
// name of each before it runs. Exit code 1: one failed; 3: the module does not parse.

import { fileURLToPath, pathToFileURL } from "node:url";
import { run } from "uvu/run";
import { INVALID } from "./workspace.ts";

/** What uvu prints for a test that failed. */
const FAILED = "✘";

const [module, ...names] = process.argv.slice(2);

try {
  await import(pathToFileURL(module).href);
} catch (error) {
  process.exit(error instanceof SyntaxError ? INVALID : 1);
}

const write = process.stdout.write.bind(process.stdout);
process.stdout.write = ((text: string | Uint8Array): boolean => {
  if (String(text).includes(FAILED)) process.exit(1); // uvu would end the suite first
  return true;
}) as typeof process.stdout.write;

const directory = new URL("../../test/", import.meta.url);
const queue: unknown[] = [];
Object.assign(globalThis, { UVU_QUEUE: queue }); // that of uvu, which has no end of its own
for (const name of names) {
  write(`${name}\n`);
  queue.length = 0; // run() would run those before it again
  await run([{ name, file: fileURLToPath(new URL(name, directory)) }]);
  if (process.exitCode !== 0) process.exit(1);
}
// What is still open belongs to a test that is over.
process.exit();
