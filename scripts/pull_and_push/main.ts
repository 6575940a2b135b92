// `npm run pull-and-push`: one value that changes now and then, and many clients that want to know.
// They ask for it at intervals, or are told by the server; what each way costs, and how late it is.
//
//   --clients N       default: 200
//   --seconds S       for each wave of contestants that run side by side; default: 15
//   --mean-change MS  between two changes, on average; default: 2000
//   --seed N          of the moments of changes and of first questions; default: 2, by which
//                     there are about as many changes as the mean says
//   --serve           HTTP through serve(), instead of bare node:http; WebSocket is the same
//   --json FILE  --svg FILE
//   --quick           seconds instead of minutes, and checks what must be so on any machine

import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { commandLine, wholeNumber } from "../command_line.ts";
import { now } from "./clock.ts";
import { Contest } from "./contest.ts";
import type { Plan } from "./contest.ts";
import { allContestants, wavesOf } from "./contestants.ts";
import type { Contestant } from "./contestants.ts";
import type { Outcome } from "./outcome.ts";
import { plotOf } from "./plot.ts";
import { tableOf } from "./report.ts";
import { checkSanity } from "./sanity.ts";
import { scheduleOf } from "./schedule.ts";

const INTERVALS_MS = [100, 500, 1000, 2000, 5000, 10_000];
const QUICK_INTERVALS_MS = [100];
const WARM_UP_MS = 1500;
const QUICK_WARM_UP_MS = 100;
const QUICK = { clients: "20", seconds: "2", "mean-change": "100" };

/** From the command to all processes until the window begins: all clients ask once in it. */
const AHEAD_MS = 1500;

const { plan, json, svg, quick } = readOptions();
const contestants = allContestants(quick ? QUICK_INTERVALS_MS : INTERVALS_MS);
const outcomes: Outcome[] = [];
for (const wave of wavesOf(contestants, plan.clients)) outcomes.push(...(await measure(wave)));
outcomes.sort((a, b) => placeOf(a) - placeOf(b));

console.log(tableOf(plan, outcomes));
const machine = {
  date: new Date().toISOString().slice(0, 10),
  cpu: `${cpus().length} x ${cpus()[0]?.model.trim()}`,
  node: process.version,
};
if (json !== undefined) {
  const text = JSON.stringify({ machine, plan, outcomes }, rounded, 2);
  writeFileSync(json, `${text}\n`);
}
if (svg !== undefined) writeFileSync(svg, plotOf(plan, outcomes, machine));
if (quick) {
  const wrong = checkSanity(outcomes);
  for (const line of wrong) console.error(line);
  if (wrong.length > 0) process.exit(1);
  console.log("As it must be: who is told asks nothing, misses nothing, and knows first");
}

/** Measures contestants that run at the same time, with the same changes. */
async function measure(wave: readonly Contestant[]): Promise<readonly Outcome[]> {
  const contests: Contest[] = [];
  try {
    for (const contestant of wave) {
      const contest = new Contest(contestant, plan);
      contests.push(contest);
      await contest.prepare();
    }
    const startAt = now() + AHEAD_MS;
    return await Promise.all(contests.map((contest) => contest.measure(startAt)));
  } finally {
    await Promise.all(contests.map((contest) => contest.stop()));
  }
}

function placeOf({ kind, intervalMs }: Outcome): number {
  return contestants.findIndex((one) => one.kind === kind && one.intervalMs === intervalMs);
}

/** Four digits are more than the noise leaves. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" ? Number(value.toPrecision(4)) : value;
}

function readOptions(): {
  readonly plan: Plan;
  readonly json: string | undefined;
  readonly svg: string | undefined;
  readonly quick: boolean;
} {
  const type = "string";
  const { values } = commandLine({
    options: {
      clients: { type },
      seconds: { type },
      "mean-change": { type },
      seed: { type },
      json: { type },
      svg: { type },
      serve: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
    },
  });
  const asked = { ...(values.quick ? QUICK : {}), ...values };
  const clients = wholeNumber("clients", asked.clients ?? "200");
  const seconds = wholeNumber("seconds", asked.seconds ?? "15");
  const meanChangeMs = wholeNumber("mean-change", asked["mean-change"] ?? "2000");
  const seed = wholeNumber("seed", asked.seed ?? "2");
  const schedule = scheduleOf(seed, meanChangeMs, seconds);
  const warmUpMs = values.quick ? QUICK_WARM_UP_MS : WARM_UP_MS;
  const { serve } = values;
  const plan = { clients, seconds, meanChangeMs, seed, serve, warmUpMs, schedule };
  return { plan, json: values.json, svg: values.svg, quick: values.quick };
}
