import { describeProjection, responsiveChart, usageChart, usageProjection } from '@sluice/charts';
import type { GraphRange, ServiceDetail } from '@sluice/engine';
import { POINTS } from '../layout/chart.js';
import { type Section, toId } from '../layout/components.js';
import { html, type Html, trusted } from '../layout/html.js';
import { attempt, type Scene } from './scene.js';

const RANGES: readonly (readonly [GraphRange, string])[] = [
  ['cycle', 'This cycle'],
  ['24h', 'Last 24 hours'],
  ['7d', 'Last 7 days'],
];

/** The stored usage of a service in three ranges, and when its allowance runs out. */
export async function graphsSection({ request }: Scene, { id }: Pick<ServiceDetail, 'id'>): Promise<Section> {
  const parts: Html[] = [];
  let outlook: string | null = null;
  for (const [range, title] of RANGES) {
    const { value: graph, problem } = await attempt(() => request.sluice.usage.graph(id, range, { points: POINTS }));
    if (graph === null) {
      if (range === 'cycle') parts.push(html`<p class="empty">${problem}</p>`);
      continue;
    }
    if (range === 'cycle') outlook = describeProjection(usageProjection(graph, request.now), graph.timeZone);
    const isKnown = graph.series.some(
      ({ totalBytes, inBytes, outBytes }) => (totalBytes ?? inBytes ?? outBytes) !== null,
    );
    const chart = isKnown
      ? html`<div class="graph">
          ${trusted(responsiveChart(usageChart(graph, { title, now: request.now, ahead: range === 'cycle' }), { id: `graph-${range}-${toId(id)}` }))}
        </div>`
      : html`<p class="empty">No reading in this time.</p>`;
    parts.push(
      range === 'cycle'
        ? chart
        : html`<details>
            <summary>${title}</summary>
            ${chart}
          </details>`,
    );
  }
  const aside = outlook === null ? null : html`<span class="soft">At the present rate: ${outlook}</span>`;
  return { id: 'graph', title: 'Usage in this cycle', content: parts, aside };
}
