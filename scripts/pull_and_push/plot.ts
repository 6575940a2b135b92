// The outcomes as a picture of four panels. It has no font and no file from elsewhere, and a ground
// of its own, so that it reads on a light page and on a dark one.

import type { Plan } from "./contest.ts";
import type { Outcome } from "./outcome.ts";
import { drawPanel, PANEL_HEIGHT, PANEL_WIDTH } from "./panel.ts";
import type { Panel } from "./panel.ts";
import { medianDelayMs, missedPercent, wastedPercent } from "./prediction.ts";

const WIDTH = 2 * PANEL_WIDTH + 24;
const HEAD = 60;
const HEIGHT = HEAD + 2 * PANEL_HEIGHT + 30;

/** Light, then dark. */
const STYLE = `
svg{font:12px system-ui,sans-serif}text{fill:#495057}.ground{fill:#fff}
.title{font-weight:600;font-size:13px;fill:#212529}.grid{stroke:#e9ecef}.value{font-weight:600}
polyline,line{fill:none;stroke-width:1.5}.dashed{stroke-dasharray:4 4;opacity:.8}
.poll{stroke:#e67700;fill:#e67700}.missed{stroke:#c2255c;fill:#c2255c}
.long-poll{stroke:#7048e8;fill:#7048e8}.events{stroke:#2b8a3e;fill:#2b8a3e}
.websocket{stroke:#0b7285;fill:#0b7285}.value{fill:#0b7285}
@media(prefers-color-scheme:dark){
text{fill:#adb5bd}.ground{fill:#0d1117}.title{fill:#f1f3f5}.grid{stroke:#2b3138}
.poll{stroke:#ffa94d;fill:#ffa94d}.missed{stroke:#f783ac;fill:#f783ac}
.long-poll{stroke:#b197fc;fill:#b197fc}.events{stroke:#69db7c;fill:#69db7c}
.websocket{stroke:#3bc9db;fill:#3bc9db}.value{fill:#3bc9db}}
circle.ring,polyline.poll,polyline.missed{fill:none}polyline.ring{stroke-dasharray:1 3}
text.poll,text.missed{stroke:none}`;

const LEGEND: readonly (readonly [style: string, radius: number, words: string])[] = [
  ["poll", 3.5, "poll"],
  ["poll ring", 5.5, "poll with If-None-Match (304)"],
  ["long-poll", 3.5, "long poll"],
  ["events", 3.5, "Server-Sent Events"],
  ["websocket", 3.5, "WebSocket"],
];
const LEGEND_AT = [14, 66, 266, 346, 484];

/** An SVG file. */
export function plotOf(
  plan: Pick<Plan, "clients" | "seconds" | "meanChangeMs">,
  outcomes: readonly Outcome[],
  machine: { readonly date: string; readonly cpu: string; readonly node: string },
): string {
  const { clients, seconds } = plan;
  const changes = outcomes[0].changes;
  const meanMs = (seconds * 1000) / changes;
  const title = `${clients} clients, one value that changes every ${shownTime(meanMs)} on average`;
  const panels = panelsOf(meanMs).map((panel, index) => {
    const x = 8 + (index % 2) * (PANEL_WIDTH + 8);
    const y = HEAD + Math.floor(index / 2) * PANEL_HEIGHT;
    return `<g transform="translate(${x} ${y})">\n${drawPanel(panel, outcomes)}\n</g>`;
  });
  const source =
    `${changes} changes in ${seconds} s at random moments; ` +
    `${machine.date}, ${machine.cpu}, Node ${machine.node}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">`,
    `<title>${title}: polling and push compared</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="ground" width="${WIDTH}" height="${HEIGHT}" rx="6"/>`,
    `<text class="title" x="16" y="22">${title}</text>`,
    ...LEGEND.map(([style, radius, words], at) => {
      const x = LEGEND_AT[at];
      return (
        `<circle class="${style}" cx="${x + 6}" cy="42" r="${radius}"/>` +
        `<text x="${x + 16}" y="46">${words}</text>`
      );
    }),
    `<line class="poll dashed" x1="586" x2="612" y1="42" y2="42"/>`,
    `<text x="618" y="46">predicted</text>`,
    ...panels,
    `<text x="16" y="${HEIGHT - 12}">${escaped(source)}</text>`,
    "</svg>\n",
  ].join("\n");
}

function panelsOf(meanMs: number): readonly Panel[] {
  return [
    {
      title: "Wasted requests, missed values",
      ticks: [0, 25, 50, 75, 100],
      format: (percent) => `${percent} %`,
      series: [
        {
          name: "requests wasted",
          of: ({ wastedPercent }) => wastedPercent,
          predicted: (intervalMs) => wastedPercent(intervalMs, meanMs),
        },
        {
          name: "values missed",
          colour: "missed",
          of: ({ missedPercent }) => missedPercent,
          predicted: (intervalMs) => missedPercent(intervalMs, meanMs),
        },
      ],
    },
    {
      title: "Delay until a client knows: median, bar to 95 %",
      ticks: null,
      format: shownTime,
      series: [
        {
          of: ({ delayMs }) => delayMs.median,
          whisker: ({ delayMs }) => delayMs.p95,
          predicted: medianDelayMs,
        },
      ],
    },
    {
      title: "Bytes for one client, a second, both ways",
      ticks: null,
      format: (bytes) => (bytes < 1000 ? `${shortened(bytes)} B` : `${shortened(bytes / 1000)} kB`),
      series: [{ of: ({ bytesSent, bytesReceived }) => bytesSent + bytesReceived }],
    },
    {
      title: "Processor time of the server for one client, a second",
      ticks: null,
      format: (microseconds) => shownTime(microseconds / 1000),
      series: [{ of: ({ cpuMicroseconds }) => cpuMicroseconds }],
    },
  ];
}

function shownTime(ms: number): string {
  if (ms >= 1000) return `${shortened(ms / 1000)} s`;
  return ms >= 1 ? `${shortened(ms)} ms` : `${shortened(ms * 1000)} µs`;
}

/** Two digits. */
function shortened(value: number): string {
  return String(Number(value.toPrecision(2)));
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
