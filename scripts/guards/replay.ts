// Replays vulnerabilities of the registry, each against a server of its own, and prints a line of
// JSON for each: whether the server withstands it. It is run where a guard is gone.
//
// `node replay.js ID...`

import { Siege } from "../../test/attacks/attack.ts";
import { REPLAYS } from "../../test/attacks/registry.ts";
import { REPLAYED } from "../../test/attacks/replay.ts";

/** What came of a replay. */
export interface Outcome {
  readonly id: string;
  /** Without the guard the server must still start, and serve who does not attack it. */
  readonly end: "withstood" | "failed" | "did not start";
  /** What it failed with. */
  readonly error: string;
}

for (const id of process.argv.slice(2)) {
  const replay = REPLAYS.find((replay) => replay.id === id);
  if (replay === undefined) throw new Error(`There is no replay of ${id}`);
  console.log(JSON.stringify(await play(id, replay.act)));
}
process.exit(); // what a broken server has left open keeps nobody waiting

async function play(id: string, act: Parameters<Siege["withstands"]>[0]): Promise<Outcome> {
  let siege: Siege;
  try {
    siege = await Siege.start(REPLAYED);
  } catch (error) {
    return { id, end: "did not start", error: String(error) };
  }
  try {
    await siege.withstands(act);
    return { id, end: "withstood", error: "" };
  } catch (error) {
    return { id, end: "failed", error: String(error) };
  } finally {
    await siege[Symbol.asyncDispose]();
  }
}
