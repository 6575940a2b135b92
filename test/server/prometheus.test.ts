// The text that Prometheus reads: its grammar, by a strict reader of its own, and its numbers.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { prometheus } from "../../src/mod.ts";
import type { ServerStats } from "../../src/mod.ts";
import { closeFrame, frame } from "../support/frame.ts";
import { TestServer } from "../support/server.ts";
import { withTimeout } from "../support/with_timeout.ts";

const test = suite("server/prometheus");

const FAMILY = /^# HELP (\w+) (?:[^\\\n]|\\\\|\\n)+$/;
const SAMPLE = /^(\w+)(\{[^}]*\})? (\d+)$/;
const LABELS = /^\{[a-z]\w*="(?:[^"\\\n]|\\[\\"n])*"(?:,[a-z]\w*="(?:[^"\\\n]|\\[\\"n])*")*\}$/;

/** The samples of an exposition, by name and labels. Throws where one of its lines is wrong. */
function read(text: string): Record<string, number> {
  assert.ok(text.endsWith("\n"), "the last line ends, too");
  const samples: Record<string, number> = {};
  const names = new Set<string>();
  let name = "";
  const lines = text.slice(0, -1).split("\n");
  for (let at = 0; at < lines.length; at++) {
    const family = FAMILY.exec(lines[at]);
    if (family !== null) {
      name = family[1];
      assert.not.ok(names.has(name), `${name} is there once`);
      names.add(name);
      assert.match(name, /^sluice_[a-z_]+$/);
      const type = name.endsWith("_total") ? "counter" : "gauge";
      assert.is(lines[++at], `# TYPE ${name} ${type}`);
      continue;
    }
    const sample = SAMPLE.exec(lines[at]);
    if (sample === null) throw new Error(`Expected a sample, found ${lines[at]}`);
    const [, of, labels = "", value] = sample;
    assert.is(of, name, "a sample is behind the lines of its own metric");
    if (labels !== "") assert.match(labels, LABELS);
    assert.not.ok(of + labels in samples, `${of}${labels} is there once`);
    samples[of + labels] = Number(value);
  }
  return samples;
}

/** Each number is another, so that none can stand for another. */
const STATS: ServerStats = {
  connections: {
    open: 1,
    opened: 2,
    closed: { 1000: 3, "3000-3999": 4 },
    closesSent: { 1009: 5 },
    paused: { in: 6, out: 7 },
  },
  upgrades: { pending: 8, refused: { 403: 9, 503: 10 }, abandoned: 11 },
  in: { messages: 12, bytes: 13 },
  out: { messages: 14, bytes: 15 },
  compression: { in: { before: 16, after: 17 }, out: { before: 18, after: 19 } },
  held: { inboxes: 20, outboxes: 21 },
  limitHits: { messageSizeMax: 22, keepalive: 23 },
};

test("prometheus() has each number of stats(), under a name that stays", () => {
  assert.equal(read(prometheus(STATS)), {
    sluice_connections_open: 1,
    sluice_connections_opened_total: 2,
    'sluice_connections_closed_total{code="1000"}': 3,
    'sluice_connections_closed_total{code="3000-3999"}': 4,
    'sluice_close_frames_sent_total{code="1009"}': 5,
    'sluice_connections_paused{direction="in"}': 6,
    'sluice_connections_paused{direction="out"}': 7,
    sluice_upgrades_pending: 8,
    'sluice_upgrades_refused_total{status="403"}': 9,
    'sluice_upgrades_refused_total{status="503"}': 10,
    sluice_upgrades_abandoned_total: 11,
    'sluice_messages_total{direction="in"}': 12,
    'sluice_wire_bytes_total{direction="in"}': 13,
    'sluice_messages_total{direction="out"}': 14,
    'sluice_wire_bytes_total{direction="out"}': 15,
    'sluice_inflated_bytes_total{direction="in"}': 16,
    'sluice_deflated_bytes_total{direction="in"}': 17,
    'sluice_inflated_bytes_total{direction="out"}': 18,
    'sluice_deflated_bytes_total{direction="out"}': 19,
    'sluice_held_bytes{queue="inbox"}': 20,
    'sluice_held_bytes{queue="outbox"}': 21,
    'sluice_limit_hits_total{limit="messageSizeMax"}': 22,
    'sluice_limit_hits_total{limit="keepalive"}': 23,
  });
});

test("prometheus() escapes what would end the value of a label", () => {
  const limitHits = { 'a"b\\c\nd': 1 };
  const text = prometheus({ ...STATS, limitHits });
  assert.match(text, '\nsluice_limit_hits_total{limit="a\\"b\\\\c\\nd"} 1\n');
  assert.is(Object.keys(read(text)).length, 22);
});

test("the labels of a server stay few, whatever its clients send", async () => {
  await using server = await TestServer.start();
  const codes = [1000, 1003, 1014, 3000, 3001, 3999, 4000, 4001, 4500, 4999];
  for (const code of codes) {
    const client = await server.open();
    client.send(frame("81", `${code}`), closeFrame(code, `reason ${code}`));
    await client.readEvent();
    client.end();
    await withTimeout(server.connection.closed, "the end");
  }
  const found = Object.entries(read(prometheus(server.stats())));
  const closed = found.filter(([name]) => name.startsWith("sluice_connections_closed_total{"));
  assert.equal(Object.fromEntries(closed), {
    'sluice_connections_closed_total{code="1000"}': 1,
    'sluice_connections_closed_total{code="1003"}': 1,
    'sluice_connections_closed_total{code="1014"}': 1,
    'sluice_connections_closed_total{code="3000-3999"}': 3,
    'sluice_connections_closed_total{code="4000-4999"}': 4,
  });
});

test.run();
