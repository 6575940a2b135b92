// One panel of the picture: a quantity over the interval of polling, which has a logarithmic axis,
// and beside it those that are told, who have no interval. What the WebSocket does is a line all
// the way through, to compare the others with.
//
//   |  o dashed: predicted
//   |     o                      o poll   a ring: poll 304
//   |         o
//   |- - - - - - - - - -|- - - - x - WebSocket
//   +--+--+--+--+--+--+-|--+--+--+
//     0.1  ...  10 s    long ev. ws

import type { Kind } from "./contestants.ts";
import type { Outcome } from "./outcome.ts";

/** What is shown of each outcome. */
export interface Series {
  readonly of: (outcome: Outcome) => number;
  /** Where a whisker ends that begins at the point. */
  readonly whisker?: (outcome: Outcome) => number;
  /** What arithmetic says of polling. Without it the points are joined. */
  readonly predicted?: (intervalMs: number) => number;
  /** Written at the curve, where a panel has two. */
  readonly name?: string;
  /** A class of the style sheet for polling. Default: "poll". */
  readonly colour?: string;
}

/** A panel, before it has a place. */
export interface Panel {
  readonly title: string;
  /** The ticks of a linear axis; `null`: a logarithmic one, with a tick at each power of ten. */
  readonly ticks: readonly number[] | null;
  readonly format: (value: number) => string;
  readonly series: readonly Series[];
}

export const PANEL_WIDTH = 412;
export const PANEL_HEIGHT = 262;

const LEFT = 58;
const TOP = 34;
const BOTTOM = PANEL_HEIGHT - 46;
const POLLING_RIGHT = 244;
const TOLD: readonly (readonly [kind: Kind, words: readonly string[]])[] = [
  ["long poll", ["long", "poll"]],
  ["events", ["events"]],
  ["websocket", ["Web-", "Socket"]],
];
const TOLD_LEFT = 276;
const TOLD_STEP = 42;
const RIGHT = TOLD_LEFT + 2 * TOLD_STEP;

/** An SVG group, its upper left corner at (0, 0). */
export function drawPanel(panel: Panel, outcomes: readonly Outcome[]): string {
  const values = panel.series.flatMap(({ of, whisker }) =>
    outcomes.flatMap((outcome) => [of(outcome), (whisker ?? of)(outcome)]),
  );
  const ticks = panel.ticks ?? decades(values);
  const y = panel.ticks === null ? logarithmic(ticks, BOTTOM, TOP) : linear(ticks, BOTTOM, TOP);
  const x = placeOf(outcomes);
  const parts = [
    `<text class="title" x="8" y="16">${panel.title}</text>`,
    ...ticks.map(
      (tick) =>
        `<line class="grid" x1="${LEFT}" x2="${RIGHT}" y1="${y(tick)}" y2="${y(tick)}"/>` +
        text(LEFT - 6, y(tick) + 4, panel.format(tick), "end"),
    ),
    ...axis(outcomes, x),
    ...outcomes.filter(({ kind }) => kind === "websocket").map((one) => {
      const value = panel.series[0].of(one); // where a panel has two series it is 0 in both
      return reference(x(one), y(value), panel.format(value));
    }),
    ...panel.series.map((series) => drawSeries(series, outcomes, x, y)),
  ];
  return parts.join("\n");
}

type Scale = (value: number) => number;
type Place = (outcome: Pick<Outcome, "kind" | "intervalMs">) => number;

function axis(outcomes: readonly Outcome[], x: Place): string[] {
  const intervals = [...new Set(outcomes.map(({ intervalMs }) => intervalMs))]
    .filter((intervalMs) => intervalMs > 0)
    .sort((a, b) => a - b);
  const parts = intervals.map((intervalMs) => {
    const isLast = intervalMs === intervals[intervals.length - 1];
    const label = `${intervalMs / 1000}${isLast ? " s" : ""}`;
    return text(x({ kind: "poll", intervalMs }), BOTTOM + 16, label);
  });
  parts.push(text((LEFT + POLLING_RIGHT) / 2, BOTTOM + 33, "interval of polling"));
  for (const [kind, words] of TOLD) {
    const at = x({ kind, intervalMs: 0 });
    for (const [row, word] of words.entries()) parts.push(text(at, BOTTOM + 16 + row * 13, word));
  }
  const between = (POLLING_RIGHT + TOLD_LEFT) / 2 - 2;
  parts.push(`<line class="grid" x1="${between}" x2="${between}" y1="${TOP}" y2="${BOTTOM}"/>`);
  return parts;
}

