// What a user gets. Packs the package as `npm publish` would, looks at what is in it, installs it
// in an empty project, and uses it there: from JavaScript, and from TypeScript as the two ways of
// resolution see it. Then the promises of package.json: no dependencies, three for development,
// and a lock file that sends nobody to a registry of ours.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const DEV_DEPENDENCIES = "@types/node typescript uvu";

/** What may be in the package, and must be. */
const FILES: readonly RegExp[] = [
  /^package\.json$/,
  /^README\.md$/,
  /^LICENSE$/,
  /^src\/(?:\w+\/)?\w+\.ts$/,
  /^src\/command\/sluice\.mjs$/,
  /^src\/command\/page\/\w+\.(?:html|css|js)$/,
  /^test\/vectors\/\w+\.json$/,
  /^test\/vectors\/README\.md$/,
  /^scripts\/vectors\/check\.py$/,
  /^dist\/src\/(?:\w+\/)?\w+\.js$/,
  /^dist\/src\/(?:\w+\/)?\w+\.js\.map$/,
  /^dist\/src\/(?:\w+\/)?\w+\.d\.ts$/,
  /^dist\/src\/(?:\w+\/)?\w+\.d\.ts\.map$/,
];

/** What may be in it besides. */
const OPTIONAL_FILES: readonly RegExp[] = [/^CHANGELOG\.md$/, /^SECURITY\.md$/];

const PROGRAM = `
import { serve, upgradeWebSocket } from "sluice";
import { Channel, select } from "sluice/channel";
import { decodeFrames, encodeFrame, Opcode } from "sluice/frame";
import { connectionPair } from "sluice/testing";

const frame = encodeFrame({ opcode: Opcode.TEXT, payload: "Hello", key: 0x37fa213d });
if (decodeFrames(frame)[0].length !== 5) throw new Error("frame");

const channel = new Channel(1);
await channel.send(1);
const { case: label, value } = await select({ channel });
if (label !== "channel" || value !== 1) throw new Error("channel");

const pair = connectionPair();
await pair.client.write("hello");
if ((await pair.server.read()) !== "hello") throw new Error("testing");
await pair.client.close();

let server;
const addr = await new Promise((onListen) => {
  server = serve({ port: 0, hostname: "127.0.0.1", onListen }, () => new Response("hello"));
});
const answer = await fetch("http://127.0.0.1:" + addr.port);
if ((await answer.text()) !== "hello") throw new Error("serve");
await server.shutdown();
if (typeof upgradeWebSocket !== "function") throw new Error("upgradeWebSocket");

const { default: framing } = await import("sluice/vectors/framing.json", {
  with: { type: "json" },
});
if (framing.vectors[0].id !== "framing-001") throw new Error("vectors");

const inner = await import("sluice/dist/src/frame/mask.js").catch((error) => error.code);
if (inner !== "ERR_PACKAGE_PATH_NOT_EXPORTED") throw new Error("exports");
`;

/** The errors that are expected show that the types are there, and are not `any`. */
const TYPED_PROGRAM = `
import { serve, upgradeWebSocket } from "sluice";
import type { Connection, Message, Server } from "sluice";
import { Channel, select, tick } from "sluice/channel";
import type { Receiver } from "sluice/channel";
import { encodeFrame } from "sluice/frame";
import { connectionPair, everySplit, FakeClock, misbehavingPeer, mutate } from "sluice/testing";

export const bytes: Uint8Array = encodeFrame({ opcode: 1 });
export const channel: Receiver<string> = new Channel<string>(1);
export const server: Server = serve({ port: 0 }, (request: Request): Response => {
  return upgradeWebSocket(request, { limits: { messageSizeMax: 1 } }, echo).response;
});

export async function test(): Promise<void> {
  const clock = new FakeClock();
  await using pair = connectionPair({ clock, latency: 10, server: { keepalive: {} } });
  using peer = misbehavingPeer({ resetsAt: 3, bytes: mutate(bytes, { seed: 1 }) });
  for (const parts of everySplit(bytes)) await pair.client.write(parts[0] ?? "");
  await Promise.all([echo(pair.server), echo(peer.connection), clock.advance(1)]);
  // @ts-expect-error
  connectionPair({ latencyMs: 1 });
}

async function echo(connection: Connection): Promise<void> {
  for await (const message of connection) {
    const text: Message = message;
    await connection.write(text);
    const event = await select({ channel, second: tick(1000) });
    if (event.case === "channel" && !event.done) event.value.toUpperCase();
    // @ts-expect-error
    await connection.write(1);
  }
}
// @ts-expect-error
new Channel<string>().send(1);
// @ts-expect-error
serve({ prot: 0 }, () => new Response());
// @ts-expect-error
encodeFrame({});
`;

