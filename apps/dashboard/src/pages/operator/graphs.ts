import { describeProjection } from '@sluice/charts';
import type { Explanation } from '@sluice/engine';
import type { GraphRange } from '@sluice/engine/options';
import { POINTS, trafficFigure, usageDrawing } from '../../layout/chart.js';
import { type Section, toId } from '../../layout/components.js';
import { html, type Html } from '../../layout/html.js';
import { attempt, type Scene } from './scene.js';

const RANGES: readonly (readonly [GraphRange, string])[] = [
  ['cycle', 'This cycle'],
  ['24h', 'Last 24 hours'],
  ['7d', 'Last 7 days'],
];

const NOT_METERED =
  'The brake stopped the run that would have opened its first cycle: it is metered once a run is not stopped.';

const NO_READING = html`<p class="empty">No reading in this time.</p>`;

/** The stored usage of a service in three ranges, and when its allowance runs out. */
export async function graphsSection(
  { request }: Scene,
  { service: { id: service, cycle }, brake }: Pick<Explanation, 'service' | 'brake'>,
): Promise<Section> {
  const isStopped = brake !== null && cycle === null;
  const parts: Html[] = [];
  let outlook: string | null = null;
  for (const [range, title] of RANGES) {
    const { value: graph, problem } = await attempt(() =>
      request.sluice.usage.graph(service, range, { points: POINTS }),
    );
    if (graph === null) {
      if (range === 'cycle') parts.push(html`<p class="empty">${isStopped ? NOT_METERED : problem}</p>`);
      continue;
    }
    if (range === 'cycle') outlook = describeProjection(graph.projection, graph.timeZone);
    const id = `graph-${range}-${toId(service)}`;
    const traffic = trafficFigure(graph, { id: `${id}-traffic`, now: request.now });
    if (range !== 'cycle') {
      parts.push(
        html`<details>
          <summary>${title}</summary>
          ${traffic ?? NO_READING}
        </details>`,
      );
      continue;
    }
    const drawing = usageDrawing(graph, { title, id, now: request.now, ahead: true });
    parts.push(drawing === null ? NO_READING : html`<div class="graph">${drawing}</div>`);
    if (traffic !== null) parts.push(traffic);
  }
  const aside = outlook === null ? null : html`<span class="soft">At the present rate: ${outlook}</span>`;
  return { id: 'graph', title: 'Usage in this cycle', content: parts, aside };
}
