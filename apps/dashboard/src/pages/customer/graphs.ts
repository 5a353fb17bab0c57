import { describeProjection, panelChart, responsiveChart } from '@sluice/charts';
import type { ServiceDetail } from '@sluice/engine';
import type { GraphRange, LastGraph } from '@sluice/engine/options';
import type { Key } from '@sluice/messages';
import { SluiceError } from '@sluice/panel-kind';
import { POINTS, trafficFigure, usageDrawing } from '../../layout/chart.js';
import { notice, type Section, toId } from '../../layout/components.js';
import { html, type Html, type Part, trusted } from '../../layout/html.js';
import { toWording, type Wording } from '../../layout/wording.js';
import { hasEnded } from '../lifecycle.js';
import { hasCapability } from '../capabilities.js';
import type { PageRequest } from '../../requests/page-request.js';
import { toTimes } from '../../layout/page-times.js';
import { isStopped } from './advice.js';
import { toPath } from './own.js';
import type { GraphRefresher } from '../../requests/refresh-graphs.js';

const RANGES = [
  ['cycle', 'graph.cycle'],
  ['24h', 'graph.day'],
  ['7d', 'graph.week'],
] as const satisfies readonly (readonly [GraphRange, Key])[];

type Range = (typeof RANGES)[number][0];

/** The usage of a service as a chart, and the panel's own graph as last read where its kind has graphs. */
export async function graphSection(
  request: PageRequest,
  service: ServiceDetail,
  refresher: GraphRefresher,
): Promise<Section> {
  const range = RANGES.map(([value]) => value).find((value) => value === request.query['range']) ?? 'cycle';
  const wording = toWording(request.language);
  const links = RANGES.map(
    ([value, key]) =>
      html`<a
        href="${toPath(request, service.id)}?range=${value}#graph"
        ${value === range ? html` aria-current="true"` : null}
        >${wording.say(key)}</a
      >`,
  );
  const content = html`${await usageCharts(request, service, range)}
  ${await graphOfPanel(request, service, { range, refresher })}`;
  const aside = html`<nav class="buttons" aria-label="${wording.text('graph.time')}">${links}</nav>`;
  return { id: 'graph', title: wording.text('graph.title'), content, aside };
}

/** Returns the charts of a service in a range, with the projection in words. */
export async function usageCharts(
  { sluice, now, language }: Pick<PageRequest, 'sluice' | 'now' | 'language'>,
  service: Pick<ServiceDetail, 'id' | 'client' | 'advice'>,
  range: Range,
): Promise<Part> {
  const wording = toWording(language);
  const { id, client: reader } = service;
  try {
    const graph = await sluice.usage.graph(id, range, { points: POINTS, reader });
    const traffic = trafficFigure(graph, { id: `traffic-${toId(id)}`, now, language });
    if (range !== 'cycle') return traffic ?? html`<p class="empty">${wording.say('graph.noReading')}</p>`;
    const title = wording.text('graph.usageOf', { service: id });
    const ahead = !isStopped(service);
    const drawing = usageDrawing(graph, { title, id: `usage-${toId(id)}`, now, ahead, language });
    if (drawing === null) return html`<p class="empty">${wording.say('graph.noReading')}</p>`;
    const outlook = ahead ? describeProjection(graph.projection, graph.timeZone, language) : null;
    return html`<div class="chart">${drawing}</div>
      ${outlook === null ? null : html`<p class="soft">${wording.say('graph.atRate', { outlook })}</p>`} ${traffic}`;
  } catch (error) {
    if (!(error instanceof SluiceError) || error.kind !== 'not-found') throw error;
    return html`<p class="empty">${wording.say('graph.notRead')}</p>`;
  }
}

async function graphOfPanel(
  request: PageRequest,
  service: ServiceDetail,
  { range, refresher }: { range: Range; refresher: GraphRefresher },
): Promise<Part> {
  const { sluice, now } = request;
  const wording = toWording(request.language);
  if (!(await hasCapability(sluice, service.panel, 'graphs'))) return null;
  const last = await sluice.usage.lastPanelGraph(service.id, range, { reader: service.client });
  // No run reads one of a service that has ended, so that it would be promised in vain.
  const isOver = hasEnded(service);
  if (!isOver && (last === null || last.expired)) refresher.refresh(service, range, now);
  if (last === null && isOver) return null;
  if (last === null) return html`<p class="empty">${wording.say('graph.panelNotRead')}</p>`;
  const times = toTimes(request);
  const age = last.expired
    ? notice('info', wording.say('graph.panelOld', { at: times.full(last.readAt) }))
    : html`<p class="soft">${wording.say('graph.panelRead', { ago: times.ago(last.readAt) })}</p>`;
  return html`<h3>${wording.say('graph.panelTitle')}</h3>
    ${drawing(last, wording)} ${age}`;
}

function drawing(last: LastGraph, wording: Wording): Html {
  const { language } = wording;
  const title = wording.text('graph.panelOf', { panel: last.panel });
  if (last.picture !== null) {
    const data = Buffer.from(last.picture).toString('base64');
    return html`<img class="picture" src="data:image/png;base64,${data}" alt="${title}" />`;
  }
  const data = last.figures === null ? null : panelChart(last, last.figures, { title, language });
  if (data?.lines.some(({ points }) => points.some(({ value }) => value !== null)) !== true)
    return html`<p class="empty">${wording.say('graph.panelEmpty')}</p>`;
  // Such figures show no more than when there was much traffic.
  const unit = last.figures?.unit === null ? html`<p class="soft">${wording.say('graph.noUnit')}</p>` : null;
  return html`<div class="chart">${trusted(responsiveChart(data, { id: `panel-${toId(last.service)}` }))}</div>
    ${unit}`;
}
