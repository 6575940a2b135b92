// The parts of the page that need no document, run as the browser runs them: as they stand, beside
// the compiled modules of the library.

import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { explainFrames } from "../../src/frame/explain.ts";
import type { ExplainedFrame } from "../../src/frame/explainer.ts";
import { bytes, hex } from "../support/bytes.ts";
import { closeFrame, frame } from "../support/frame.ts";

/** What is used of the page: it is JavaScript, and has no types that are seen here. */
interface Connection {
  readonly state: string;
  readonly culprit: { readonly number: number } | null;
  readonly closes: Readonly<Record<"client" | "server", { readonly number: number } | null>>;
  observe(event: object): { readonly explained: ExplainedFrame };
  lostSome(): void;
}
interface PageModules {
  readonly Connection: new (handshake: object) => Connection;
  readonly RECIPES: Readonly<Record<string, readonly Recipe[]>>;
  readonly hex: (bytes: Uint8Array) => string;
  readonly parseHex: (text: string) => Uint8Array | null;
  readonly quoted: (text: string) => string;
}
interface Recipe {
  readonly name: string;
  readonly bytes: () => Uint8Array;
}

const page = await loadPage();
const test = suite("command/page");

/** Told of `wire`, of which `kept` bytes are known. */
function told(from: "client" | "server", number: number, wire: Uint8Array, kept = 4096): object {
  return { from, number, at: number, size: wire.length, bytes: hex(wire.subarray(0, kept)) };
}

function connection(): Connection {
  return new page.Connection({ lane: "browser", at: 0 });
}

test("Connection takes frames apart with what came before them in mind", () => {
  const seen = connection();
  seen.observe(told("client", 0, frame("01", bytes("f09f"))));
  seen.observe(told("client", 1, frame("89", "p")));
  const { explained } = seen.observe(told("client", 2, frame("80", bytes("8c8a"))));
  assert.is(explained.text, "🌊");
  assert.equal(explained.problems, []);
  const wrong = seen.observe(told("client", 3, frame("80", "x"))).explained;
  assert.is(wrong.problems[0].section, "RFC 6455 §5.4");
  assert.is(seen.culprit?.number, 3);
});

test("Connection takes more of a frame that it has seen in part", () => {
  const seen = connection();
  const wire = frame("81", "Hello", "37fa213d");
  for (let size = 1; size < wire.length; size++) {
    const { explained } = seen.observe(told("client", 0, wire.subarray(0, size)));
    assert.ok(explained.missing > 0, `${size} bytes`);
  }
  const { explained } = seen.observe(told("client", 0, wire));
  assert.is(explained.missing, 0);
  assert.is(explained.text, "Hello");
  assert.is(seen.observe(told("client", 1, frame("81", "!"))).explained.text, "!");
});

test("Connection knows the size of a long frame, and what may follow it", () => {
  const seen = connection();
  const long = frame("01", "é".repeat(50_000));
  const { explained } = seen.observe(told("client", 0, long.subarray(0, 60_000)));
  assert.is(explained.missing, long.length - 60_000);
  const whole = seen.observe(told("client", 0, long)).explained;
  assert.is(whole.missing, 0);
  assert.is(whole.payload.length + whole.omitted, 100_000);
  assert.match(whole.summary, /^text, first of several, masked, 100,000 bytes: "é/);
  const end = seen.observe(told("client", 1, frame("80", bytes("c3a9")))).explained;
  assert.equal(end.problems, []);
  const wrong = seen.observe(told("client", 2, frame("80", "x"))).explained;
  assert.is(wrong.problems.length, 1);
});

test("Connection blames no frame for what was not told", () => {
  const seen = connection();
  seen.observe(told("client", 0, frame("81", "x")));
  seen.lostSome();
  assert.equal(seen.observe(told("client", 7, frame("80", bytes("a9")))).explained.problems, []);
  assert.equal(seen.observe(told("client", 8, frame("81", "y"))).explained.problems, []);
  const wrong = seen.observe(told("client", 9, frame("80", "x"))).explained;
  assert.is(wrong.problems[0].section, "RFC 6455 §5.4");
});

test("Connection sees who closes, and blames nothing that came behind the server's Close", () => {
  const seen = connection();
  assert.is(seen.state, "open");
  seen.observe(told("server", 0, bytes("880203e8")));
  assert.is(seen.state, "closing");
  seen.observe(told("client", 0, bytes("8100")));
  seen.observe(told("client", 1, closeFrame(1000)));
  assert.is(seen.culprit, null);
  assert.is(seen.closes.client?.number, 1);
  assert.is(seen.closes.server?.number, 0);
});

for (const [group, recipes] of Object.entries(page.RECIPES)) {
  const isMistake = group === "A mistake";
  for (const { name, bytes: make } of recipes) {
    if (/limit/.test(name)) continue; // which limit there is only the server knows
    test(`the recipe "${name}" ${isMistake ? "breaks a rule" : "breaks none"}`, () => {
      const wire = make();
      const problems = explainFrames(wire, { role: "server" }).flatMap((one) => one.problems);
      assert.is(problems.length > 0, isMistake, problems[0]?.message);
      const section = /§[\d.]+/.exec(name)?.[0] ?? "";
      if (isMistake) assert.match(problems[0].section, section);
      assert.is(hex(page.parseHex(page.hex(wire)) ?? new Uint8Array(0)), hex(wire));
    });
  }
}

test("parseHex takes what people write, and no half bytes", () => {
  for (const text of ["818537", "81 85 37", " 0x81, 0x85, 0x37\n"]) {
    assert.is(hex(page.parseHex(text) ?? new Uint8Array(0)), "818537");
  }
  for (const text of ["8", "81 8", "8g", "hello"]) assert.is(page.parseHex(text), null);
});

test("quoted() lets no character turn the row around, and leaves emoji whole", () => {
  assert.is(page.quoted("\u202eabc\n"), "“\\u202eabc\\u000a”");
  const family = "👩‍👩‍👧";
  assert.is(page.quoted(family), `“${family}”`);
});

test.run();

/** The modules of the page in a directory where they find the library's, as at the server. */
async function loadPage(): Promise<PageModules> {
  const directory = mkdtempSync(join(tmpdir(), "sluice-page-"));
  const folder = join(directory, "src", "command", "page");
  mkdirSync(folder, { recursive: true });
  cpSync(fileURLToPath(new URL("../../../src/command/page", import.meta.url)), folder, {
    recursive: true,
  });
  symlinkSync(
    fileURLToPath(new URL("../../src/frame", import.meta.url)),
    join(directory, "src", "frame"),
  );
  writeFileSync(join(directory, "package.json"), '{ "type": "module" }');
  try {
    const modules = ["observed.js", "recipes.js", "bytes.js", "words.js"].map((name) => {
      return import(pathToFileURL(join(folder, name)).href);
    });
    return Object.assign({}, ...(await Promise.all(modules))) as PageModules;
  } finally {
    rmSync(directory, { recursive: true });
  }
}
