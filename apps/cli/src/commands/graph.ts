import path from 'node:path';
import { formatBytes, usageInMode } from '@sluice/quota-core';
import type { Deps } from '../context.js';
import { ExitCode } from '../exit-codes.js';
import { writeDrawing } from '../files/drawing-file.js';
import { type DrawnGraph, type GraphPoint, type GraphRange, type PanelFigures, type SampleGraph } from '@sluice/engine';
import { byteAxis, plainAxis } from '../output/chart-axis.js';
import { momentLabel } from '../output/chart-time.js';
import { areaChart, type ChartData, type ChartLine } from '../output/chart.js';
import { svgChart, svgPicture } from '../output/svg-chart.js';
import { Terminal } from '../output/terminal.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import { withSluice } from '../open-sluice.js';

/** Options of `usage graph`. */
export interface GraphOptions extends GlobalOptions {
  range?: GraphRange;
  svg?: string;
  fromPanel?: boolean;
}

const TICKS = 5;
/** Columns where there is no terminal to ask. */
const WIDTH = 80;
/** Lines of a chart in the terminal, and of each where there are several. */
const ROWS = 12;
const ROWS_OF_EACH = 6;
/** A limit that is as many times the scale further off is told in words: drawn, it would press the figures flat. */
const LIMIT_IN_SIGHT = 1;

/** `sluice usage graph SERVICE` */
export const usageGraph: CommandHandler<GraphOptions> = ([id = ''], options, deps) =>
  withSluice(deps, options, async (sluice) => {
    const range = options.range ?? 'cycle';
    const output = { options, deps, terminal: new Terminal(deps, options) };
    if (options.fromPanel === true) showDrawn(await sluice.usage.panelGraph(id, range), output);
    else showSamples(await sluice.usage.graph(id, range), range, output);
    return ExitCode.done;
  });

/** Where a graph is shown. */
interface GraphOutput {
  options: GraphOptions;
  deps: Deps;
  terminal: Terminal;
}

function showSamples(graph: SampleGraph, range: GraphRange, output: GraphOutput): void {
  const { options, terminal } = output;
  const title = `${graph.service}: traffic used in the cycle${range === 'cycle' ? '' : `, last ${range}`}`;
  const lines = linesOf(graph);
  if (options.svg !== undefined) save(svgChart(sampleChart(graph, title, lines)), options.svg, output);
  if (terminal.json) {
    terminal.document({ source: 'samples', series: graph.series });
    return;
  }
  if (options.svg !== undefined) return;
  const last = graph.series.at(-1);
  if (!last) {
    terminal.line(`No readings of ${graph.service} in this range; "sluice poll" takes one.`);
    return;
  }
  const counting = lines.find(({ name }) => name === graph.mode.toLowerCase()) ?? lines[0];
  if (counting) {
    const data = sampleChart(graph, counting.name === 'total' ? title : `${title} (${counting.name})`, [counting]);
    print(data, counting, ROWS, output);
  }
  const part = (name: string, bytes: number | null): string => `${name} ${bytes === null ? '-' : formatBytes(bytes)}`;
  terminal.line([part('in', last.inBytes), part('out', last.outBytes), part('total', last.totalBytes)].join(', '));
  terminal.line(`${shareOf(graph, last)}read ${momentLabel(Date.parse(last.at), graph.timeZone)} (${graph.timeZone})`);
}

/** `62 % of 130 GB (TOTAL), `, or nothing where there is no such share. */
function shareOf({ mode, allowedBytes }: SampleGraph, last: GraphPoint): string {
  const used = usageInMode(last, mode);
  if (allowedBytes === null || used === null || allowedBytes === 0) return '';
  return `${Math.floor((used / allowedBytes) * 100)} % of ${formatBytes(allowedBytes)} (${mode}), `;
}

/** Directions that something is known of. */
function linesOf({ series }: SampleGraph): ChartLine[] {
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
  const inSight =
    allowedBytes !== null && allowedBytes >= own.min && allowedBytes <= own.max + (own.max - own.min) * LIMIT_IN_SIGHT;
  return {
    title,
    from: Date.parse(graph.window.start),
    to: Date.parse(graph.window.end),
    timeZone: graph.timeZone,
    axis: inSight ? byteAxis([...figures, allowedBytes], TICKS) : own,
    lines,
    breaks: graph.breaks.map((at) => Date.parse(at)),
    limit: inSight ? allowedBytes : null,
  };
}

function showDrawn(graph: DrawnGraph, output: GraphOutput): void {
  const { options, terminal } = output;
  const { figures, picture } = graph;
  const title = `${graph.service}: traffic as ${graph.panel} draws it`;
  const data = figures === null ? null : figureChart(graph, figures, title);
  if (options.svg !== undefined) {
    const svg = data === null ? svgPicture(title, picture ?? new Uint8Array()) : svgChart(named(data));
    save(svg, options.svg, output);
  }
  if (terminal.json) {
    terminal.document(drawnDocument(graph));
    return;
  }
  if (options.svg !== undefined) return;
  if (data === null) {
    terminal.line(`${graph.panel} gave a picture: write it into a file with --svg FILE.`);
    return;
  }
  const shown = data.lines.filter(({ points }) => points.some(({ value }) => value !== null));
  if (shown.length === 0) terminal.line(`${graph.panel} has no figures of ${graph.service} in this range.`);
  for (const line of shown) print({ ...data, title: `${title}: ${line.name}` }, line, ROWS_OF_EACH, output);
  if (shown.length > 0 && figures?.unit == null) {
    terminal.line('The panel does not say in which unit: rates, as a rule. They count for no quota.');
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

/** An axis of a drawing has a name, though the panel did not tell its unit. */
function named(data: ChartData): ChartData {
  return data.axis.unit === '' ? { ...data, axis: { ...data.axis, unit: "the panel's unit" } } : data;
}

/** The unit of a panel's figures is not known: they stand beside the bytes, which stay unknown. */
function drawnDocument({ figures, picture }: DrawnGraph): unknown {
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
  for (const row of rows) terminal.line(row);
}

function save(svg: string, name: string, { deps, terminal }: GraphOutput): void {
  const file = path.resolve(deps.cwd, name);
  writeDrawing(file, svg);
  terminal.info(`${file} is written`);
}
