// On the clock of the machine a time-out is waited for as if there were a socket: the process does
// not end before it. Each case is a process of its own, for only there does it show.

import { spawnSync } from "node:child_process";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const test = suite("testing/end_clock");

const door = new URL("../../src/testing/mod.js", import.meta.url).href;

/** What a program writes that has this pair and peer, and how long it took. */
function run(program: string): { readonly output: string; readonly ms: number } {
  const source = `import { connectionPair, misbehavingPeer } from "${door}";\n${program}`;
  const args = ["--input-type=module", "--eval", source];
  const options = { encoding: "utf8", timeout: 20_000 } as const;
  const startedAt = performance.now();
  const { stdout, stderr } = spawnSync(process.execPath, args, options);
  return { output: (stdout + stderr).trim(), ms: performance.now() - startedAt };
}

const END = "console.log((await connection.closed).code);";

const AWAITED: readonly [what: string, program: string][] = [
  [
    "a Close that nobody answers",
    `const { connection } = misbehavingPeer({ neverAnswers: true });
    void connection.close(1000, "", { timeout: 30 }); ${END}`,
  ],
  [
    "the verdict of the keepalive",
    `const keepalive = { interval: 30, timeout: 30 };
    const { connection } = misbehavingPeer({ neverAnswers: true, keepalive }); ${END}`,
  ],
  [
    "a stalled write",
    `const options = { neverReads: true, limits: { stallTimeoutMs: 30 } };
    const { connection } = misbehavingPeer(options);
    void connection.write(new Uint8Array(200_000)); ${END}`,
  ],
];

for (const [what, program] of AWAITED) {
  test(`A process waits for ${what}`, () => {
    assert.is(run(program).output, "1006");
  });
}

test("A process does not wait for a connection that is left behind stalled", () => {
  const { output, ms } = run(`
    const { client } = connectionPair({ highWaterMark: 1000 });
    for (let count = 0; count < 200; count++) void client.write(new Uint8Array(10_000));
    console.log("over");`);
  assert.is(output, "over");
  assert.ok(ms < 15_000, `${ms} ms`); // the stall is due after 30 s
});

test("A latency beyond what setTimeout() takes is long, not none", () => {
  const { output } = run(`
    void connectionPair({ latency: Infinity }).client.write("Hello");
    setTimeout(() => process.exit(), 50);`);
  assert.is(output, ""); // Node warns of each delay that it takes for 1 ms
});

test.run();
