// The report as one page that needs nothing else: no script, no font, no picture from elsewhere. It
// may be mailed, or kept beside the build that it is about.

import type { CaseResult, Verdict } from "./case.ts";
import { clauseOf, sectionUrl } from "./clauses.ts";
import { REPORT_STYLE } from "./report_style.ts";
import type { ClauseResult, Report } from "./report.ts";
import { showExchange } from "./show.ts";
import type { ShownLine, ShownPassage } from "./show.ts";

const MARKS: Readonly<Record<ClauseResult["verdict"], string>> = {
  fail: "fail",
  warning: "warn",
  pass: "pass",
  "not testable": "not testable",
  hidden: "not visible",
  "not run": "not run",
};

/** The page. */
export function htmlReport(report: Report): string {
  const { target, results } = report;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>WebSocket conformance of ${escape(target.url)}</title>
<style>${REPORT_STYLE}</style>
<header>
<p class="over">WebSocket conformance</p>
<h1>${escape(target.url)}</h1>
${verdictLine(report)}
${tiles(report)}
${facts(report)}
</header>
<main>
${brokenSection("Broken", "fail", results)}
${brokenSection("Warnings", "warning", results)}
${clauseTable(report)}
${caseTable(results)}
</main>
<footer>${footer(report)}</footer>
</html>
`;
}

function verdictLine({ totals, clauses }: Report): string {
  const broken = clauses.filter(({ verdict }) => verdict === "fail");
  if (totals.fail === 0) return '<p class="verdict pass">No MUST is broken.</p>';
  const links = broken.map(({ id }) => `<a href="#${id}">${id}</a>`).join(" ");
  const what = broken.length === 1 ? "1 clause" : `${broken.length} clauses`;
  return `<p class="verdict fail">A MUST is broken in ${what}: ${links}</p>`;
}

function tiles({ totals }: Report): string {
  const all: readonly (readonly [Verdict, number, string])[] = [
    ["fail", totals.fail, "failed"],
    ["warning", totals.warning, "warnings"],
    ["pass", totals.pass, "passed"],
    ["not testable", totals.notTestable, "not testable"],
  ];
  const items = all.map(
    ([verdict, count, what]) =>
      `<li class="${count > 0 ? classOf(verdict) : "none"}"><b>${count}</b> ${what}</li>`,
  );
  return `<ul class="tiles">${items.join("")}</ul>`;
}

function facts({ facts, clauses }: Report): string {
  const judged = clauses.filter(({ verdict }) => ["pass", "warning", "fail"].includes(verdict));
  const rows: readonly (readonly [string, string])[] = [
    ["Server", facts.software || "does not say"],
    ["Echo", facts.echo ? "text and binary" : "none: what needs one is not testable"],
    ["Compression", facts.deflate ?? "permessage-deflate is not accepted"],
    ["Clauses", `${judged.length} of ${clauses.length} tested`],
  ];
  const cells = rows.map(([name, value]) => `<dt>${name}</dt><dd>${escape(value)}</dd>`);
  return `<dl class="facts">${cells.join("")}</dl>`;
}

function brokenSection(
  title: string,
  verdict: "fail" | "warning",
  results: readonly CaseResult[],
): string {
  const found = results.filter((result) => result.verdict === verdict);
  if (found.length === 0) return "";
  const clauses = [...new Set(found.map(({ clause }) => clause))];
  const groups = clauses.map((clause) => {
    const cases = found.filter((result) => result.clause === clause);
    const { section, text } = clauseOf(clause);
    const id = verdict === "fail" ? ` id="${clause}"` : "";
    const count = cases.length === 1 ? "1 case" : `${cases.length} cases`;
    const shown = cases.map((result, index) =>
      caseDetails(result, index === 0 && verdict === "fail"),
    );
    return `<section class="group ${classOf(verdict)}"${id}>
<h3><span class="id">${clause}</span> ${escape(text)}
<small>${link(section)}, ${count}</small></h3>
${shown.join("\n")}
</section>`;
  });
  return `<h2>${title}</h2>\n${groups.join("\n")}`;
}

function caseDetails(result: CaseResult, isOpen: boolean): string {
  const { id, clause, level, title, messages, exchanges, verdict } = result;
  const isAboutHandshake = clause.startsWith("S") || clause.startsWith("D");
  const shown = exchanges.slice(0, 2).map((exchange) => {
    const { passages, ending } = showExchange(exchange, isAboutHandshake);
    return `${passages.map(passageBlock).join("")}<p class="end">Then: ${escape(ending)}</p>`;
  });
  const told = messages.map((text) => `<p class="message ${classOf(verdict)}">${escape(text)}</p>`);
  return `<details${isOpen ? " open" : ""}>
<summary><span class="id">${id}</span> ${escape(title)}
<span class="level">${level}</span></summary>
${told.join("")}
${shown.join("<hr>")}
</details>`;
}

function passageBlock({ title, lines }: ShownPassage): string {
  return `<div class="passage ${title}"><h4>${title}</h4>${lines.map(lineBlock).join("")}</div>`;
}

function lineBlock({ bytes, meaning, diagram }: ShownLine): string {
  if (meaning === "") return `<code class="http">${escape(bytes)}</code>`;
  const summary = `<code>${escape(bytes)}</code> <span>${escape(meaning)}</span>`;
  return `<details class="frame"><summary>${summary}</summary>
<pre>${escape(diagram)}</pre></details>`;
}

function clauseTable({ clauses }: Report): string {
  const rows = clauses.map(({ id, section, level, text, verdict, cases, reason }) => {
    const why = reason === "" ? "" : ` <small>${escape(reason)}</small>`;
    return `${rowStart(id, verdict)}<td>${escape(text)}${why}</td>
<td>${link(section)}</td><td>${level}</td><td>${cases || ""}</td></tr>`;
  });
  return `<h2>All clauses</h2>
<p>S: the opening handshake. B: frames, messages, closing. D: compression. A bare § is RFC 6455.</p>
<div class="table"><table><thead><tr><th>clause</th><th>verdict</th><th>rule</th>
<th>section</th><th>level</th><th>cases</th></tr></thead><tbody>
${rows.join("\n")}
</tbody></table></div>`;
}

function caseTable(results: readonly CaseResult[]): string {
  const rows = results.map(({ id, title, verdict, messages }) => {
    const told = messages.length === 0 ? "" : ` <small>${escape(messages.join("; "))}</small>`;
    return `${rowStart(id, verdict)}<td>${escape(title)}${told}</td></tr>`;
  });
  return `<details class="all"><summary>All ${results.length} cases</summary>
<div class="table"><table><thead><tr><th>case</th><th>verdict</th><th>what</th></tr></thead><tbody>
${rows.join("\n")}
</tbody></table></div></details>`;
}

function rowStart(id: string, verdict: ClauseResult["verdict"]): string {
  const mark = `<td><b>${MARKS[verdict]}</b></td>`;
  return `<tr class="${classOf(verdict)}"><td class="id">${id}</td>${mark}`;
}

function footer({ startedAt, durationMs }: Report): string {
  const when = startedAt.toISOString().replace("T", " ").slice(0, 19);
  const seconds = (durationMs / 1000).toFixed(1);
  return `Made by <code>sluice conformance</code> on ${when} UTC, in ${seconds} s. A frame opens its
diagram when it is clicked. “Failed” is a MUST that is broken; a warning is a SHOULD, or something
legal that strict peers do otherwise.`;
}

function link(section: string): string {
  return `<a href="${sectionUrl(section)}">${escape(section)}</a>`;
}

function classOf(verdict: ClauseResult["verdict"]): string {
  return verdict === "pass" || verdict === "warning" || verdict === "fail" ? verdict : "none";
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
