// select: waits for several operations at once, and does exactly one of them.
//
// Two phases, in one synchronous block:
//   1. Which cases are ready? One of them, drawn at random, goes ahead.
//   2. None: one waiter takes a place in the queue of each case. The first to be served takes the
//      waiter out of all the others before anything else runs.
//
// Nobody gets in between: no user code, and no case of the same select, since places are taken only
// after all cases were found not ready. So `{ s: c.sending(1), r: c }` does not meet itself.
//
// Promise.race() over receives is no select: the losers stay in their queues and eat the next
// values, and each race leaves a reaction on a promise that never settles.

import { COMMIT, PARK, READY, type Selectable, type SendCase } from "./case.ts";
import type { OpOptions, Received, Receiver } from "./receiver.ts";
import { isSignal, queueOf, refusalBy, standBy } from "./signal.ts";
import { Waiter } from "./waiters.ts";

/**
 * A case: a channel or timer to receive from, a `channel.sending(value)`, or an AbortSignal. One
 * that is `undefined`, `null` or `false` is left out: `{ message: paused ? undefined : inbox }`.
 */
export type Case = Receiver<unknown> | SendCase | AbortSignal | false | null | undefined;

/** What became of a select over `Cases`: a union, which `switch (selected.case)` narrows. */
export type Selected<Cases> = { [K in keyof Cases]-?: Outcome<K, Cases[K]> }[keyof Cases];

type Outcome<K, C> = C extends false | null | undefined
  ? never
  : C extends SendCase
    ? { readonly case: K; readonly value: undefined; readonly done: false }
    : C extends AbortSignal
      ? { readonly case: K; readonly value: unknown; readonly done: true }
      : C extends Receiver<infer T>
        ? { readonly case: K } & Received<T>
        : never;

/** Options of `trySelect`. */
export interface TrySelectOptions {
  /** Take the first case that is ready in source order, not a random one. */
  readonly biased?: boolean | undefined;
}

/** Options of `select`. */
export interface SelectOptions extends OpOptions, TrySelectOptions {}

/**
 * Waits until one of `cases` can go ahead, and does that one: the others are as if never asked.
 *
 * A closed channel is always ready: to receive from it gives the end (`done`), to send to it
 * rejects with {@linkcode ChannelClosedError}. An aborted AbortSignal as a case gives its reason as
 * `value`; as the option `signal` it rejects with it. Without any case, it waits for ever.
 *
 * Among several ready cases the choice is random, so that none can starve another. With `biased` it
 * is the first in source order, where JavaScript puts labels that look like integers first.
 */
export function select<const Cases extends Readonly<Record<string, Case>>>(
  cases: Cases,
  options?: SelectOptions,
): Promise<Selected<Cases>>;
export function select(cases: Record<string, Case>, options?: SelectOptions): Promise<unknown> {
  const labels = Object.keys(cases);
  try {
    const sources = labels.map((label) => sourceOf(cases[label], label));
    const signal = options?.signal;
    const refusal = refusalBy(signal);
    if (refusal !== null) return refusal;
    const chosen = choose(sources, options?.biased === true);
    if (chosen >= 0) return Promise.resolve(commit(labels[chosen], sources[chosen]!));
    const waiter = new Waiter();
    for (let at = 0; at < labels.length; at++) sources[at]?.[PARK](waiter.place(labels[at]));
    if (signal) standBy(signal, waiter);
    return waiter.promise;
  } catch (error) {
    return Promise.reject(error);
  }
}

/**
 * Does one of `cases` if one can go ahead now, as {@linkcode select} would; undefined if none can.
 *
 * Throws {@linkcode ChannelClosedError} if it chose a send on a closed channel.
 */
export function trySelect<const Cases extends Readonly<Record<string, Case>>>(
  cases: Cases,
  options?: TrySelectOptions,
): Selected<Cases> | undefined;
export function trySelect(cases: Record<string, Case>, options?: TrySelectOptions): unknown {
  const labels = Object.keys(cases);
  const sources = labels.map((label) => sourceOf(cases[label], label));
  const chosen = choose(sources, options?.biased === true);
  return chosen < 0 ? undefined : commit(labels[chosen], sources[chosen]!);
}

/** Phase 1: the index of a case that is ready, or -1. */
function choose(sources: readonly (Selectable | null)[], biased: boolean): number {
  let chosen = -1;
  let ready = 0;
  for (let at = 0; at < sources.length; at++) {
    if (sources[at]?.[READY]() && isDrawn(++ready, biased)) chosen = at;
  }
  return chosen;
}

/** The case from inside; null if it is left out. */
function sourceOf(source: Case | Selectable, label: string): Selectable | null {
  if (source === undefined || source === null || source === false) return null;
  if ((source as Partial<Selectable>)[READY] !== undefined) return source as Selectable;
  if (isSignal(source)) return queueOf(source);
  throw new TypeError(
    `Cannot select case ${label}: found ${typeof source}, must be a receiver, a send or a signal`,
  );
}

/**
 * Does the `count`-th ready case replace the one drawn so far? With probability 1/count, which in
 * the end gives all the same chance, in one pass; or never, if the first has priority.
 */
function isDrawn(count: number, biased: boolean): boolean {
  return count === 1 || (!biased && Math.random() * count < 1);
}

function commit(label: string, source: Selectable): unknown {
  const { value, done } = source[COMMIT]();
  return { case: label, value, done };
}
