import {
  beforeFirstText,
  type ChartData,
  isWholeBar,
  projectionSentence,
  responsiveChart,
  splitFigures,
  splitShares,
  trafficChart,
  type TrafficGraph,
  trafficTitle,
  usageChart,
  type UsageGraph,
} from '@sluice/charts';
import type { Language } from '@sluice/messages';
import { plainTable, table } from './components.js';
import { bytes, name, Times } from './format.js';
import { html, type Html, type Part, trusted } from './html.js';
import { toWording } from './wording.js';

/** How a chart of usage is shown. */
export interface UsageFigureOptions {
  /** Names the chart for screen readers; the page shows it as a heading. */
  title: string;
  /** Starts the ids in the drawing: one of its own for each chart of a page. */
  id: string;
  /** Milliseconds since 1970. */
  now: number;
  /** Whether the time to come is drawn, with the projection. Default false. */
  ahead?: boolean;
  /** Default English. */
  language?: Language;
}

/** Readings that a chart is drawn from: more than it has columns. */
export const POINTS = 1000;
type Bar = TrafficGraph['bars'][number];

/** Readings in the table below a chart. */
const ROWS = 31;

/** Returns a chart of usage with the projection in words, and its readings as a table, for staff; a sentence where there are none. */
export function usageFigure(graph: UsageGraph, options: UsageFigureOptions): Html {
  const { now, ahead = false } = options;
  const data = toChart(graph, options);
  const drawing = drawn(data, options.id);
  if (drawing === null) return html`<p class="empty">No reading in this time.</p>`;
  const outlook = ahead ? projectionSentence(graph.projection, graph.timeZone) : null;
  return html`<figure class="chart-figure">
    ${drawing} ${outlook === null ? null : html`<figcaption>${outlook}</figcaption>`} ${readingsTable(graph, now)}
    ${eventsList({ ...data, points: [] }, now)}
  </figure>`;
}

/** Returns the chart with what it marks in words; null where no reading is known. */
export function usageDrawing(graph: UsageGraph, options: UsageFigureOptions): Html | null {
  const data = toChart(graph, options);
  const drawing = drawn(data, options.id);
  return drawing === null ? null : html`${drawing} ${eventsList(data, options.now)}`;
}

function toChart(graph: UsageGraph, { title, ahead = false, language = 'en' }: UsageFigureOptions): ChartData {
  return usageChart(graph, { title, ahead, language });
}

function drawn(data: ChartData, id: string): Html | null {
  return data.lines.length === 0 ? null : trusted(responsiveChart(data, { id }));
}

/** Returns in words what a chart marks, as a list that opens on demand, oldest first: readings, restrictions and purchases. */
function eventsList(data: ChartData, now: number): Html | null {
  const { points = [], holds = [], purchases = [], timeZone, language = 'en' } = data;
  const wording = toWording(language);
  const times = new Times(now, timeZone, { wording });
  const restrictions = holds.map(({ from, to }) => ({ at: from, to, what: wording.text('chart.restricted') }));
  const all = [...points, ...purchases].map(({ at, what }) => ({ at, to: null, what }));
  const items = [...all, ...restrictions]
    .sort((a, b) => a.at - b.at)
    .map(({ at, to, what }) => {
      const time =
        to === null ? times.full(at) : wording.say('period.range', { from: times.full(at), to: times.full(to) });
      return html`<li>${wording.say('chart.reading', { at: time, figures: what })}</li>`;
    });
  if (items.length === 0) return null;
  return html`<details class="chart-data">
    <summary>${wording.say('chart.readings')}</summary>
    <ul class="sentences">
      ${items}
    </ul>
  </details>`;
}

/** Returns the traffic in each part of the time as bars, with the same as a table; null where nothing of it is known. */
export function trafficFigure(
  graph: TrafficGraph,
  { id, now, language = 'en' }: Pick<UsageFigureOptions, 'id' | 'now' | 'language'>,
): Html | null {
  const title = trafficTitle(graph, language);
  const data = trafficChart(graph, { title, language });
  if (data.lines.length === 0) return null;
  const before = beforeFirstText(graph, language);
  return html`<figure class="chart-figure">
    <figcaption>${title}</figcaption>
    ${trusted(responsiveChart(data, { id }))} ${before === null ? null : html`<p class="soft">${before}</p>`}
    ${barsTable(graph, { caption: title, now, language })}
  </figure>`;
}

/** Returns bars as a table that opens on demand: newest first, those of which something is known, with the parts that they are split into. */
function barsTable(
  { bars, timeZone, split = [] }: TrafficGraph,
  { caption, now, language }: { caption: string; now: number; language: Language },
): Html {
  const wording = toWording(language);
  const times = new Times(now, timeZone, { wording });
  const known = bars.filter((bar) => bar.known > 0).toReversed();
  const figure = (size: number | null, isWhole: boolean): Part =>
    size === null || isWhole ? wording.bytes(size) : wording.say('chart.atLeastSize', { size: wording.bytes(size) });
  const list = (split.length > 0 ? table : plainTable)({
    caption,
    hidesCaption: true,
    columns: [
      { title: wording.text('chart.from'), cell: ({ start }) => times.full(start) },
      ...splitShares(split, language).map((share, index) => ({
        title: name(share.name),
        cell: (bar: Bar) => figure(splitFigures({ ...bar, parts: bar.parts ?? [] })[index] ?? null, isWholeBar(bar)),
        isNumber: true,
      })),
      ...(split.length > 0 ? (['total'] as const) : (['in', 'out', 'total'] as const)).map((direction) => ({
        title: wording.text(`chart.${direction}`),
        cell: (bar: Bar) => figure(bar[`${direction}Bytes`], isWholeBar(bar)),
        isNumber: true,
      })),
    ],
    rows: known,
  });
  return html`<details class="chart-data">
    <summary>${wording.text('chart.asTable')}</summary>
    ${list}
  </details>`;
}

/** Returns the readings as a table that opens on demand: at most 31, evenly spread, the last one always. */
function readingsTable({ series, timeZone }: UsageGraph, now: number): Html {
  const step = Math.max(1, Math.ceil(series.length / ROWS));
  const shown = series.filter((_, index) => (series.length - 1 - index) % step === 0);
  const times = new Times(now, timeZone);
  const list = plainTable({
    caption: 'Readings of usage',
    hidesCaption: true,
    columns: [
      { title: 'Read', cell: ({ at }) => times.full(at) },
      { title: 'In', cell: ({ inBytes }) => bytes(inBytes), isNumber: true },
      { title: 'Out', cell: ({ outBytes }) => bytes(outBytes), isNumber: true },
      { title: 'Total', cell: ({ totalBytes }) => bytes(totalBytes), isNumber: true },
    ],
    rows: shown,
  });
  return html`<details class="chart-data">
    <summary>Readings</summary>
    ${list}
  </details>`;
}
