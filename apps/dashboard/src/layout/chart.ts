import {
  projectionSentence,
  responsiveChart,
  trafficChart,
  trafficTitle,
  usageChart,
  type UsageGraph,
  usageProjection,
} from '@sluice/charts';
import { plainTable } from './components.js';
import { bytes, Times } from './format.js';
import { html, type Html, trusted } from './html.js';

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
}

/** Readings that a chart is drawn from: more than it has columns. */
export const POINTS = 1000;
/** Readings in the table below a chart. */
const ROWS = 31;

/** Returns a chart of usage with the projection in words, and its readings as a table; a sentence where there are none. */
export function usageFigure(graph: UsageGraph, options: UsageFigureOptions): Html {
  const { now, ahead = false } = options;
  const drawing = usageDrawing(graph, options);
  if (drawing === null) return html`<p class="empty">No reading in this time.</p>`;
  const outlook = ahead ? projectionSentence(usageProjection(graph, now), graph.timeZone) : null;
  return html`<figure class="chart-figure">
    ${drawing} ${outlook === null ? null : html`<figcaption>${outlook}</figcaption>`} ${readingsTable(graph, now)}
  </figure>`;
}

/** Returns the chart alone; null where no reading is known. */
export function usageDrawing(graph: UsageGraph, options: UsageFigureOptions): Html | null {
  const { title, id, now, ahead = false } = options;
  const data = usageChart(graph, { title, now, ahead });
  return data.lines.length === 0 ? null : trusted(responsiveChart(data, { id }));
}

/** Returns the traffic in each part of the time as bars, with the same as a table; null where nothing of it is known. */
export function trafficFigure(graph: UsageGraph, { id, now }: Pick<UsageFigureOptions, 'id' | 'now'>): Html | null {
  const title = trafficTitle(graph);
  const data = trafficChart(graph, { title });
  if (data.lines.length === 0) return null;
  return html`<figure class="chart-figure">
    <figcaption>${title}</figcaption>
    ${trusted(responsiveChart(data, { id }))} ${barsTable(graph, title, now)}
  </figure>`;
}

/** Returns bars as a table that opens on demand: newest first, those of which something is known. */
function barsTable({ bars, timeZone }: UsageGraph, caption: string, now: number): Html {
  const times = new Times(now, timeZone);
  const known = bars.filter((bar) => bar.known > 0).toReversed();
  const figure = (value: number | null, share: number): Html =>
    value === null || share > 0.99 ? bytes(value) : html`at least ${bytes(value)}`;
  const list = plainTable({
    caption,
    hidesCaption: true,
    columns: [
      { title: 'From', cell: ({ start }) => times.full(start) },
      { title: 'In', cell: (bar) => figure(bar.inBytes, bar.known), isNumber: true },
      { title: 'Out', cell: (bar) => figure(bar.outBytes, bar.known), isNumber: true },
      { title: 'Total', cell: (bar) => figure(bar.totalBytes, bar.known), isNumber: true },
    ],
    rows: known,
  });
  return html`<details class="chart-data">
    <summary>As a table</summary>
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
