// `npx sluice COMMAND`: the commands, each in a file that is loaded when it is asked for.

import { readFileSync } from "node:fs";
import { UsageError } from "./command.ts";
import type { Command } from "./command.ts";
import { nearest } from "./nearest.ts";

const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import("./serve.ts")).serveCommand,
  explain: async () => (await import("./explain.ts")).explainCommand,
  connect: async () => (await import("./connect.ts")).connectCommand,
  tap: async () => (await import("./tap.ts")).tapCommand,
  conformance: async () => (await import("./conformance.ts")).conformanceCommand,
};

process.exitCode = await main(process.argv.slice(2));

async function main([name = "--help", ...args]: readonly string[]): Promise<number> {
  if (name === "--help" || name === "-h" || name === "help") return help(args[0]);
  if (name === "--version") return print(version());
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) return unknown(name);
  const command = await load();
  if (args.includes("--help") || args.includes("-h")) return print(command.help);
  try {
    return await command.run(args);
  } catch (error) {
    if (!isMisuse(error)) throw error;
    return misused(error.message, `sluice ${name} --help`);
  }
}

async function help(name: string | undefined): Promise<number> {
  if (name !== undefined) return main([name, "--help"]);
  const names = Object.keys(COMMANDS);
  const width = Math.max(...names.map(({ length }) => length));
  const lines = names.map(async (each) => {
    const { summary } = await (COMMANDS[each] as () => Promise<Command>)();
    return `  ${each.padEnd(width)}  ${summary}`;
  });
  return print(`Usage: sluice COMMAND [OPTION...]

Commands:
${(await Promise.all(lines)).join("\n")}

"sluice COMMAND --help" says more of one. Exit codes: 0 all is well, 1 it is not, 2 the command
was not understood.`);
}

function unknown(name: string): number {
  const meant = nearest(name, Object.keys(COMMANDS));
  const advice = meant === null ? "sluice --help" : `sluice ${meant} --help`;
  return misused(`There is no command "${name}"`, advice);
}

/** `parseArgs` of Node has errors of its own for what it does not understand. */
function isMisuse(error: unknown): error is Error {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return error instanceof UsageError || String(code).startsWith("ERR_PARSE_ARGS");
}

function misused(message: string, advice: string): number {
  console.error(`${message}\nTry: ${advice}`);
  return 2;
}

function print(text: string): number {
  console.log(text);
  return 0;
}

function version(): string {
  const manifest = new URL("../../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(manifest, "utf8")) as { readonly version: string }).version;
}
