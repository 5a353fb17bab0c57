import {
  areaChart,
  beforeFirstText,
  type ChartData,
  type ChartLine,
  panelChart,
  projectionSentence,
  svgDocument,
  svgPicture,
  trafficChart,
  trafficTitle,
  UNKNOWN_UNIT,
  usageChart,
} from '@sluice/charts';
import { shortTime } from '@sluice/messages/time';
import type { GraphPoint, SampleGraph, TrafficOverTime } from '@sluice/engine';
import type { DrawnGraph, GraphRange } from '@sluice/engine/options';
import { formatBytes, formatShare, usageInMode } from '@sluice/quota-core';
import { printSplit, sharePaint } from './lists/split.js';
import type { Terminal } from './terminal.js';

/** Columns without a terminal. */
const WIDTH = 80;
/** Lines of a chart in the terminal, and of each chart where there are several. */
const ROWS = 12;
const ROWS_OF_EACH = 6;

type LineName = 'in' | 'out' | 'total';

/** Draws a cycle as lines that add up, all or only one; another time as the traffic in each part of it. */
function drawSamples(graph: SampleGraph, range: GraphRange, only: LineName | null = null): ChartData {
  if (range !== 'cycle')
    return trafficChart(graph, { title: `${graph.service}: ${trafficTitle(graph).toLowerCase()}, last ${range}` });
  const title = `${graph.service}: traffic used in the cycle`;
  if (only === null) return usageChart(graph, { ahead: true, title });
  return usageChart(graph, { ahead: true, title: only === 'total' ? title : `${title} (${only})`, lines: [only] });
}

/** Returns the stored readings of a service as an SVG document. */
export function samplesSvg(graph: SampleGraph, range: GraphRange): string {
  return svgDocument(drawSamples(graph, range));
}

/** Prints the stored readings of a service as a chart, with the last of them in figures; nothing without one. */
export function printSamples(terminal: Terminal, graph: SampleGraph, range: GraphRange): void {
  const last = graph.series.at(-1);
  if (terminal.json || last === undefined) return;
  const { lines } = drawSamples(graph, range);
  const counting = lines.find(({ name }) => name === graph.mode.toLowerCase()) ?? lines[0];
  if (counting) {
    const data = drawSamples(graph, range, counting.name as LineName);
    printChart(terminal, data, counting, ROWS);
    if (data.note !== undefined) terminal.line(data.note);
  }
  const part = (name: string, bytes: number | null): string => `${name} ${bytes === null ? '-' : formatBytes(bytes)}`;
  terminal.line([part('in', last.inBytes), part('out', last.outBytes), part('total', last.totalBytes)].join(', '));
  terminal.line(`${shareText(graph, last)}read ${shortTime(Date.parse(last.at), graph.timeZone)} (${graph.timeZone})`);
  const before = beforeFirstText(graph);
  if (before !== null) terminal.line(before);
  const outlook = projectionSentence(graph.projection, graph.timeZone);
  if (outlook !== null) terminal.line(outlook);
}

/** Prints the traffic of services together as bars, with what their parts are of where they are split; nothing where none is known. */
export function printTraffic(terminal: Terminal, traffic: TrafficOverTime, whose: string): void {
  if (terminal.json) return;
  const graph = { ...traffic, window: { start: traffic.start, end: traffic.end } };
  const data = trafficChart(graph, { title: `${trafficTitle(graph)}: ${whose}` });
  const [line] = data.lines;
  if (line === undefined) return;
  printChart(terminal, data, line, ROWS);
  if (traffic.split.length > 0) printSplit(terminal, traffic);
}

/** Returns `62% of 130 GB (TOTAL), `, or an empty text without a share. */
function shareText({ mode, allowedBytes }: SampleGraph, last: GraphPoint): string {
  const used = usageInMode(last, mode);
  const share = formatShare(used, allowedBytes);
  return allowedBytes === null || share === null ? '' : `${share} of ${formatBytes(allowedBytes)} (${mode}), `;
}

function panelTitle({ service, panel }: DrawnGraph): string {
  return `${service}: traffic graph of ${panel}`;
}

/** Returns the graph of a panel as an SVG document. */
export function panelGraphSvg(graph: DrawnGraph): string {
  const { figures, picture } = graph;
  const title = panelTitle(graph);
  return figures === null
    ? svgPicture(title, picture ?? new Uint8Array())
    : svgDocument(panelChart(graph, figures, { title }));
}

/** Prints the figures of a panel's graph, one chart for each of its lines; nothing of a picture. */
export function printPanelGraph(terminal: Terminal, graph: DrawnGraph): void {
  const { figures, service, panel } = graph;
  if (terminal.json || figures === null) return;
  const title = panelTitle(graph);
  const data = panelChart(graph, figures, { title });
  const shown = data.lines.filter(({ points }) => points.some(({ value }) => value !== null));
  if (shown.length === 0) terminal.line(`${panel} returned no data for ${service} in this range.`);
  const unit = figures.unit === null ? ` (${UNKNOWN_UNIT})` : '';
  // The title of each names a unit that is unknown.
  const axis = { ...data.axis, unit: figures.unit ?? '' };
  for (const line of shown)
    printChart(terminal, { ...data, axis, title: `${title}: ${line.name}${unit}` }, line, ROWS_OF_EACH);
  if (shown.length > 0 && unit !== '')
    terminal.line('The panel does not report the unit (usually rates). Quotas ignore the values.');
}

/** Returns the document of a graph of stored readings; `note` says why they stand for what was asked. */
export function samplesDocument(graph: SampleGraph, note: string | null): unknown {
  const { series, step, bars, thresholds, allowances, holds, purchases, lastCycle, projection, beforeFirst } = graph;
  return {
    source: 'samples',
    series,
    note,
    step,
    bars,
    thresholds,
    allowances,
    holds,
    purchases,
    lastCycle,
    projection,
    beforeFirst,
  };
}

/** Returns the document of a panel's graph: the unit of its figures may be unknown, so that the bytes are null. */
export function panelGraphDocument({ figures, picture }: DrawnGraph): unknown {
  return {
    source: 'panel',
    series: (figures?.times ?? []).map(({ at, label }, index) => ({
      at,
      inBytes: null,
      outBytes: null,
      totalBytes: null,
      label,
      values: figures?.series.map(({ values }) => values[index] ?? null) ?? [],
    })),
    note: null,
    step: null,
    bars: [],
    thresholds: [],
    allowances: [],
    holds: [],
    purchases: [],
    lastCycle: null,
    projection: null,
    beforeFirst: null,
    names: figures?.series.map(({ name }) => name) ?? [],
    unit: figures?.unit ?? null,
    picture: picture === null ? null : { type: 'image/png', base64: Buffer.from(picture).toString('base64') },
  };
}

function printChart(terminal: Terminal, data: ChartData, line: ChartLine, height: number): void {
  const { colors, width } = terminal;
  terminal.line(colors.bold(data.title));
  const rows = areaChart(data, line, {
    width: width === Infinity ? WIDTH : width,
    height,
    paint: (text, over) => (over ? colors.red(text) : colors.cyan(text)),
    dim: colors.dim,
    paintShare: sharePaint(terminal),
  });
  for (const row of rows) terminal.verbatim(row);
}
