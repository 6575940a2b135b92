// First step of `npm start` and `npm test`: installs what is missing and clears the last build,
// whose tests would otherwise run on after their source is gone. Plain JavaScript: there is no
// compiler yet when it runs.
import { execSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";

const read = (path) => {
  try {
    return JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")).packages;
  } catch {
    return {};
  }
};

const locked = read("../package-lock.json");
const installed = read("../node_modules/.package-lock.json");
const missing = Object.entries(locked).some(
  ([path, { version, optional }]) => path && !optional && installed[path]?.version !== version,
);
if (missing) execSync("npm ci", { cwd: new URL("..", import.meta.url), stdio: "inherit" });
rmSync(new URL("../dist", import.meta.url), { recursive: true, force: true });
