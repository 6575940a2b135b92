// The results as a picture: for each workload a group of bars, each the rate of a server as a
// multiple of ws's in the same run, on a logarithmic axis. It has no font, no colour and no file
// from elsewhere, and reads on a light page and on a dark one.

import type { Measured } from "./measure.ts";

const SERVERS = ["sluice each", "sluice for", "ws", "bun", "deno", "gorilla", "uws"];
const COLOURS = ["#0b7285", "#3bc9db", "#868e96", "#e67700", "#5f3dc4", "#2b8a3e", "#c2255c"];

const BAR = 9;
const GROUP_GAP = 16;
const LEFT = 250;
const WIDTH = 860;
const TOP = 64;
const RANGE = [0.25, 32] as const;

/** An SVG file. */
export function plotOf(
  measured: readonly Measured[],
  machine: { readonly date: string; readonly cpu: string; readonly node: string },
): string {
  const groupHeight = SERVERS.length * BAR + GROUP_GAP;
  const height = TOP + measured.length * groupHeight + 36;
  const groups = measured.map((workload, at) => groupOf(workload, TOP + at * groupHeight));
  const ticks = [0.25, 0.5, 1, 2, 4, 8, 16, 32].map((value) => tick(value, height));
  const legend = SERVERS.map((server, at) => {
    const x = LEFT + at * 86;
    return (
      `<rect x="${x}" y="28" width="10" height="10" fill="${COLOURS[at]}"/>` +
      `<text x="${x + 15}" y="37">${server}</text>`
    );
  });
  const title = "Echoed messages a second, as a multiple of ws (bars: median, logarithmic)";
  const source = `${machine.date}, ${machine.cpu}, Node ${machine.node}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>${title}</title>`,
    "<style>text{font:11px system-ui,sans-serif;fill:#495057}.axis{stroke:#adb5bd}" +
      "@media(prefers-color-scheme:dark){text{fill:#ced4da}.axis{stroke:#495057}}</style>",
    `<text x="8" y="16" font-weight="bold">${title}</text>`,
    ...legend,
    ...ticks,
    ...groups,
    `<text x="8" y="${height - 8}">${escaped(source)}</text>`,
    "</svg>\n",
  ].join("\n");
}

function groupOf({ name, rows }: Measured, top: number): string {
  const parts = [`<text x="8" y="${top + 14}">${escaped(name)}</text>`];
  for (const [at, server] of SERVERS.entries()) {
    const ratio = rows.find((row) => row.server === server)?.ratios["ws"];
    if (ratio === undefined) continue;
    const width = placeOf(ratio.median) - LEFT;
    const y = top + at * BAR;
    parts.push(
      `<rect x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="${BAR - 1}" ` +
        `fill="${COLOURS[at]}"/>`,
      `<text x="${(LEFT + width + 4).toFixed(1)}" y="${y + 8}" font-size="9">` +
        `${ratio.median.toFixed(2)}</text>`,
    );
  }
  return parts.join("\n");
}

function tick(value: number, height: number): string {
  const x = placeOf(value).toFixed(1);
  return (
    `<line class="axis" x1="${x}" x2="${x}" y1="${TOP - 8}" y2="${height - 28}"/>` +
    `<text x="${x}" y="${TOP - 12}" text-anchor="middle">${value}</text>`
  );
}

function placeOf(value: number): number {
  const [low, high] = RANGE;
  const part = Math.log(Math.max(value, low) / low) / Math.log(high / low);
  return LEFT + part * (WIDTH - LEFT - 50);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
