// How the page of the report looks: light and dark, on a screen, a phone and paper.

/** CSS. */
export const REPORT_STYLE = `
:root { --back: #fff; --ink: #1a2330; --soft: #5b6878; --line: #d9dfe6; --card: #f5f7f9;
  --fail: #b3261e; --warn: #8a5a00; --pass: #1c6e3d; --sent: #3d4fb3; --received: #7a3b8f; }
@media (prefers-color-scheme: dark) { :root { --back: #12171d; --ink: #e4e9ef; --soft: #9aa7b5;
  --line: #2d3742; --card: #1a212a; --fail: #ff8f85; --warn: #f0bf5c; --pass: #7fd6a0;
  --sent: #a3b1ff; --received: #dba6ee; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 1.5rem 1rem 4rem; background: var(--back);
  color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
h1 { margin: 0 0 .5rem; font-size: 1.5rem; overflow-wrap: anywhere; }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.25rem; }
h3 { margin: 0 0 .5rem; font-size: 1rem; }
h4 { margin: 0; font-size: .8rem; font-weight: 600; }
small, .over, .level, .end, footer { color: var(--soft); font-weight: normal; }
.over { margin: 0; } .level, .end, small { font-size: .85rem; }
.verdict { margin: 0 0 1rem; font-size: 1.15rem; font-weight: 600; }
a { color: var(--sent); } .verdict a { color: inherit; } small a { color: inherit; }
.verdict.fail, .message.fail, tr.fail b { color: var(--fail); }
.message.warning, tr.warning b { color: var(--warn); }
.verdict.pass, tr.pass b { color: var(--pass); }
tr.none b { color: var(--soft); font-weight: normal; }
.tiles { display: flex; flex-wrap: wrap; gap: .5rem; margin: 0 0 1rem; padding: 0;
  list-style: none; }
.tiles li { flex: 1 1 9rem; padding: .5rem .75rem; background: var(--card); border-radius: .4rem;
  border-left: .3rem solid var(--line); }
.tiles b { display: block; font-size: 1.6rem; line-height: 1.2; }
.tiles .fail { border-color: var(--fail); } .tiles .warning { border-color: var(--warn); }
.tiles .pass { border-color: var(--pass); }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: 0; }
.facts dt { color: var(--soft); } .facts dd { margin: 0; overflow-wrap: anywhere; }
.group { margin: 0 0 1rem; padding: .75rem; background: var(--card); border-radius: .4rem;
  border-left: .3rem solid var(--fail); }
.group.warning { border-color: var(--warn); }
.id { font-family: ui-monospace, monospace; font-weight: 600; }
summary { cursor: pointer; }
summary:focus-visible { outline: 2px solid var(--sent); outline-offset: 2px; }
.group > details { padding: .2rem 0; }
.message { margin: .3rem 0; overflow-wrap: anywhere; }
.passage { margin: .5rem 0; padding: .1rem 0 .1rem .6rem; border-left: .2rem solid var(--sent); }
.passage h4 { color: var(--sent); }
.passage.received { border-color: var(--received); }
.passage.received h4 { color: var(--received); }
.end { margin: .3rem 0; }
code, pre { font: .85rem/1.45 ui-monospace, monospace; }
code.http { display: block; overflow-wrap: anywhere; }
.frame code { overflow-wrap: anywhere; } .frame span { color: var(--soft); font-size: .85rem; }
pre { margin: .4rem 0; padding: .6rem; overflow-x: auto; background: var(--back);
  border: 1px solid var(--line); border-radius: .3rem; line-height: 1.25; }
.table { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .9rem; }
th, td { padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); text-align: left;
  vertical-align: top; }
th { color: var(--soft); font-weight: 600; } td b { white-space: nowrap; }
td:nth-child(3) { min-width: 12rem; }
.all { margin-top: 2rem; } .all > summary { font-size: 1.25rem; font-weight: 600; }
footer { margin-top: 3rem; font-size: .85rem; }
@media print { details::details-content { content-visibility: visible; display: block; } }
`;
