/** Cards, tables, bars, forms and charts. */
export const PARTS_STYLE = `
.card { background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius); padding: 14px var(--gap); margin: 0 0 var(--gap); min-inline-size: 0; }
.card-head { display: flex; flex-wrap: wrap; gap: 4px 14px; align-items: baseline; justify-content: space-between; margin-block-end: 10px; }
.card > :last-child { margin-block-end: 0; }
.columns { display: grid; gap: 0 var(--gap); grid-template-columns: minmax(0, 1fr); align-items: start; }
@media (min-width: 75rem) { .columns { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); } .columns-wide { grid-template-columns: minmax(0, 2fr) minmax(0, 1fr); } }
.tiles { display: grid; gap: 10px; grid-template-columns: repeat(auto-fit, minmax(104px, 1fr)); margin-block-end: var(--gap); }
.tile { display: flex; flex-direction: column; gap: 1px; background: var(--surface); border: 1px solid var(--line); border-block-start: 3px solid var(--line); border-radius: var(--radius); padding: 9px 13px 10px; color: var(--text); text-decoration: none; }
a.tile:hover { background: var(--raised); }
.tile-good { border-block-start-color: var(--good-fill); }
.tile-warning { border-block-start-color: var(--warning-fill); }
.tile-bad { border-block-start-color: var(--bad-fill); }
.tile-info { border-block-start-color: var(--info); }
.tile-title { color: var(--soft); font-size: 0.8125rem; }
.tile-value { font-size: 1.375rem; line-height: 1.25; font-weight: 650; font-variant-numeric: tabular-nums; }
.tile-detail { color: var(--soft); font-size: 0.8125rem; }
.scroll { position: relative; background: var(--scroll-shadows); overflow-x: auto; margin-inline: calc(-1 * var(--gap)); padding-inline: var(--gap); }
.scroll:focus-visible { outline-offset: -3px; }
table { border-collapse: collapse; inline-size: 100%; font-size: 0.8438rem; }
caption { text-align: start; font-weight: 600; padding-block-end: 6px; }
th, td { text-align: start; vertical-align: baseline; padding: 5px 14px 5px 0; padding-inline: 0 14px; border-block-end: 1px solid var(--line); font-weight: 400; }
thead th { color: var(--soft); font-size: 0.7813rem; font-weight: 600; white-space: nowrap; padding-block: 3px; border-block-end-color: var(--strong-line); }
thead th a { color: inherit; }
thead th[aria-sort] { color: var(--text); }
thead th[aria-sort="ascending"]::after { content: " \\2191" / ""; }
thead th[aria-sort="descending"]::after { content: " \\2193" / ""; }
tbody th { font-weight: 500; min-inline-size: 6.5rem; max-inline-size: 22rem; }
td { max-inline-size: 30rem; }
tbody tr:last-child > * { border-block-end: 0; }
tbody tr:hover > * { background: var(--raised); }
tr > :last-child { padding-inline-end: 0; }
.figure { text-align: end; }
@media (max-width: 60rem) { .narrow .bar { inline-size: 44px; } }
@media (max-width: 47.99rem) { .minor { display: none; } }
@media (max-width: 30rem) {
  .compact .bar { display: none; }
  table { font-size: 0.7813rem; }
  th, td { padding-inline-end: 6px; }
  table time { white-space: normal; }
  tbody th { min-inline-size: 4.5rem; overflow-wrap: anywhere; }
  .stacks table, .stacks tbody { display: block; }
  .stacks thead tr { display: flex; flex-wrap: wrap; gap: 0 16px; }
  .stacks thead th { display: block; padding: 0; border: 0; }
  .stacks thead th:not(:has(a)) { display: none; }
  .stacks thead a { display: inline-block; padding-block: 6px; }
  .stacks caption { display: block; }
  .stacks tbody tr:not([hidden]) { display: block; padding-block: 8px; border-block-start: 1px solid var(--line); }
  .stacks tbody th { display: block; padding: 0 0 2px; border: 0; font-size: 0.8438rem; font-weight: 650; max-inline-size: none; }
  .stacks tbody td { display: flow-root; padding: 2px 0; border: 0; max-inline-size: none; text-align: end; }
  .stacks tbody td::before { content: attr(data-head); content: attr(data-head) / ""; color: var(--soft); text-align: start; float: inline-start; padding-inline-end: 12px; }
}
.empty { color: var(--soft); }
.badge { display: inline-block; padding: 0 8px; border-radius: 999px; font-size: 0.7813rem; line-height: 1.55; font-weight: 600; white-space: nowrap; background: var(--quiet-ground); color: var(--soft); }
.badge-good { background: var(--good-ground); color: var(--good); }
.badge-warning { background: var(--warning-ground); color: var(--warning); }
.badge-bad { background: var(--bad-ground); color: var(--bad); }
.badge-info { background: var(--info-ground); color: var(--info); }
@media (max-width: 40rem) { td .badge { display: inline; box-decoration-break: clone; -webkit-box-decoration-break: clone; white-space: normal; word-break: keep-all; padding: 0 5px; border-radius: var(--radius); } }
.usage { display: inline-flex; gap: 8px; align-items: center; white-space: nowrap; }
.bar { inline-size: 88px; block-size: 7px; border-radius: 4px; flex: none; }
.bar-track { fill: var(--raised); }
.bar-good .bar-fill { fill: var(--good-fill); }
.bar-warning .bar-fill { fill: var(--warning-fill); }
.bar-bad .bar-fill { fill: var(--bad-fill); }
.bar:dir(rtl) { transform: scaleX(-1); }
.percent { font-variant-numeric: tabular-nums; min-inline-size: 3.2em; }
.headline .bar { inline-size: min(420px, 52vw); block-size: 12px; }
.headline .percent { font-size: 1.125rem; font-weight: 650; }
.facts { display: grid; gap: 6px 24px; grid-template-columns: repeat(auto-fill, minmax(210px, 1fr)); margin: 0 0 10px; }
.facts > div { min-inline-size: 0; }
.wrap time { white-space: normal; }
.facts dt { color: var(--soft); font-size: 0.7813rem; }
.facts dd { margin: 0; }
.notice { padding: 8px 13px; border-radius: var(--radius); border-inline-start: 4px solid var(--strong-line); background: var(--quiet-ground); color: var(--text); }
.notice-good { background: var(--good-ground); border-color: var(--good-fill); }
.notice-warning { background: var(--warning-ground); border-color: var(--warning-fill); }
.notice-bad { background: var(--bad-ground); border-color: var(--bad-fill); }
.notice-info { background: var(--info-ground); border-color: var(--info); }
.now { border-inline-start: 4px solid var(--strong-line); background: var(--quiet-ground); border-radius: var(--radius); padding: 10px 14px; margin-block-end: 10px; }
.now p:last-child { margin: 0; }
.now-good { background: var(--good-ground); border-color: var(--good-fill); }
.now-warning { background: var(--warning-ground); border-color: var(--warning-fill); }
.now-bad { background: var(--bad-ground); border-color: var(--bad-fill); }
.now-info { background: var(--info-ground); border-color: var(--info); }
.lead { font-size: 1.0625rem; font-weight: 600; line-height: 1.35; margin: 0 0 4px; }
.todo .button { padding: 9px 18px; min-block-size: 42px; }
.services { list-style: none; margin: 0; padding: 0; display: grid; gap: 12px; grid-template-columns: repeat(auto-fill, minmax(min(270px, 100%), 1fr)); }
.service { border: 1px solid var(--line); border-block-start: 3px solid var(--strong-line); border-radius: var(--radius); padding: 10px 14px; min-inline-size: 0; break-inside: avoid; }
.service h3 { margin: 0 0 4px; font-size: 1rem; overflow-wrap: anywhere; }
.service p { margin: 0 0 6px; }
.service .usage { display: flex; margin-block-end: 4px; }
.service .bar { flex: 1; inline-size: auto; block-size: 10px; }
.service-good { border-block-start-color: var(--good-fill); }
.service-warning { border-block-start-color: var(--warning-fill); }
.service-bad { border-block-start-color: var(--bad-fill); }
.service-info { border-block-start-color: var(--info); }
.pager { display: flex; gap: 16px; align-items: baseline; margin-block-start: 10px; color: var(--soft); }
.sentences { margin: 0 0 10px; padding-inline-start: 0; list-style: none; }
.sentences li { margin-block-end: 4px; }
.plain { margin: 0; padding-inline-start: 18px; }
.card > .plain + p { margin-block-start: 10px; }
.choices { display: flex; flex-wrap: wrap; gap: 4px 12px; }
.form { display: flex; flex-wrap: wrap; gap: 10px 12px; align-items: flex-end; margin: 0 0 12px; }
.field { display: flex; flex-direction: column; gap: 3px; min-inline-size: 0; }
.field > .link { align-self: start; }
.field-check + .field-check, .field-check:has(+ .field-check) { flex-basis: 100%; padding-block-end: 0; }
.field-check { flex-direction: row; align-items: center; gap: 6px; padding-block-end: 7px; }
label { font-size: 0.8125rem; color: var(--soft); }
.form > .notice { flex-basis: 100%; margin: 0; }
[aria-invalid="true"] { border-color: var(--bad-fill); }
.hint { font-size: 0.7813rem; color: var(--soft); }
input, select { font: inherit; color: var(--text); background: var(--surface); border: 1px solid var(--strong-line); border-radius: var(--radius); padding: 5px 8px; min-block-size: 32px; max-inline-size: 100%; }
input[type="checkbox"] { min-block-size: 0; inline-size: 16px; block-size: 16px; accent-color: var(--accent); }
input[type="number"] { inline-size: 9em; }
.button { font: inherit; font-weight: 600; cursor: pointer; color: var(--text); background: var(--raised); border: 1px solid var(--strong-line); border-radius: var(--radius); padding: 5px 13px; min-block-size: 32px; text-decoration: none; display: inline-block; }
.button:hover { border-color: var(--text); }
.button-main { color: var(--on-accent); background: var(--accent); border-color: var(--accent); }
.button-danger { color: var(--bad); background: var(--bad-ground); border-color: var(--bad); }
.actions { display: grid; gap: 2px var(--gap); grid-template-columns: repeat(auto-fill, minmax(min(300px, 100%), 1fr)); }
.actions h3 { margin-block: 0 6px; }
.actions > div { border-block-start: 1px solid var(--line); padding-block: 10px 0; }
.buttons { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin-block-end: var(--gap); }
.buttons .form { margin: 0; }
.connection { display: flex; flex-wrap: wrap; gap: var(--gap); justify-content: space-between; }
.connection > div { flex: 1 1 18rem; min-inline-size: 0; }
.qr-figure { margin: 0; flex: 0 1 232px; }
.qr { display: block; inline-size: 100%; max-inline-size: 232px; block-size: auto; border-radius: var(--radius); forced-color-adjust: none; }
.graph { overflow-x: auto; }
.chart-figure { margin: var(--gap) 0 0; }
.chart-figure figcaption:first-child { font-weight: 650; margin-block-end: 6px; }
/* The drawing inside runs by itself. */
div.chart { direction: inherit; }
.progress { display: block; inline-size: 100%; max-inline-size: 480px; block-size: 14px; accent-color: var(--accent); }
details > summary { cursor: pointer; color: var(--link); margin-block-end: 8px; }
.refs { display: block; }
.login { max-inline-size: 25rem; margin: 8vh auto 0; }
.login .field, .login input { inline-size: 100%; }
@media print {
  :root { --page: #fff; --surface: #fff; --line: #bbb; --text: #000; --soft: #333; --link: #000; }
  .side:not(.side-own), .nav, .who, .skip, .form, .pager, .languages, #actions, .actions, #packages, #auto-buy, .button, .buttons, .todo, .back { display: none; }
  .card, .tile { break-inside: avoid; box-shadow: none; }
  .scroll { overflow: visible; background: none; }
  .frame { display: block; }
  .side-own { display: block; position: static; inline-size: auto; block-size: auto; padding: 0 0 var(--gap); border: 0; }
  .side-own .brand { padding: 0; }
  .footer { margin: 0; padding-inline: 0; }
  main { padding: 0; }
}
`;
