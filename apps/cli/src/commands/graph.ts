import path from 'node:path';
import type { DrawnGraph, GraphPoint, GraphRange, PanelFigures, SampleGraph } from '@sluice/engine';
import { formatBytes, usageInMode } from '@sluice/quota-core';
import { usageError } from '@sluice/panel-kind/errors';
import type { Deps } from '../context.js';
import { ExitCode } from '../exit-codes.js';
import { writeDrawing } from '../files/new-file.js';
import { byteAxis, plainAxis } from '../output/chart-axis.js';
import { shortTime } from '../output/times.js';
import { areaChart, type ChartData, type ChartLine } from '../output/chart.js';
import { svgChart, svgPicture, UNKNOWN_UNIT } from '../output/svg-chart.js';
import type { Terminal } from '../output/terminal.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import { withSluice } from '../open-sluice.js';

/** Options of `usage graph`. */
export interface GraphOptions extends GlobalOptions {
  range?: string;
  svg?: string;
  fromPanel?: boolean;
}

const TICKS = 5;
/** Columns without a terminal. */
const WIDTH = 80;
/** Lines of a chart in the terminal, and of each chart where there are several. */
const ROWS = 12;
const ROWS_OF_EACH = 6;
/** An allowance above this many times the highest figure is not drawn: it would flatten the figures. */
const LIMIT_IN_SIGHT = 5;

/** `sluice usage graph SERVICE` */
export const usageGraph: CommandHandler<GraphOptions> = ([id = ''], options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const range = parseRange(options.range);
    const output = { options, deps, terminal };
    if (options.fromPanel === true) showPanelGraph(await sluice.usage.panelGraph(id, range), output);
    else showSamples(await sluice.usage.graph(id, range), range, output);
    return ExitCode.done;
  });

function parseRange(text = 'cycle'): GraphRange {
  if (text === 'cycle' || /^[1-9]\d{0,4}[hd]$/.test(text)) return text as GraphRange;
  throw usageError('bad_option', `--range: "${text}" is not "cycle" or a number of hours or days, such as 24h or 30d`);
}

/** Where a graph is shown. */
interface GraphOutput {
  options: GraphOptions;
  deps: Deps;
  terminal: Terminal;
}

function showSamples(graph: SampleGraph, range: GraphRange, output: GraphOutput): void {
  const { options, terminal } = output;
  const title = `${graph.service}: traffic used in the cycle${range === 'cycle' ? '' : `, last ${range}`}`;
  const lines = toLines(graph);
  if (options.svg !== undefined) save(svgChart(sampleChart(graph, title, lines)), options.svg, output);
  terminal.document({ source: 'samples', series: graph.series });
  if (terminal.json || options.svg !== undefined) return;
  const last = graph.series.at(-1);
  if (!last) {
    terminal.line(`No readings of ${graph.service} in this range; "sluice poll" reads one.`);
    return;
  }
  const counting = lines.find(({ name }) => name === graph.mode.toLowerCase()) ?? lines[0];
  if (counting) {
    const data = sampleChart(graph, counting.name === 'total' ? title : `${title} (${counting.name})`, [counting]);
    print(data, counting, ROWS, output);
    if (data.note !== undefined) terminal.line(data.note);
  }
  const part = (name: string, bytes: number | null): string => `${name} ${bytes === null ? '-' : formatBytes(bytes)}`;
  terminal.line([part('in', last.inBytes), part('out', last.outBytes), part('total', last.totalBytes)].join(', '));
  terminal.line(
    `${formatShare(graph, last)}read ${shortTime(Date.parse(last.at), graph.timeZone)} (${graph.timeZone})`,
  );
}

/** Returns `62 % of 130 GB (TOTAL), `, or an empty text without a share. */
function formatShare({ mode, allowedBytes }: SampleGraph, last: GraphPoint): string {
  const used = usageInMode(last, mode);
  if (allowedBytes === null || used === null || allowedBytes === 0) return '';
  return `${Math.floor((used / allowedBytes) * 100)}% of ${formatBytes(allowedBytes)} (${mode}), `;
}

/** Returns a line for each direction with known figures. */
function toLines({ series }: SampleGraph): ChartLine[] {
  const line = (name: string, key: 'inBytes' | 'outBytes' | 'totalBytes'): ChartLine => ({
    name,
    points: series.map((point) => ({ at: Date.parse(point.at), value: point[key] })),
  });
  return [line('in', 'inBytes'), line('out', 'outBytes'), line('total', 'totalBytes')].filter(({ points }) =>
    points.some(({ value }) => value !== null),
  );
}

