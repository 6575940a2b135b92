// What somebody meant who wrote something else.

/** Changes of a letter that are taken for a slip. */
const DISTANCE_MAX = 2;

/** The one of `names` that `text` begins, or is a slip of; `null` when it is none. */
export function nearest(text: string, names: readonly string[]): string | null {
  const begun = names.filter((name) => text.length >= 2 && name.startsWith(text));
  if (begun.length === 1) return begun[0];
  let best: string | null = null;
  let bestDistance = Math.min(DISTANCE_MAX, text.length - 1) + 1;
  for (const name of names) {
    const distance = distanceOf(text.toLowerCase(), name);
    if (distance >= bestDistance) continue;
    best = name;
    bestDistance = distance;
  }
  return best;
}

/** How many letters to add, take away or replace: Levenshtein's distance. */
function distanceOf(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let at = 1; at <= from.length; at++) {
    const next = [at];
    for (let column = 1; column <= to.length; column++) {
      const replaced = row[column - 1] + (from[at - 1] === to[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[column] + 1, next[column - 1] + 1));
    }
    row = next;
  }
  return row[to.length];
}