/** With the library of the DOM and without it, as servers and full-stack projects have it. */
const CONFIGURATIONS: Readonly<Record<string, object>> = {
  nodenext: { module: "nodenext", moduleResolution: "nodenext", lib: ["es2022"] },
  bundler: { module: "esnext", moduleResolution: "bundler", lib: ["es2022", "dom"] },
};

const COMMAND: readonly string[] = ["explain", "8900"];
const UTF8 = { encoding: "utf8" } as const;

const root = fileURLToPath(new URL("../..", import.meta.url));
const work = mkdtempSync(join(tmpdir(), "sluice-package-"));
try {
  checkManifest();
  const tarball = pack();
  const project = join(work, "project");
  mkdirSync(project);
  writeJson(join(project, "package.json"), { private: true, type: "module" });
  npm(["install", "--offline", "--no-audit", "--no-fund", tarball], project);
  const installed = Object.keys(readJson(join(project, "package-lock.json"))["packages"] as object);
  expect("packages installed", installed.join(" "), " node_modules/sluice");
  writeFileSync(join(project, "program.mjs"), PROGRAM);
  run([join(project, "program.mjs")], project);
  const explained = execFileSync(join(project, "node_modules", ".bin", "sluice"), COMMAND, UTF8);
  expect("explain", explained.split("\n")[0], "Frame 1, byte 0: ping, final, not masked, empty");
  for (const [name, options] of Object.entries(CONFIGURATIONS)) checkTypes(project, name, options);
  console.log("Package: holds what a user needs, installs alone, runs, and is typed");
} finally {
  rmSync(work, { recursive: true, force: true });
}

function checkManifest(): void {
  const manifest = readJson(join(root, "package.json"));
  for (const field of ["dependencies", "optionalDependencies", "peerDependencies"]) {
    expect(field, Object.keys(manifest[field] ?? {}).join(" "), "");
  }
  const development = Object.keys(manifest["devDependencies"] ?? {}).sort();
  expect("devDependencies", development.join(" "), DEV_DEPENDENCIES);
  const lock = readJson(join(root, "package-lock.json"))["packages"] as Record<string, object>;
  const resolved = Object.entries(lock).filter(([, entry]) => "resolved" in entry);
  expect("lock entries with a host", resolved.map(([path]) => path).join(" "), "");
}

/** Returns the path of the tarball. What runs before it may print to the same stream. */
function pack(): string {
  const output = npm(["pack", "--json", "--pack-destination", work], root);
  const [packed] = JSON.parse(output.slice(output.search(/^\[/m))) as [
    { readonly filename: string; readonly files: readonly { readonly path: string }[] },
  ];
  const paths = packed.files.map(({ path }) => path);
  const allowed = [...FILES, ...OPTIONAL_FILES];
  const strange = paths.filter((path) => !allowed.some((pattern) => pattern.test(path)));
  expect("files that no user needs", strange.join(" "), "");
  const missing = FILES.filter((pattern) => !paths.some((path) => pattern.test(path)));
  expect("files that are missing", missing.join(" "), "");
  return join(work, packed.filename);
}

function checkTypes(project: string, name: string, options: object): void {
  writeFileSync(join(project, "program.ts"), TYPED_PROGRAM);
  const typeRoots = [join(root, "node_modules", "@types")];
  const common = { target: "es2022", strict: true, noEmit: true, types: ["node"], typeRoots };
  const config = join(project, `tsconfig.${name}.json`);
  writeJson(config, { compilerOptions: { ...common, ...options }, files: ["program.ts"] });
  run([join(root, "node_modules", "typescript", "bin", "tsc"), "-p", config], project);
}

/** Runs a script of Node's. */
function run(args: readonly string[], cwd: string): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}\n${stdout}${stderr}`);
}

function npm(args: readonly string[], cwd: string): string {
  return execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

function expect(what: string, found: string, due: string): void {
  if (found !== due) throw new Error(`Package: ${what}: found "${found}", must be "${due}"`);
}

function readJson(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, JSON.stringify(value));
}