function sampleChart(graph: SampleGraph, title: string, lines: ChartLine[]): ChartData {
  const figures = lines.flatMap(({ points }) => points.flatMap(({ value }) => (value === null ? [] : [value])));
  const { allowedBytes } = graph;
  const own = byteAxis(figures, TICKS);
  const inSight = allowedBytes !== null && (figures.length === 0 || allowedBytes <= own.max * LIMIT_IN_SIGHT);
  return {
    title,
    from: Date.parse(graph.window.start),
    to: Date.parse(graph.window.end),
    timeZone: graph.timeZone,
    axis: inSight ? byteAxis([...figures, allowedBytes], TICKS) : own,
    lines,
    breaks: graph.breaks.map((at) => Date.parse(at)),
    limit: inSight ? allowedBytes : null,
    ...(allowedBytes === null || inSight ? {} : { note: `allowed: ${formatBytes(allowedBytes)}, above the chart` }),
  };
}

function showPanelGraph(graph: DrawnGraph, output: GraphOutput): void {
  const { options, terminal } = output;
  const { figures, picture } = graph;
  const title = `${graph.service}: traffic graph of ${graph.panel}`;
  const data = figures === null ? null : figureChart(graph, figures, title);
  if (options.svg !== undefined) {
    const svg = data === null ? svgPicture(title, picture ?? new Uint8Array()) : svgChart(withAxisName(data));
    save(svg, options.svg, output);
  }
  terminal.document(toDocument(graph));
  if (terminal.json || options.svg !== undefined) return;
  if (data === null) {
    terminal.line(`${graph.panel} returned a picture: write it to a file with --svg FILE.`);
    return;
  }
  const shown = data.lines.filter(({ points }) => points.some(({ value }) => value !== null));
  if (shown.length === 0) terminal.line(`${graph.panel} returned no data for ${graph.service} in this range.`);
  const unit = figures?.unit == null ? ` (${UNKNOWN_UNIT})` : '';
  for (const line of shown) print({ ...data, title: `${title}: ${line.name}${unit}` }, line, ROWS_OF_EACH, output);
  if (shown.length > 0 && unit !== '') {
    terminal.line('The panel does not report the unit (usually rates). Quotas ignore the values.');
  }
}

function figureChart(graph: DrawnGraph, figures: PanelFigures, title: string): ChartData {
  const lines = figures.series.map(({ name, values }) => ({
    name,
    points: values.flatMap((value, index) => {
      const at = figures.times[index]?.at ?? null;
      return at === null ? [] : [{ at: Date.parse(at), value }];
    }),
  }));
  const all = figures.series.flatMap(({ values }) => values.filter((value) => value !== null));
  return {
    title,
    from: Date.parse(graph.window.start),
    to: Date.parse(graph.window.end),
    timeZone: graph.timeZone,
    axis: plainAxis(all, TICKS, figures.unit ?? ''),
    lines,
    breaks: [],
    limit: null,
  };
}

/** Names the axis of a drawing where the panel did not state the unit. */
function withAxisName(data: ChartData): ChartData {
  return data.axis.unit === '' ? { ...data, axis: { ...data.axis, unit: UNKNOWN_UNIT } } : data;
}

/** Returns the document of `--json`: the unit of a panel's figures is unknown, so that the bytes are null. */
function toDocument({ figures, picture }: DrawnGraph): unknown {
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
    names: figures?.series.map(({ name }) => name) ?? [],
    unit: figures?.unit ?? null,
    picture: picture === null ? null : { type: 'image/png', base64: Buffer.from(picture).toString('base64') },
  };
}

function print(data: ChartData, line: ChartLine, height: number, { deps, terminal }: GraphOutput): void {
  const { colors } = terminal;
  terminal.line(colors.bold(data.title));
  const width = deps.stdout.isTTY === true ? (deps.stdout.columns ?? WIDTH) : WIDTH;
  const rows = areaChart(data, line, {
    width,
    height,
    paint: (text, over) => (over ? colors.red(text) : colors.cyan(text)),
    dim: colors.dim,
  });
  for (const row of rows) terminal.verbatim(row);
}

function save(svg: string, name: string, { deps, terminal }: GraphOutput): void {
  const file = path.resolve(deps.cwd, name);
  writeDrawing(file, svg);
  terminal.info(`${file} was written`);
}
