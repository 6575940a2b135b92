// The bounds of a server, and the one table that has all bounds there are.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readFileSync } from "node:fs";
import { connectionLimits } from "../../src/connection/limits.ts";
import { serverLimits } from "../../src/server/limits.ts";

const test = suite("server/limits");

const DEFAULTS = {
  handshakeTimeoutMs: 10_000,
  pendingUpgradesMax: 1024,
  pipelinedRequestsMax: 100,
  connectionsMax: Infinity,
  connectionsPerAddressMax: Infinity,
  buffersSizeMax: Infinity,
  headersMax: 100,
  headersSizeMax: 16_384,
  targetSizeMax: 8192,
  shutdownTimeoutMs: 10_000,
};

test("serverLimits() has a default for all", () => {
  assert.equal(serverLimits(), DEFAULTS);
});

test("serverLimits() refuses an unknown name, as that of a limit of a connection", () => {
  assert.throws(() => serverLimits({ messageSizeMax: 1 } as never), /found "messageSizeMax"/);
  assert.throws(() => connectionLimits({ buffersSizeMax: 1 } as never), /found "buffersSizeMax"/);
});

/** A default as the README writes it. */
function written(name: string, value: number): string {
  if (value === Infinity) return "none unless set";
  if (name.endsWith("Ms")) return `${value / 1000} s`;
  if (!name.endsWith("SizeMax") && name !== "outboxWaitingMax") return value.toLocaleString("en");
  return value % (1024 * 1024) === 0 ? `${value / 1024 / 1024} MiB` : `${value / 1024} KiB`;
}

const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");
const [, guarantees] = readme.split("\n## What it guarantees\n");
const rows = guarantees.split("\n## ")[0].split("\n").filter((line) => line.startsWith("| "));

for (const [name, value] of Object.entries({ ...connectionLimits(), ...serverLimits() })) {
  test(`the table of the README has ${name}, its default, and what happens at it`, () => {
    const found = rows.map((row) => row.split("|")).filter(([, , cell]) => cell.includes(name));
    assert.ok(found.length > 0);
    for (const [, , bound, happens] of found) {
      assert.ok(bound.includes(`\`${name}\``) && bound.includes(written(name, value)), bound);
      assert.ok(happens.trim() !== "");
    }
  });
}

test.run();
