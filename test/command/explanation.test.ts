import { suite } from "uvu";
import * as assert from "uvu/assert";
import { explanations } from "../../src/command/explanation.ts";
import type { ExplanationOptions } from "../../src/command/explanation.ts";
import { explain } from "../../src/frame/mod.ts";
import { bytes } from "../support/bytes.ts";

const test = suite("command/explanation");

const PLAIN: ExplanationOptions = {
  form: "lines",
  role: null,
  rsv1: false,
  deflate: false,
  colour: false,
  drawnMax: 16,
};

const HELLO = "81 85 37 fa 21 3d 7f 9f 4d 51 58"; // §5.7
const COMPRESSED = "c1 07 f2 48 cd c9 c9 07 00"; // RFC 7692 §7.2.3.1
const AGAIN = "c1 05 f2 00 11 00 00"; // RFC 7692 §7.2.3.2: it refers to the one before

/** All of it as the command prints it, and whether it is fine. */
function read(wire: string, options: Partial<ExplanationOptions> = {}): [string, boolean] {
  const all = [...explanations(bytes(wire), { ...PLAIN, ...options })];
  return [all.map(({ text }) => `${text}\n`).join(""), all.every(({ isFine }) => isFine)];
}

for (const colour of [false, true]) {
  test(`explanations() draw as explain() does, ${colour ? "in" : "without"} colour`, () => {
    for (const wire of [HELLO, `${HELLO} 89 00 81 05 48`, "8b 85 37 fa 21 3d 7f 9f 4d 51 58"]) {
      const options = { form: "diagrams", colour, drawnMax: 3 } as const;
      const [text, isFine] = read(wire, options);
      assert.is(text, `${explain(bytes(wire), { colour, drawnMax: 3 })}\n`);
      assert.is(isFine, wire === HELLO);
    }
  });
}

const LINES: readonly (readonly [
  what: string,
  wire: string,
  options: Partial<ExplanationOptions>,
  isFine: boolean,
  due: readonly string[],
])[] = [
  [
    "frames at their offsets",
    `${HELLO} 8a 00`,
    {},
    true,
    ['    0  text, final, masked, 5 bytes: "Hello"', "   11  pong, final, not masked, empty"],
  ],
  [
    "a frame that is cut",
    "81",
    {},
    false,
    ["    0  cut in the header: 1 byte, at least 1 missing"],
  ],
  [
    "a masked frame, read by a client",
    HELLO,
    { role: "client" },
    false,
    [
      '    0  text, final, masked, 5 bytes: "Hello"',
      "       wrong at byte 1: Cannot accept frame: server masked it (§5.1)",
    ],
  ],
  [
    "RSV1 that is allowed",
    COMPRESSED,
    { rsv1: true },
    true,
    ["    0  text, final, compressed, not masked, 7 bytes: f2 48 cd c9 c9 07 00"],
  ],
  [
    "compressed messages that refer to each other",
    COMPRESSED + AGAIN,
    { deflate: true },
    true,
    [
      "    0  text, final, compressed, not masked, 7 bytes: f2 48 cd c9 c9 07 00",
      '       inflated: text, 5 bytes: "Hello"',
      "    9  text, final, compressed, not masked, 5 bytes: f2 00 11 00 00",
      '       inflated: text, 5 bytes: "Hello"',
    ],
  ],
  [
    "a compressed message in fragments",
    "41 03 f2 48 cd 80 04 c9 c9 07 00",
    { deflate: true },
    true,
    [
      "    0  text, first of several, compressed, not masked, 3 bytes: f2 48 cd",
      "    5  continuation of text, final, compressed, not masked, 4 bytes: c9 c9 07 00",
      '       inflated: text, 5 bytes: "Hello"',
    ],
  ],
  [
    "what is no DEFLATE",
    "c1 02 ff ff",
    { deflate: true },
    false,
    [
      "    0  text, final, compressed, not masked, 2 bytes: ff ff",
      "       Cannot accept compressed message: found invalid block type (RFC 7692 §7.2.2)",
    ],
  ],
];

for (const [what, wire, options, isFine, due] of LINES) {
  test(`explanations() in lines: ${what}`, () => {
    assert.equal(read(wire, options), [due.map((line) => `${line}\n`).join(""), isFine]);
  });
}

test("explanations() as JSON are an object for each frame", () => {
  const [text] = read(COMPRESSED + HELLO, { form: "json", deflate: true });
  const [first, second, ...more] = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.is(more.length, 0);
  assert.equal([first.offset, first.rsv, first.payload], [0, 4, "f248cdc9c90700"]);
  assert.equal(first.inflated, { text: "Hello", problem: null });
  assert.equal([second.offset, second.key, second.text], [9, "37fa213d", "Hello"]);
  assert.equal([second.header, second.problems], ["818537fa213d", []]);
});

test("explanations() take apart no more than is asked for, whatever the input holds", () => {
  const pings = new Uint8Array(2 * 50_000).map((_, index) => (index % 2 === 0 ? 0x89 : 0));
  const all = explanations(pings, PLAIN);
  assert.is(all.next().value.text, "    0  ping, final, not masked, empty");
  pings[99_998] = 0x8a; // it was not looked at yet
  assert.is([...all].at(-1)?.text, "99998  pong, final, not masked, empty");
});

test.run();
