// What is asked of a server under load, and whether it was so. A goal has a number and a bound;
// a run is as good as its worst goal.

/** A number that was measured, and the bound that it has to keep. */
export interface Goal {
  readonly name: string;
  readonly found: number;
  readonly bound: number;
  readonly relation: "<=" | ">=" | "=";
  /** Of both numbers. "ms" is what a busy machine may spoil: see {@linkcode isTime}. */
  readonly unit: string;
}

export function atMost(name: string, found: number, bound: number, unit: string): Goal {
  return { name, found, bound, relation: "<=", unit };
}

export function atLeast(name: string, found: number, bound: number, unit: string): Goal {
  return { name, found, bound, relation: ">=", unit };
}

export function exactly(name: string, found: number, bound: number, unit: string): Goal {
  return { name, found, bound, relation: "=", unit };
}

/** Whether the number keeps its bound. NaN, of which nothing was measured, keeps none. */
export function isMet({ found, bound, relation }: Goal): boolean {
  if (relation === "=") return found === bound;
  return relation === "<=" ? found <= bound : found >= bound;
}

/** Whether the number depends on what else the machine does. */
export function isTime({ unit }: Goal): boolean {
  return unit === "ms";
}

/** A line: `met     healthy clients: p99 of an echo: 12.3 ms, must be <= 100 ms`. */
export function verdictOf(goal: Goal): string {
  const { name, found, bound, relation, unit } = goal;
  const verdict = isMet(goal) ? "met   " : "MISSED";
  const due = `${relation} ${textOf(bound)}`;
  return `  ${verdict}  ${name}: ${textOf(found)} ${unit}, must be ${due} ${unit}`;
}

function textOf(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}
