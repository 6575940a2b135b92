// The report for programs. `format` changes when a field changes its meaning or goes away.

import { hex } from "./bytes.ts";
import { clauseOf } from "./clauses.ts";
import type { Report } from "./report.ts";
import { showExchange } from "./show.ts";

/** Everything of the run, in JSON; bytes in hex. Of passages above 4 KiB, the first 4 KiB. */
export function jsonReport(report: Report): string {
  const { target, startedAt, durationMs, facts, totals, clauses, results } = report;
  return JSON.stringify(
    {
      format: 1,
      target: target.url,
      startedAt: startedAt.toISOString(),
      durationMs,
      server: { software: facts.software, echo: facts.echo, deflate: facts.deflate },
      totals,
      clauses,
      cases: results.map(({ exchanges, ...result }) => ({
        ...result,
        rule: clauseOf(result.clause).text,
        exchanges: exchanges.map((exchange) => ({
          passages: exchange.passages.map(({ bytes, ...passage }, index) => ({
            ...passage,
            bytes: hex(bytes),
            explained: showExchange(exchange, true).passages[index].lines.map(
              (line) => line.meaning || line.bytes,
            ),
          })),
          ended: exchange.ended,
        })),
      })),
    },
    null,
    2,
  );
}
