// The names of all tests, as they are when the tests run: a loop over a table has made most of
// them. The compiled tests are imported with another uvu in place of the real one, which notes each
// name and runs nothing. (That is done by `register`, since Node 20 has no `registerHooks`.)

import { register } from "node:module";
import { readdirSync } from "node:fs";
import { join, sep } from "node:path";
import { pathToFileURL } from "node:url";

/** A test. */
export interface TestName {
  /** The source of the file that it is in, as in "test/frame/mask.test.ts". */
  readonly file: string;
  readonly name: string;
}

const NOTES = Symbol.for("sluice.test_names");

/** What is imported for "uvu". */
const NOTING_UVU = `
  const nothing = Object.assign(() => {}, { each() {} });
  const hooks = { before: nothing, after: nothing, skip: nothing, run: nothing };
  export const suite = () => {
    const test = (name) => globalThis[Symbol.for("sluice.test_names")](name);
    return Object.assign(test, hooks, { only: test });
  };
  export const test = suite();
`;

/** What makes of "uvu" the one above. */
const RESOLVER = `
  const url = ${JSON.stringify(moduleOf(NOTING_UVU))};
  export const resolve = (specifier, context, next) =>
    specifier === "uvu" ? { url, shortCircuit: true } : next(specifier, context);
`;

/**
 * The names of the tests that are compiled in `root`/dist/test, in the order of their files. After
 * it no test can be run in this process.
 */
export async function collectTestNames(root: string): Promise<TestName[]> {
  const names: TestName[] = [];
  let file = "";
  const note = (name: string): number => names.push({ file, name });
  (globalThis as { [NOTES]?: typeof note })[NOTES] = note;
  register(moduleOf(RESOLVER));
  const compiled = readdirSync(join(root, "dist", "test"), { recursive: true, encoding: "utf8" });
  for (const path of compiled.filter((path) => path.endsWith(".test.js")).sort()) {
    file = `test/${path.split(sep).join("/").replace(/\.js$/, ".ts")}`;
    await import(pathToFileURL(join(root, "dist", "test", path)).href);
  }
  return names;
}

function moduleOf(text: string): string {
  return `data:text/javascript,${encodeURIComponent(text)}`;
}
