// The clock that all processes of a run share. `performance.now()` begins anew in each of them, and
// the wall clock may be set while a run goes on; this one is the machine's and only goes forward.

/** Milliseconds since some moment in the past, the same one in every process of this machine. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Fulfils at `moment` of {@linkcode now}, or a little later. */
export function until(moment: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, moment - now())));
}
