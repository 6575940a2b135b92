// Each rule of the layer check, broken on purpose in a tree of a few files.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const SCRIPT = fileURLToPath(new URL("../../scripts/check_layers.js", import.meta.url));

type Tree = Readonly<Record<string, string>>;

/** A tree that breaks nothing, and has the cases at the edge of each rule. */
const SOUND: Tree = {
  "src/mod.ts": `// the door\nexport { serve } from "./server/serve.ts";\n`,
  "src/frame/mask.ts": `import { Buffer } from "node:buffer";\nimport "./bits.ts";\n`,
  "src/frame/bits.ts": "",
  "src/channel/ring.ts": "",
  "src/channel/channel.ts": `import "./sender.ts";\n`,
  "src/channel/sender.ts": `import type { Channel } from "./channel.ts";\n`,
  "src/message/assembler.ts": `import "../frame/mask.ts";\nimport "node:zlib";\n`,
  "src/protocol/endpoint.ts": `import "../message/assembler.ts";\nimport "node:crypto";\n`,
  "src/connection/connection.ts": `import "../protocol/endpoint.ts";\nimport "../channel/ring.ts";`,
  "src/server/serve.ts": `import "../connection/connection.ts";\nimport "node:http";\n`,
  "src/pubsub/hub.ts": `import "../server/serve.ts";\n`,
  "src/frame/long.ts": "//\n".repeat(250),
  "src/frame/longer.ts": `// Over 250 lines: a table, read as a whole.\n${"//\n".repeat(250)}`,
  "test/frame/types.test.ts": "",
};

const BROKEN: readonly (readonly [rule: string, change: Tree, due: string])[] = [
  [
    "an import upwards",
    { "src/frame/other.ts": `\nimport "../message/assembler.ts";` },
    "src/frame/other.ts:2: imports upwards: frame -> message, floor 0 to floor 1",
  ],
  [
    "an import of a type upwards",
    { "src/protocol/closing.ts": `import type { C } from "../connection/connection.ts";` },
    "src/protocol/closing.ts:1: imports upwards: protocol -> connection, floor 2 to floor 3",
  ],
  [
    "an import() upwards",
    { "src/server/later.ts": `await import("../pubsub/hub.ts");` },
    "src/server/later.ts:1: imports upwards: server -> pubsub, floor 4 to floor 5",
  ],
  [
    "frame that knows channel",
    { "src/frame/bits.ts": `import "../channel/channel.ts";` },
    "src/frame/bits.ts:1: imports sideways: frame -> channel, floor 0 to floor 0",
  ],
  [
    "channel that knows frame",
    { "src/channel/ring.ts": `export { mask } from "../frame/mask.ts";` },
    "src/channel/ring.ts:1: imports sideways: channel -> frame, floor 0 to floor 0",
  ],
  [
    "an import through the door",
    { "src/server/other.ts": `import "../mod.ts";` },
    "src/server/other.ts:1: src/mod.ts is the door: nothing inside goes through it",
  ],
  [
    "an import from outside src",
    { "src/server/other.ts": `import "../../test/frame/mask.ts";` },
    `src/server/other.ts:1: "../../test/frame/mask.ts" is outside src`,
  ],
  [
    "a module of Node that is not the floor's",
    { "src/connection/other.ts": `import { connect } from "node:net";` },
    "src/connection/other.ts:1: connection must not import node:net",
  ],
  [
    "node:buffer in channel",
    { "src/channel/ring.ts": `import "node:buffer";` },
    "src/channel/ring.ts:1: channel must not import node:buffer",
  ],
  [
    "a package",
    { "src/server/other.ts": `import "ws";` },
    `src/server/other.ts:1: "ws" is a package: there are none`,
  ],
  [
    "a module of Node without its prefix",
    { "src/server/other.ts": `import "fs";` },
    `src/server/other.ts:1: "fs" is a package: there are none`,
  ],
  [
    "an import() that cannot be read",
    { "src/server/other.ts": "await import(name);" },
    "src/server/other.ts:1: import() must have a literal, so that it can be checked",
  ],
  [
    "a circle",
    { "src/frame/bits.ts": `import "./three.ts";`, "src/frame/three.ts": `import "./mask.ts";` },
    "src/frame/three.ts:1: imports in a circle: " +
      "src/frame/mask.ts -> src/frame/bits.ts -> src/frame/three.ts -> src/frame/mask.ts",
  ],
  [
    "a folder without a floor",
    { "src/tools/tool.ts": "" },
    "src/tools/tool.ts:1: folder tools has no floor: see scripts/check_layers.ts",
  ],
  [
    "a file beside the door",
    { "src/other.ts": "" },
    "src/other.ts:1: folder src has no floor: see scripts/check_layers.ts",
  ],
  [
    "code in the door",
    { "src/mod.ts": `export * from "./frame/mask.ts";\nexport const version = 1;` },
    "src/mod.ts:2: a mod.ts is a door: it only re-exports",
  ],
  [
    "a file of 251 lines",
    { "src/frame/long.ts": "//\n".repeat(251) },
    "src/frame/long.ts:251: 251 lines, must be <= 250 or say why",
  ],
  [
    "a test of 251 lines",
    { "test/frame/long.test.ts": "//\n".repeat(251) },
    "test/frame/long.test.ts:251: 251 lines, must be <= 250 or say why",
  ],
  [
    "a reason for its length that comes too late",
    { "src/frame/long.ts": `${"//\n".repeat(15)}// Over 250 lines: so\n${"//\n".repeat(240)}` },
    "src/frame/long.ts:251: 256 lines, must be <= 250 or say why",
  ],
  [
    "a line of 101 columns",
    { "src/frame/bits.ts": `\n//${"-".repeat(99)}` },
    "src/frame/bits.ts:2: 101 columns, must be <= 100",
  ],
  ...["utils", "helpers", "types", "constants"].map((name): (typeof BROKEN)[number] => [
    `a file named ${name}`,
    { [`src/frame/${name}.ts`]: "" },
    `src/frame/${name}.ts:1: "${name}.ts" says nothing: name the file after its idea`,
  ]),
  [
    "a folder named utils",
    { "test/utils/bytes.ts": "" },
    `test/utils/bytes.ts:1: "utils" says nothing: name the file after its idea`,
  ],
];

const test = suite("scripts/check_layers");

test("check_layers passes a sound tree, and says in one line what it saw", () => {
  assert.equal(check(SOUND), {
    status: 0,
    stdout: "Layers: 13 files in src, 14 in all, no violation\n",
    stderr: "",
  });
});

for (const [rule, change, due] of BROKEN) {
  test(`check_layers refuses ${rule}`, () => {
    assert.equal(check({ ...SOUND, ...change }), { status: 1, stdout: "", stderr: `${due}\n` });
  });
}

test.run();

/** Runs the check on these files. */
function check(tree: Tree): { status: number | null; stdout: string; stderr: string } {
  const root = mkdtempSync(join(tmpdir(), "sluice-layers-"));
  try {
    for (const [path, text] of Object.entries(tree)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, root], {
      encoding: "utf8",
    });
    return { status, stdout, stderr };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
