// One panel of the picture: up to three curves over time, from 0 up, so that what looks flat is.

import type { SoakSample } from "./sample.ts";

/** A curve. */
export interface Series {
  readonly name: string;
  readonly of: (sample: SoakSample, before: SoakSample | undefined) => number;
}

/** A panel, before it has a place. */
export interface Panel {
  readonly title: string;
  readonly series: readonly Series[];
}

export const PANEL_WIDTH = 412;
export const PANEL_HEIGHT = 220;

const LEFT = 52;
const RIGHT = PANEL_WIDTH - 12;
const TOP = 46;
const BOTTOM = PANEL_HEIGHT - 44;
const COLOURS = ["a", "b", "c"];
const TICKS = 4;
const LETTER = 6.4; // about the width of one

/** An SVG group, its upper left corner at (0, 0). */
export function drawPanel(
  { title, series }: Panel,
  samples: readonly SoakSample[],
  warmUpMs: number,
): string {
  // A rate is of two samples, so the first has none.
  const shown = samples.slice(1);
  const curves = series.map(({ of }) => shown.map((sample, at) => of(sample, samples[at])));
  const yStep = roundStep(Math.max(...curves.flat()) / TICKS);
  const minutes = samples[samples.length - 1].atMs / 60_000;
  const xStep = roundStep(minutes / TICKS);
  const x = (atMinutes: number): number => LEFT + (atMinutes / minutes) * (RIGHT - LEFT);
  const y = (value: number): number => BOTTOM - (value / (yStep * TICKS)) * (BOTTOM - TOP);
  const parts = [`<text class="title" x="8" y="16">${title}</text>`];
  const warm = tenth(x(warmUpMs / 60_000) - LEFT);
  const box = `x="${LEFT}" y="${TOP}" width="${warm}" height="${BOTTOM - TOP}"`;
  parts.push(`<rect class="warm" ${box}/>`);
  for (let tick = 0; tick <= TICKS; tick++) {
    const at = tenth(y(tick * yStep));
    parts.push(
      `<line class="grid" x1="${LEFT}" x2="${RIGHT}" y1="${at}" y2="${at}"/>`,
      text(LEFT - 6, at + 4, shortened(tick * yStep), "end"),
    );
  }
  for (let tick = 0; tick * xStep <= minutes; tick++) {
    parts.push(text(tenth(x(tick * xStep)), BOTTOM + 16, shortened(tick * xStep), "middle"));
  }
  parts.push(text((LEFT + RIGHT) / 2, BOTTOM + 33, "minutes", "middle"));
  let nameAt = LEFT;
  for (const [index, { name }] of series.entries()) {
    const points = curves[index].map((value, at) => {
      return `${tenth(x(shown[at].atMs / 60_000))},${tenth(y(value))}`;
    });
    parts.push(
      `<polyline class="${COLOURS[index]}" points="${points.join(" ")}"/>`,
      `<text class="${COLOURS[index]}" x="${nameAt}" y="34">${name}</text>`,
    );
    nameAt += Math.round(name.length * LETTER) + 16;
  }
  return parts.join("\n");
}

/** 1, 2, 2.5 or 5 times a power of ten, not below `least`. */
function roundStep(least: number): number {
  if (!(least > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 2.5, 5].find((times) => times * power >= least) ?? 10) * power;
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}

function shortened(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function text(x: number, y: number, content: string, anchor: string): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${content}</text>`;
}
