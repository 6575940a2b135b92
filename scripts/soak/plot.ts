// A run as a picture of six panels over time, small multiples of one width. It has no font and no
// file from elsewhere, and a ground of its own, so that it reads on a light page and on a dark one.

import { drawPanel, PANEL_HEIGHT, PANEL_WIDTH } from "./panel.ts";
import type { Panel } from "./panel.ts";
import type { SoakSample } from "./sample.ts";
import { warmUpMs } from "./verdict.ts";

const COLUMNS = 2;
const HEAD = 36;
const WIDTH = COLUMNS * (PANEL_WIDTH + 8) + 16;

/** Light, then dark. */
const STYLE = `
svg{font:12px system-ui,sans-serif}text{fill:#495057}.ground{fill:#fff}
.title{font-weight:600;font-size:13px;fill:#212529}.grid{stroke:#e9ecef}
.warm{fill:#868e96;opacity:.1}
polyline{fill:none;stroke-width:1.5}
polyline.a{stroke:#0b7285}polyline.b{stroke:#e67700}polyline.c{stroke:#7048e8}
text.a{fill:#0b7285}text.b{fill:#e67700}text.c{fill:#7048e8}
@media(prefers-color-scheme:dark){
text{fill:#adb5bd}.ground{fill:#0d1117}.title{fill:#f1f3f5}.grid{stroke:#2b3138}
polyline.a{stroke:#3bc9db}polyline.b{stroke:#ffa94d}polyline.c{stroke:#b197fc}
text.a{fill:#3bc9db}text.b{fill:#ffa94d}text.c{fill:#b197fc}}`;

const MIB = 2 ** 20;

const PANELS: readonly Panel[] = [
  {
    title: "Memory of the server, MiB",
    series: [
      { name: "resident", of: ({ residentBytes }) => residentBytes / MIB },
      { name: "heap after collection", of: ({ heapBytes }) => heapBytes / MIB },
      { name: "buffers, external", of: ({ externalBytes }) => externalBytes / MIB },
    ],
  },
  {
    title: "Memory for each connection, KiB",
    series: [
      { name: "resident", of: ({ residentBytesEach }) => residentBytesEach / 1024 },
      { name: "heap and external", of: ({ heapBytesEach }) => heapBytesEach / 1024 },
    ],
  },
  {
    title: "Connections, descriptors, timers",
    series: [
      { name: "connections", of: ({ connections }) => connections },
      { name: "descriptors", of: ({ descriptors }) => descriptors ?? 0 },
      { name: "timers", of: ({ timers }) => timers },
    ],
  },
  {
    title: "Delay of the event loop, ms",
    series: [
      { name: "median", of: ({ delayMedianMs }) => delayMedianMs },
      { name: "99 %", of: ({ delayP99Ms }) => delayP99Ms },
    ],
  },
  {
    title: "Connections opened a second",
    series: [{ name: "opened", of: rateOf(({ opened }) => opened) }],
  },
  {
    title: "Messages that clients had a second",
    series: [{ name: "messages", of: rateOf(({ messages }) => messages) }],
  },
];

/** An SVG file. */
export function plotOf(
  samples: readonly SoakSample[],
  about: {
    readonly date: string;
    readonly cpu: string;
    readonly node: string;
    readonly connections: number;
    readonly churn: number;
  },
): string {
  const { date, cpu, node, connections, churn } = about;
  const last = samples[samples.length - 1];
  const title =
    `${connections} connections for ${Number((last.atMs / 60_000).toPrecision(2))} minutes, ` +
    `${churn} of them replaced each second`;
  const height = HEAD + Math.ceil(PANELS.length / COLUMNS) * PANEL_HEIGHT + 28;
  const warmUp = warmUpMs(samples);
  const panels = PANELS.map((panel, index) => {
    const x = 8 + (index % COLUMNS) * (PANEL_WIDTH + 8);
    const y = HEAD + Math.floor(index / COLUMNS) * PANEL_HEIGHT;
    return `<g transform="translate(${x} ${y})">\n${drawPanel(panel, samples, warmUp)}\n</g>`;
  });
  const source =
    `${last.opened} connections, ${last.messages} messages; the warm-up is grey; ` +
    `${date}, ${cpu}, Node ${node}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>${title}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="ground" width="${WIDTH}" height="${height}" rx="6"/>`,
    `<text class="title" x="16" y="22">${title}</text>`,
    ...panels,
    `<text x="16" y="${height - 10}">${escaped(source)}</text>`,
    "</svg>\n",
  ].join("\n");
}

/** What a count grew by in a second, from the sample before. */
function rateOf(count: (sample: SoakSample) => number): Panel["series"][number]["of"] {
  return (sample, before) => {
    if (before === undefined) return 0;
    return ((count(sample) - count(before)) * 1000) / (sample.atMs - before.atMs);
  };
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
