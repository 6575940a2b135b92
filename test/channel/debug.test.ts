// Channels and the process: catalogue J. Every test is a process of its own.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Channel } from "../../src/channel/mod.ts";
import { runScript, turn } from "./support.ts";

const test = suite("channel/debug");

test("107 a deadlocked async function lets the process end with status 0", async () => {
  const { status, stdout, stderr } = await runScript(`
    import { Channel } from CHANNEL;
    async function main() {
      const channel = new Channel();
      await channel.send(1);
      console.log("unreachable");
    }
    main();
  `);
  assert.equal([status, stdout, stderr], [0, "", ""]);
});

test("107a a deadlocked top-level await ends with status 13", async () => {
  const { status, stdout } = await runScript(`
    import { Channel } from CHANNEL;
    await new Channel().receive();
    console.log("unreachable");
  `);
  assert.equal([status, stdout], [13, ""]);
});

const DEADLOCK = `
  import { Channel, debugChannels, never, select } from CHANNEL;
  DEBUG;
  const [a, b] = [new Channel(), new Channel()];
  async function forward() { await a.receive(); await b.send(1); }
  async function iterate() { for await (const value of b); }
  async function choose() { await select({ a, never, sent: b.sending(1) }); }
  async function selfSend() { const own = new Channel(1); await own.send(1); await own.send(2); }
  async function served(own) { queueMicrotask(() => own.close()); await own.receive(); }
  forward(); choose(); selfSend(); served(new Channel());
  const c = new Channel();
  async function loop() { for await (const value of c); }
  loop();
`;

for (const [how, debug, env] of [
  ["debugChannels()", "debugChannels(); debugChannels()", {}],
  ["SLUICE_DEBUG=channel", "", { SLUICE_DEBUG: "other,channel" }],
] as const) {
  test(`108 ${how}: a deadlock prints every operation that waits, with its stack`, async () => {
    const { status, stderr } = await runScript(DEADLOCK.replace("DEBUG", debug), env);
    assert.is(status, 0);
    assert.match(stderr, /^All tasks are asleep: 4 operations wait for ever\n\n1\. at /);
    const reports = stderr.split("\n\n").slice(1);
    assert.is(reports.length, 4);
    const EXPECTED = [
      ["Channel.receive", "forward"],
      ["select", "choose"],
      ["ReceiverIterator.next", "loop"],
      ["Channel.send", "selfSend"], // the last, since its first send took a microtask
    ];
    for (const [index, names] of EXPECTED.entries()) {
      const [first, second] = reports[index].split("\n");
      assert.match(first, new RegExp(`^${index + 1}\\. at ${names[0]} `));
      assert.match(second, new RegExp(`at (async )?${names[1]} `));
    }
    assert.not.match(stderr, /served|new Waiter|remember/);
  });
}

test("108a debug mode is silent when nothing waits, and off by default", async () => {
  const quiet = await runScript(`
    import { Channel, debugChannels } from CHANNEL;
    debugChannels();
    const channel = new Channel();
    const received = channel.receive();
    channel.trySend(1);
    await received;
  `);
  assert.equal([quiet.status, quiet.stderr], [0, ""]);
  const off = await runScript(DEADLOCK.replace("DEBUG", ""));
  assert.equal([off.status, off.stderr], [0, ""]);
});

test("108b debug mode reports one operation once", async () => {
  const { stderr } = await runScript(`
    import { Channel, debugChannels } from CHANNEL;
    debugChannels();
    void new Channel().receive();
    debugChannels(); // it is on
    let left = 3;
    process.on("beforeExit", () => left-- > 0 && setImmediate(() => {}));
  `);
  assert.match(stderr, /^All tasks are asleep: 1 operation waits for ever\n\n1\. at /);
  assert.is(stderr.split("All tasks").length, 2);
});

test("111 two copies of the package select over each other's channels", async () => {
  const { status, stdout, stderr } = await runScript(`
    import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
    import { tmpdir } from "node:os";
    import { join } from "node:path";
    import { fileURLToPath, pathToFileURL } from "node:url";
    import * as one from CHANNEL;
    const copy = await mkdtemp(join(tmpdir(), "channel-copy-"));
    try {
      await cp(fileURLToPath(new URL(".", CHANNEL)), copy, { recursive: true });
      await writeFile(join(copy, "package.json"), '{"type":"module"}');
      const two = await import(pathToFileURL(join(copy, "mod.js")).href);
      const log = [one.Channel === two.Channel];
      const [a, b] = [new one.Channel(), new two.Channel(1)];
      log.push((await one.select({ a, sent: b.sending(1) })).case);
      log.push((await two.select({ a, b })).value);
      for (const { select } of [one, two]) {
        const { signal } = new AbortController();
        const selected = select({ a, b, late: two.after(1e6), never: one.never }, { signal });
        (select === one.select ? b : a).trySend(2);
        log.push((await selected).case, a.stats().receivers + b.stats().receivers);
        const full = select === one.select ? new two.Channel() : new one.Channel();
        const sent = select({ sent: full.sending(3), never: two.never });
        log.push(full.tryReceive().value, (await sent).case);
        const failed = select({ sent: full.sending(4) });
        full.close("why");
        log.push(await failed.catch((error) => error.name + " " + error.cause));
      }
      const dear = new two.Channel(9, { cost: (value) => value, costMax: 1 });
      dear.trySend(1);
      const controller = new AbortController();
      one.select({ sent: dear.sending(5) }, { signal: controller.signal }).catch(() => {});
      void dear.send(0);
      controller.abort();
      log.push(dear.size);
      console.log(JSON.stringify(log));
    } finally {
      await rm(copy, { recursive: true });
    }
  `);
  const each = (label: string) => [label, 0, 3, "sent", "ChannelClosedError why"];
  assert.equal([status, stderr], [0, ""]);
  assert.equal(JSON.parse(stdout), [false, "sent", 1, ...each("b"), ...each("a"), 2]);
});

test("112 a loop that yields every 256 messages lets timers through", async () => {
  const COUNT = 1_000_000;
  const channel = new Channel<number>(64);
  let received = 0;
  let firedAt = 0;
  setTimeout(() => (firedAt = received), 5);
  const read = async () => {
    for (;;) {
      const { done } = channel.tryReceive() ?? (await channel.receive());
      if (done) return;
      if (++received % 256 === 0) await turn();
    }
  };
  const write = async () => {
    for (let value = 0; value < COUNT; value++) {
      channel.trySend(value) || (await channel.send(value));
    }
    channel.close();
  };
  await Promise.all([read(), write()]);
  assert.is(received, COUNT);
  assert.ok(firedAt > 0 && firedAt < COUNT / 2, `fired after ${firedAt} messages`);
});

test.run();
