import { responsiveChart, spendChart, type SpendGraph, spendText } from '@sluice/charts';
import type { Language } from '@sluice/messages';
import { plainTable } from './components.js';
import { Times } from './format.js';
import { html, type Html, trusted } from './html.js';
import { toWording } from './wording.js';

/** Returns what each day cost as bars, with the same as a table that opens on demand; null where no day had calls. */
export function spendFigure(graph: SpendGraph, { id, language }: { id: string; language: Language }): Html | null {
  if (graph.days.length === 0) return null;
  const wording = toWording(language);
  const title = wording.text('chart.spend');
  const times = new Times(0, graph.timeZone, { wording });
  const list = plainTable({
    caption: title,
    hidesCaption: true,
    columns: [
      { title: wording.text('chart.day'), cell: ({ day }) => times.day(day) },
      { title: wording.text('calls.calls'), cell: ({ calls }) => wording.count(calls), isNumber: true },
      {
        title: wording.text('calls.charge'),
        cell: (day) => html`<span class="number">${spendText(day, graph.currency, language)}</span>`,
        isNumber: true,
      },
    ],
    rows: graph.days.toReversed(),
  });
  return html`<figure class="chart-figure">
    <figcaption>${title}</figcaption>
    ${trusted(responsiveChart(spendChart(graph, { title, language }), { id }))}
    <details class="chart-data">
      <summary>${wording.text('chart.asTable')}</summary>
      ${list}
    </details>
  </figure>`;
}
