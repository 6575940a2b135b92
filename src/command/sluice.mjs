#!/usr/bin/env node
// `npx sluice`. A package comes built; a fresh clone is built now, the first time. Plain JavaScript:
// there is nothing else yet that could run.

import { execSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const main = new URL("../../dist/src/command/main.js", import.meta.url);
if (!existsSync(main)) {
  const cwd = fileURLToPath(new URL("../..", import.meta.url));
  execSync("npm run --silent build", { cwd, stdio: ["ignore", 2, 2] }); // stdout is the command's
}
await import(main.href);
