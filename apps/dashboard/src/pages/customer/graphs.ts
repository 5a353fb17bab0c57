import { describeProjection, panelChart, responsiveChart, usageProjection } from '@sluice/charts';
import type { ServiceDetail } from '@sluice/engine';
import type { GraphRange, LastGraph } from '@sluice/engine/options';
import { SluiceError } from '@sluice/panel-kind';
import { POINTS, trafficFigure, usageDrawing } from '../../layout/chart.js';
import { notice, type Section, toId } from '../../layout/components.js';
import { name } from '../../layout/format.js';
import { html, type Html, type Part, trusted } from '../../layout/html.js';
import { hasCapability } from '../capabilities.js';
import type { PageRequest } from '../../requests/page-request.js';
import { toTimes } from '../../layout/page-times.js';
import { toPath } from './own.js';
import type { GraphRefresher } from '../../requests/refresh-graphs.js';

const RANGES = [
  ['cycle', 'This period'],
  ['24h', '24 hours'],
  ['7d', '7 days'],
] as const satisfies readonly (readonly [GraphRange, string])[];

type Range = (typeof RANGES)[number][0];

/** The usage of a service as a chart, and the panel's own graph as last read where its kind has graphs. */
export async function graphSection(
  request: PageRequest,
  service: ServiceDetail,
  refresher: GraphRefresher,
): Promise<Section> {
  const range = RANGES.map(([value]) => value).find((value) => value === request.query['range']) ?? 'cycle';
  const links = RANGES.map(
    ([value, text]) =>
      html`<a
        href="${toPath(request, service.id)}?range=${value}#graph"
        ${value === range ? html` aria-current="true"` : null}
        >${name(text)}</a
      >`,
  );
  const content = html`${await ownChart(request, service, range)}
  ${await graphOfPanel(request, service, { range, refresher })}`;
  const aside = html`<nav class="buttons" aria-label="Time">${links}</nav>`;
  return { id: 'graph', title: 'Usage over time', content, aside };
}

async function ownChart(
  { sluice, now }: PageRequest,
  { id, client: reader }: ServiceDetail,
  range: Range,
): Promise<Part> {
  try {
    const graph = await sluice.usage.graph(id, range, { points: POINTS, reader });
    const traffic = trafficFigure(graph, { id: `traffic-${toId(id)}`, now });
    if (range !== 'cycle') return traffic ?? html`<p class="empty">There is no reading in this time.</p>`;
    const drawing = usageDrawing(graph, { title: `Usage of ${id}`, id: `usage-${toId(id)}`, now, ahead: true });
    if (drawing === null) return html`<p class="empty">There is no reading in this time.</p>`;
    const outlook = describeProjection(usageProjection(graph, now), graph.timeZone);
    return html`<div class="chart">${drawing}</div>
      ${outlook === null ? null : html`<p class="soft">At the present rate: ${outlook}.</p>`} ${traffic}`;
  } catch (error) {
    if (!(error instanceof SluiceError) || error.kind !== 'not-found') throw error;
    return html`<p class="empty">The usage of this service has not been read yet.</p>`;
  }
}

async function graphOfPanel(
  request: PageRequest,
  service: ServiceDetail,
  { range, refresher }: { range: Range; refresher: GraphRefresher },
): Promise<Part> {
  const { sluice, now } = request;
  if (!(await hasCapability(sluice, service.panel, 'graphs'))) return null;
  const last = await sluice.usage.lastPanelGraph(service.id, range, { reader: service.client });
  if (last === null || last.expired) refresher.refresh(service, range, now);
  if (last === null)
    return html`<p class="empty">The panel’s own graph has not been read yet. Reload the page in a moment.</p>`;
  const times = toTimes(request);
  const age = last.expired
    ? notice('info', html`This is the panel’s last graph, from ${times.full(last.readAt)}.`)
    : html`<p class="soft">Read ${times.ago(last.readAt)}.</p>`;
  return html`<h3>The panel’s own graph</h3>
    ${drawing(last)} ${age}`;
}

/** A panel that names no unit: the figures show no more than when there was much traffic. */
const NO_UNIT =
  'The panel does not say in which unit these figures are: they show when there was more or less traffic. How much you have used is stated above.';

function drawing(last: LastGraph): Html {
  const title = `Traffic graph of ${last.panel}`;
  if (last.picture !== null) {
    const data = Buffer.from(last.picture).toString('base64');
    return html`<img class="picture" src="data:image/png;base64,${data}" alt="${title}" />`;
  }
  const data = last.figures === null ? null : panelChart(last, last.figures, { title });
  if (data?.lines.some(({ points }) => points.some(({ value }) => value !== null)) !== true)
    return html`<p class="empty">The panel returned no data in this time.</p>`;
  const unit = last.figures?.unit === null ? html`<p class="soft">${NO_UNIT}</p>` : null;
  return html`<div class="chart">${trusted(responsiveChart(data, { id: `panel-${toId(last.service)}` }))}</div>
    ${unit}`;
}