/** What the WebSocket does, all the way through, and in figures. */
function reference(x: number, y: number, value: string): string {
  return (
    `<line class="websocket" x1="${LEFT}" x2="${RIGHT}" y1="${y}" y2="${y}"/>` +
    `<text class="value" x="${x + 7}" y="${y + 4}">${value}</text>`
  );
}

function drawSeries(series: Series, outcomes: readonly Outcome[], x: Place, y: Scale): string {
  const { of, whisker, predicted, name, colour = "poll" } = series;
  const asking = outcomes.filter(({ kind }) => kind === "poll");
  const parts: string[] = [];
  if (predicted !== undefined) {
    const place = (intervalMs: number): string =>
      `${x({ kind: "poll", intervalMs })},${y(predicted(intervalMs))}`;
    parts.push(curve(`${colour} dashed`, finely(asking).map(place)));
  } else {
    const place = (one: Outcome): string => `${x(one)},${y(of(one))}`;
    const tagged = outcomes.filter(({ kind }) => kind === "poll 304");
    parts.push(curve(colour, asking.map(place)), curve(`${colour} ring`, tagged.map(place)));
  }
  for (const outcome of outcomes) {
    const { kind } = outcome;
    const isRing = kind === "poll 304";
    const style = outcome.intervalMs === 0 ? kind.replace(" ", "-") : colour;
    const [cx, cy] = [x(outcome), y(of(outcome))];
    if (whisker !== undefined && !isRing) {
      const end = y(whisker(outcome));
      parts.push(`<line class="${style}" x1="${cx}" x2="${cx}" y1="${cy}" y2="${end}"/>`);
    }
    const shape = isRing ? `class="${style} ring" r="5.5"` : `class="${style}" r="3.5"`;
    parts.push(`<circle ${shape} cx="${cx}" cy="${cy}"/>`);
  }
  if (name !== undefined) parts.push(nameAtCurve(name, colour, asking, of, x, y));
  return parts.join("\n");
}

function curve(style: string, points: readonly string[]): string {
  return `<polyline class="${style}" points="${points.join(" ")}"/>`;
}

/** Above the point where the curve is highest, inside the panel. */
function nameAtCurve(
  name: string,
  colour: string,
  asking: readonly Outcome[],
  of: Series["of"],
  x: Place,
  y: Scale,
): string {
  const highest = asking.reduce((a, b) => (of(b) > of(a) ? b : a));
  const [anchor, offset] = highest === asking[0] ? ["start", -5] : ["end", 10];
  const place = `x="${x(highest) + offset}" y="${y(of(highest)) - 10}" text-anchor="${anchor}"`;
  return `<text class="${colour}" ${place}>${name}</text>`;
}

/** Across: a logarithm of the interval, or one of the places beside the axis. */
function placeOf(outcomes: readonly Outcome[]): Place {
  const intervals = outcomes.map(({ intervalMs }) => intervalMs).filter((ms) => ms > 0);
  const range = [Math.min(...intervals) / 1.3, Math.max(...intervals) * 1.3];
  const scale = logarithmic(range, LEFT, POLLING_RIGHT);
  return ({ kind, intervalMs }) => {
    const told = TOLD.findIndex(([one]) => one === kind);
    return told < 0 ? scale(intervalMs) : TOLD_LEFT + told * TOLD_STEP;
  };
}

/** Intervals so near to each other that a curve through them is smooth. */
function finely(asking: readonly Outcome[]): number[] {
  const intervals = asking.map(({ intervalMs }) => intervalMs);
  const [low, high] = [Math.min(...intervals), Math.max(...intervals)];
  return Array.from({ length: 41 }, (_, step) => low * (high / low) ** (step / 40));
}

function logarithmic(range: readonly number[], from: number, to: number): Scale {
  const [low, high] = [range[0], range[range.length - 1]];
  return (value) => {
    const part = Math.log(Math.max(value, low) / low) / Math.log(high / low);
    return Math.round((from + part * (to - from)) * 10) / 10;
  };
}

function linear(range: readonly number[], from: number, to: number): Scale {
  const [low, high] = [range[0], range[range.length - 1]];
  return (value) => {
    return Math.round((from + ((value - low) / (high - low)) * (to - from)) * 10) / 10;
  };
}

/** The powers of ten from below the least of `values` to above the greatest. */
function decades(values: readonly number[]): number[] {
  const positive = values.filter((value) => value > 0);
  const low = Math.floor(Math.log10(Math.min(...positive)));
  const high = Math.ceil(Math.log10(Math.max(...positive)));
  return Array.from({ length: Math.max(high - low, 1) + 1 }, (_, step) => 10 ** (low + step));
}

function text(x: number, y: number, content: string, anchor = "middle"): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${content}</text>`;
}
