// The counts of a server in the text format of Prometheus, version 0.0.4:
//
//   # HELP sluice_messages_total Data messages that arrived, or were handed to the socket.
//   # TYPE sluice_messages_total counter
//   sluice_messages_total{direction="in"} 12
//   sluice_messages_total{direction="out"} 12
//
// A counter ends in "_total", a size in "_bytes". Each value of a label is one of few, whatever the
// peers do: each would be a time series for ever.

import type { ServerStats } from "./tally.ts";

/** A value, and what its labels say, if it has any. */
type Sample = readonly [value: number, labels?: Readonly<Record<string, string>>];

/**
 * `stats` as Prometheus reads them, for a route of your own:
 *
 * ```ts run
 * import { prometheus, serve } from "sluice";
 * import type { Server } from "sluice";
 *
 * const server: Server = serve({ port: 0 }, (request) => {
 *   if (new URL(request.url).pathname !== "/metrics") return new Response(null, { status: 404 });
 *   const headers = { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" };
 *   return new Response(prometheus(server.stats()), { headers });
 * });
 * ```
 *
 * The names of its metrics begin with `sluice_`, and stay.
 */
export function prometheus(stats: ServerStats): string {
  const { connections, upgrades, in: received, out: sent, compression, held, limitHits } = stats;
  return [
    gauge("connections_open", "Connections that are open.", [connections.open]),
    counter("connections_opened", "Connections that were ever open.", [connections.opened]),
    counter(
      "connections_closed",
      "Connections that have ended, by the close code received, or 1005 or 1006.",
      ...labelled("code", connections.closed),
    ),
    counter(
      "close_frames_sent",
      "Connections that have ended, by the close code sent.",
      ...labelled("code", connections.closesSent),
    ),
    gauge(
      "connections_paused",
      "Open connections whose socket is not read (in), or takes no bytes (out), for now.",
      ...labelled("direction", connections.paused),
    ),
    gauge("upgrades_pending", "Handshakes that wait for their handler.", [upgrades.pending]),
    counter(
      "upgrades_refused",
      "Handshakes that were refused, by HTTP status.",
      ...labelled("status", upgrades.refused),
    ),
    counter("upgrades_abandoned", "Handshakes whose client went before it was answered.", [
      upgrades.abandoned,
    ]),
    counter(
      "messages",
      "Data messages that arrived, or were handed to the socket.",
      ...labelled("direction", { in: received.messages, out: sent.messages }),
    ),
    counter(
      "wire_bytes",
      "Bytes on the wire behind the opening handshake.",
      ...labelled("direction", { in: received.bytes, out: sent.bytes }),
    ),
    counter(
      "inflated_bytes",
      "Bytes of the messages that were compressed, before.",
      ...labelled("direction", { in: compression.in.before, out: compression.out.before }),
    ),
    counter(
      "deflated_bytes",
      "Bytes of the messages that were compressed, after.",
      ...labelled("direction", { in: compression.in.after, out: compression.out.after }),
    ),
    gauge(
      "held_bytes",
      "What waits in the inboxes and outboxes of open connections, as it is charged.",
      ...labelled("queue", { inbox: held.inboxes, outbox: held.outboxes }),
    ),
    counter("limit_hits", "How often each limit was hit.", ...labelled("limit", limitHits)),
  ].join("");
}

function gauge(name: string, help: string, ...samples: readonly Sample[]): string {
  return family(`sluice_${name}`, "gauge", help, samples);
}

function counter(name: string, help: string, ...samples: readonly Sample[]): string {
  return family(`sluice_${name}_total`, "counter", help, samples);
}

/** A sample for each entry of `counts`. */
function labelled(label: string, counts: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(counts).map(([value, count]) => [count, { [label]: value }]);
}

/** One metric: a line of help, one of its type, one for each sample. */
function family(name: string, type: string, help: string, samples: readonly Sample[]): string {
  const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
  for (const [value, labels = {}] of samples) {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
    lines.push(`${name}${pairs.length > 0 ? `{${pairs.join()}}` : ""} ${value}`);
  }
  return `${lines.join("\n")}\n`;
}

/** What would end the value of a label. */
function escaped(text: string): string {
  return text.replace(/[\\"\n]/g, (found) => (found === "\n" ? "\\n" : `\\${found}`));
}
