/** What a report has beside the style of the pages. */
export const REPORT_STYLE = `
body { display: block; }
main, .report-head, .report-brand, .report-foot { max-inline-size: 76rem; margin-inline: auto; }
.report-head { padding: 24px var(--gap) 0; }
.report-brand { padding: 20px var(--gap) 0; }
.footer.report-foot { margin-inline: auto; }
.report-head h1 { margin-block-end: 4px; }
.contents { display: flex; flex-wrap: wrap; gap: 4px 16px; margin-block-start: 8px; }
figcaption { color: var(--soft); margin-block: 4px; }
.bands { max-inline-size: 34rem; }
.reported { border-block-start: 1px solid var(--line); padding-block: var(--gap); }
.reported:first-of-type { border-block-start: 0; padding-block-start: 0; }
.reported h3 { margin-block: 0 6px; font-size: 1rem; }
@media (min-width: 60rem) {
  .report-head, .report-brand { padding-inline: 24px; }
  .reported { display: grid; grid-template-columns: 15rem minmax(0, 1fr); gap: 0 24px; }
  .reported h3 { grid-column: 1 / -1; }
  .service-facts .facts { grid-template-columns: minmax(0, 1fr); }
}
@page { margin: 14mm; }
@media print {
  body { font-size: 9.5pt; }
  .report-head, .report-brand { padding: 0; }
  .contents, .chart-data, .chart.chart-narrow { display: none; }
  .card { border: 0; padding: 0; }
  h2, h3 { break-after: avoid; }
  .reported, tr, .tiles { break-inside: avoid; }
  thead { display: table-header-group; }
  .bar { print-color-adjust: exact; }
  tbody tr:hover > * { background: none; }
}
`;
