// Every example runs. The fenced blocks of README.md, SECURITY.md, the README files below src, and
// those within the doc comments of src, are compiled against the package as a user would; and
//
//   ```ts             is a module that must compile
//   ```ts run         is a program: it must also end with 0. One that calls serve() must listen,
//                     for which each `port: N` in it becomes `port: 0`; answer a GET; and if it
//                     upgrades, send something to a WebSocket client that has said "hello". Both
//                     come to the path that is the first literal "/..." of the program, or to "/"
//   ```js, ```js run  the same in JavaScript
//   ```sh             commands, one a line, which must be known ones and name npm scripts that
//                     exist. They are not run: CI runs them in its other steps
//   ```text           is not looked at
//
// Any other tag is an error, as is none. Needs `dist`; works in `.tmp/readme`, inside of this
// package, for only there does "sluice" mean it.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { runExample } from "./run_example.ts";

interface Block {
  readonly file: string;
  /** Of the opening fence, from 1. */
  readonly line: number;
  readonly language: string;
  readonly isRun: boolean;
  readonly text: string;
}

const LANGUAGES: readonly string[] = ["ts", "js", "sh", "text"];

const COMPILER_OPTIONS = {
  target: "es2022",
  module: "nodenext",
  lib: ["es2023", "esnext.disposable"],
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  allowJs: true,
  checkJs: true,
  rootDir: ".",
  outDir: "out",
};

/** What a README may tell to type. npm's own commands beside `npm run`. */
const NPM_COMMANDS: readonly string[] = ["ci", "install", "pack"];

const root = fileURLToPath(new URL("../..", import.meta.url));
const work = join(root, ".tmp", "readme");
const errors: string[] = [];

const blocks = filesWithExamples().flatMap((file) => readBlocks(file));
for (const block of blocks) {
  if (block.language === "sh") checkCommands(block);
  else if (!LANGUAGES.includes(block.language)) {
    report(block, 0, `tag is "${block.language}", must be one of ${LANGUAGES.join(", ")}`);
  }
}
const programs = blocks.filter(({ language }) => language === "ts" || language === "js");
compile(programs);
const runs = programs.filter(({ isRun }) => isRun);
if (errors.length === 0) {
  for (const block of runs) {
    const error = await runExample(join(work, "out", `${nameOf(block)}.js`), block.text);
    if (error !== null) report(block, 0, error);
  }
}
rmSync(work, { recursive: true, force: true });
for (const error of errors) console.error(error);
if (errors.length > 0) process.exit(1);
console.log(`Examples: ${blocks.length} blocks, ${programs.length} compile, ${runs.length} run`);

function filesWithExamples(): string[] {
  const below = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") || basename(path) === "README.md")
    .map((path) => `src/${path.split(sep).join("/")}`);
  const above = ["README.md", "SECURITY.md"].filter((file) => existsSync(join(root, file)));
  return [...above, ...below.sort()];
}

/** The blocks of a README, or of the comments of a source, whose lines begin with ` * `. */
function readBlocks(file: string): Block[] {
  const prefix = file.endsWith(".ts") ? String.raw`\s*\* ?` : "";
  const blocks: Block[] = [];
  let open: { line: number; info: string[]; lines: string[] } | null = null;
  for (const [index, line] of readFileSync(join(root, file), "utf8").split("\n").entries()) {
    const text = prefix === "" ? line : new RegExp(`^${prefix}(.*)$`).exec(line)?.[1];
    if (text === undefined) continue;
    const fence = /^\s*```(.*)$/.exec(text);
    if (fence === null) {
      open?.lines.push(text);
    } else if (open === null) {
      open = { line: index + 1, info: fence[1].trim().split(/\s+/), lines: [] };
    } else {
      const [language, ...tags] = open.info;
      const isRun = tags.includes("run");
      blocks.push({ file, line: open.line, language, isRun, text: open.lines.join("\n") });
      open = null;
    }
  }
  if (open !== null) errors.push(`${file}:${open.line}: block has no end`);
  return blocks;
}

/** Each program becomes a file whose lines are numbered as in the file that it comes from. */
function compile(programs: readonly Block[]): void {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const byName = new Map<string, Block>();
  for (const block of programs) {
    const name = `${nameOf(block)}.${block.language}`;
    byName.set(name, block);
    const text = block.isRun ? block.text.replace(/\bport: \d+/g, "port: 0") : block.text;
    writeFileSync(join(work, name), `${"\n".repeat(block.line)}${text}\nexport {};\n`);
  }
  const config = { compilerOptions: COMPILER_OPTIONS, include: ["*.ts", "*.js"] };
  writeFileSync(join(work, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", work, "--pretty", "false"], {
    cwd: work,
    encoding: "utf8",
  });
  if (status === 0) return;
  for (const line of stdout.split("\n").filter((line) => line !== "")) {
    const found = /^(.+?)\((\d+),\d+\): (.*)$/.exec(line);
    const block = found === null ? undefined : byName.get(basename(found[1]));
    errors.push(block === undefined ? line : `${block.file}:${found?.[2]}: ${found?.[3]}`);
  }
}

/** `README_12`: file and line, as one word. */
function nameOf({ file, line }: Block): string {
  return `${file.replace(/\.\w+$/, "").replace(/\W/g, "_")}_${line}`;
}

function checkCommands(block: Block): void {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  for (const [index, line] of block.text.split("\n").entries()) {
    const commands = line.replace(/(?:^|\s)#.*$/, "").replace(/^\s*\$ /, "").split(/&&|\|/);
    for (const command of commands.filter((command) => command.trim() !== "")) {
      const words = command.trim().split(/\s+/);
      while (/^[A-Z_]+=/.test(words[0])) words.shift();
      const why = checkCommand(words, scripts);
      if (why !== null) report(block, index + 1, `"${command.trim()}": ${why}`);
    }
  }
}

/** Why nobody should be told to type this, or `null`. */
function checkCommand(words: readonly string[], scripts: Record<string, string>): string | null {
  const [program, argument = "", name = ""] = words;
  const isScript = (name: string): boolean => Object.hasOwn(scripts, name);
  switch (program) {
    case "npm":
      if (argument === "run") return isScript(name) ? null : `there is no npm script "${name}"`;
      if (NPM_COMMANDS.includes(argument) || isScript(argument)) return null;
      return `there is no npm script "${argument}"`;
    case "git":
      return argument === "clone" ? null : "of git, only clone is known";
    case "node": {
      const source = argument.replace(/^dist\/(.*)\.js$/, "$1.ts");
      return existsSync(join(root, source)) ? null : `there is no file ${argument}`;
    }
    case "npx":
      if (argument !== "sluice") return "of npx, only sluice is known";
      return existsSync(join(root, `src/command/${name}.ts`)) ? null : `there is no ${name}`;
    case "cd":
    case "curl":
    case ".ci/run":
      return null;
    default:
      return `${program} is not known: see scripts/check_readme.ts`;
  }
}

function report({ file, line }: Block, offset: number, why: string): void {
  errors.push(`${file}:${line + offset}: ${why}`);
}
