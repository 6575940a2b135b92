// A script: what a client sends, and the transcript of what an echo server must answer. A table of
// scripts is played whole by the test of its section, and in small segments by `segmentation`.

import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { bytes, concat } from "../support/bytes.ts";
import { closeFrame, frame } from "../support/frame.ts";
import type { Fields } from "../support/handshake.ts";
import type { Wire } from "../support/raw_client.ts";
import { TestServer } from "../support/server.ts";

/**
 * `answer` is in the words of `describe()`. When it ends with a Close, this is the end of the
 * connection; otherwise it must have survived, and is closed by the client with 1000.
 */
export type Script = readonly [what: string, send: readonly Wire[], answer: readonly string[]];

/** How the bytes of a script are cut into segments of TCP. */
export type Pace = "at once" | "frame by frame" | "byte by byte";

/** Behind the end nothing may be processed, not even a Close: §1.4, §7.1.7. */
const AFTERMATH = concat(frame("81", "after"), frame("89", "after"), closeFrame(1000));

/** Makes a test of each script. */
export function testScripts(test: Test, scripts: readonly Script[]): void {
  for (const script of scripts) {
    test(script[0], async () => {
      await using server = await TestServer.start();
      await play(server, script);
    });
  }
}

/** More segments than most scripts have bytes. */
const SEGMENTS_MAX = 1000;

/**
 * Plays a script against an echo server. One that ends the connection is played twice: alone, so
 * that nothing but its own bytes can have brought the end, and with more in the same segment. The
 * handshake has `fields` besides.
 */
export async function play(
  server: TestServer,
  script: Script,
  how: Pace = "at once",
  fields: Fields = {},
): Promise<void> {
  const [what, send, answer] = script;
  const ends = answer.at(-1)?.startsWith("close") ?? false;
  const expected = ends ? [...answer, "FIN"] : [...answer, "close 1000", "FIN"];
  const frames = send.map((part) => (typeof part === "string" ? bytes(part) : part));
  for (const ending of ends ? [[], [AFTERMATH]] : [[closeFrame(1000)]]) {
    await using client = await server.open(fields);
    const wire = concat(...frames, ...ending);
    if (how === "at once") client.send(wire);
    if (how === "byte by byte")
      await client.sendChopped(wire, Math.ceil(wire.length / SEGMENTS_MAX));
    if (how === "frame by frame") {
      for (const one of [...frames, ...ending]) await client.sendChopped(one, one.length);
    }
    assert.equal(await client.transcript(), expected, `${what}, ${how}`);
  }
  assert.not(server.messages.includes("after"), `${what}: the handler saw what came after the end`);
}
