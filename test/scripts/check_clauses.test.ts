// Each rule of the clause table, broken on purpose in a tree of a few files.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const SCRIPT = fileURLToPath(new URL("../../scripts/check_clauses.js", import.meta.url));
const INVENTORY = "scripts/clauses/clauses.txt";

type Tree = Readonly<Record<string, string>>;

const RULES = `/** §5.4 [X02]. */
export function check(byte: number): void {
  if (byte > 9) throw new Error("no"); // §5.2 [X01]
}
`;

const TABLE = `export const TABLE = [
  ["X01 a", 1],
  ["X01 b", 2],

  ["A07 nobody's", 3],
];
`;

const TESTS = `import { suite } from "uvu";
import { TABLE } from "./table.js";
const test = suite("rules");
for (const [what] of TABLE) test(\`\${what} is refused\`, () => {});
test("what is good is taken (X02)", () => { throw new Error("never run"); });
test.run();
`;

/** A tree in which every clause has its code and its tests. */
const SOUND: Tree = {
  "package.json": `{ "type": "module" }`,
  [INVENTORY]: `For the reader.

== RFC 6455: Frames (§5.2 to §5.4)

X01 MUST §5.2
    A rule that takes
    two lines.
X02 MUST NOT §5.4, RFC 7692 §6.1
    Another one.
X03 MAY Client §5.4
    One of a client.
`,
  "src/frame/rules.ts": RULES,
  ...tests("rules.test", TESTS.replaceAll("table.js", "table.ts"), TESTS),
  ...tests("table", TABLE, TABLE),
  "test/scripts/tool.test.ts": `"X09 is nobody's"`,
  "dist/test/scripts/tool.test.js": `import { test } from "uvu";\ntest("X09 is nobody's");\n`,
};

/** A file of tests, and what it is compiled to. */
function tests(name: string, source: string, compiled: string): Tree {
  return { [`test/frame/${name}.ts`]: source, [`dist/test/frame/${name}.js`]: compiled };
}

const BROKEN: readonly (readonly [rule: string, change: Tree, due: string])[] = [
  [
    "a clause without code",
    { "src/frame/rules.ts": RULES.replace(" [X02]", "") },
    `${INVENTORY}: no line in src is tagged with X02`,
  ],
  [
    "a clause without a test",
    tests("table", "export const TABLE = [];", "export const TABLE = [];"),
    `${INVENTORY}: no test has X01 in its name`,
  ],
  [
    "a tag of a clause that there is not",
    { "src/frame/other.ts": "\nconst a = 1; // §5.2 [X09]\n" },
    `src/frame/other.ts:2: there is no clause X09 in ${INVENTORY}`,
  ],
  [
    "a tag of a client's clause",
    { "src/frame/other.ts": "const a = 1; // §5.4 [X03]\n" },
    "src/frame/other.ts:1: X03 binds a client, and there is none",
  ],
  [
    "a tag with another section",
    { "src/frame/other.ts": "const a = 1; // §6.1 [X02]\n" },
    "src/frame/other.ts:1: X02 is of §5.4, RFC 7692 §6.1, found §6.1",
  ],
  [
    "a tag that means nothing",
    { "src/frame/other.ts": "// §5.4 [X02]\n\nconst a = 1;\n" },
    "src/frame/other.ts:1: tag has no code below its comment",
  ],
  [
    "a test of a clause that there is not",
    tests("table", TABLE.replace("X01 b", "X09 b"), TABLE.replace("X01 b", "X09 b")),
    `test/frame/rules.test.ts: test "X09 b is refused": there is no clause X09 in ${INVENTORY}\n` +
      `test/frame/table.ts:3: no test is named "X09 b"`,
  ],
  [
    "a line of a table that makes no test",
    { "test/frame/table.ts": TABLE.replace("];", `  ["X02 c", 4],\n];`) },
    `test/frame/table.ts:6: no test is named "X02 c"`,
  ],
  [
    "a test whose name is written nowhere",
    { "dist/test/frame/table.js": TABLE.replace("X01 b", "X01 c") },
    `test/frame/rules.test.ts: no literal has X01 and is a part of the name "X01 c is refused"\n` +
      `test/frame/table.ts:3: no test is named "X01 b"`,
  ],
  [
    "an inventory that it cannot read",
    { [INVENTORY]: "== RFC 6455\n\nX01 OUGHT §5.2\n" },
    `${INVENTORY}:3: found "X01 OUGHT §5.2", ` +
      `must be a head such as "B13 MUST §5.4", or an indented sentence`,
  ],
];

const test = suite("scripts/check_clauses");

test("check_clauses --write writes a table in which all is linked", () => {
  withTree(SOUND, (root) => {
    assert.equal(check(root, "--write"), {
      status: 0,
      stdout: "Clauses: 2, each with its code and its tests\n",
      stderr: "",
    });
    const table = readFileSync(join(root, "src/CLAUSES.md"), "utf8");
    const rfc = "https://www.rfc-editor.org/rfc";
    assert.equal(table.split("\n").filter((line) => line.includes("</a>")), [
      `| <a id="X01"></a>X01 | [§5.2](${rfc}/rfc6455#section-5.2) | MUST ` +
        "| A rule that takes two lines. | [frame/rules `check`](frame/rules.ts#L3) " +
        "| 2 tests<br>table [2-3](../test/frame/table.ts#L2-L3) |",
      `| <a id="X02"></a>X02 | [§5.4](${rfc}/rfc6455#section-5.4), ` +
        `[RFC 7692 §6.1](${rfc}/rfc7692#section-6.1) | MUST NOT ` +
        "| Another one. | [frame/rules `check`](frame/rules.ts#L2) " +
        "| 1 test<br>rules [5](../test/frame/rules.test.ts#L5) |",
    ]);
  });
});

test("check_clauses asks for a table that is up to date, and tells how to make it", () => {
  withTree(SOUND, (root) => {
    const command = "npm run clauses";
    const stderr = `src/CLAUSES.md is not up to date: ${command}\n`;
    const stale = { status: 1, stdout: "", stderr };
    assert.equal(check(root), stale, "there is none");
    check(root, "--write");
    assert.is(check(root).status, 0);
    writeFileSync(join(root, "src/frame/rules.ts"), `// A line more.\n\n${RULES}`);
    assert.equal(check(root), stale, "the code has moved");
  });
});

for (const [rule, change, due] of BROKEN) {
  test(`check_clauses refuses ${rule}`, () => {
    withTree({ ...SOUND, ...change }, (root) => {
      assert.equal(check(root, "--write"), { status: 1, stdout: "", stderr: `${due}\n` });
    });
  });
}

test.run();

/** Does `act` in a directory with these files. */
function withTree(tree: Tree, act: (root: string) => void): void {
  const root = mkdtempSync(join(tmpdir(), "sluice-clauses-"));
  try {
    for (const [path, text] of Object.entries(tree)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    act(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Runs the check on the files in `root`. */
function check(
  root: string,
  ...options: string[]
): { status: number | null; stdout: string; stderr: string } {
  const args = ["--no-deprecation", SCRIPT, ...options, root];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  return { status, stdout, stderr };
}
