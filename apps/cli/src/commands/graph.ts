import path from 'node:path';
import type { DrawnGraph, GraphPoint, GraphRange, SampleGraph } from '@sluice/engine';
import {
  areaChart,
  type ChartData,
  type ChartLine,
  panelChart,
  projectionSentence,
  shortTime,
  svgDocument,
  svgPicture,
  UNKNOWN_UNIT,
  usageChart,
  usageProjection,
} from '@sluice/charts';
import { formatBytes, usageInMode } from '@sluice/quota-core';
import { isPanelError } from '@sluice/panel-http';
import { SluiceError, toItemError, usageError } from '@sluice/panel-kind/errors';
import type { Terminal } from '@sluice/terminal';
import { replaceFile } from '@sluice/terminal/files';
import type { Deps } from '../context.js';
import { ExitCode } from '../exit-codes.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import { withSluice } from '../open-sluice.js';

/** Options of `usage graph`. */
export interface GraphOptions extends GlobalOptions {
  range?: string;
  svg?: string;
  fromPanel?: boolean;
}

/** Columns without a terminal. */
const WIDTH = 80;
/** Lines of a chart in the terminal, and of each chart where there are several. */
const ROWS = 12;
const ROWS_OF_EACH = 6;

/** `sluice usage graph SERVICE` */
export const usageGraph: CommandHandler<GraphOptions> = ([id = ''], options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const range = parseRange(options.range);
    const output = { options, deps, terminal };
    if (options.fromPanel !== true) {
      showSamples(await sluice.usage.graph(id, range), range, output);
      return ExitCode.done;
    }
    try {
      showPanelGraph(await sluice.usage.panelGraph(id, range), output);
    } catch (error) {
      if (deps.signal.aborted || !isOfPanel(error)) throw error;
      const samples = await sluice.usage.graph(id, range);
      if (samples.series.length === 0) throw error;
      showSamples(samples, range, output, `The panel's own graph could not be read: ${toItemError(error).message}`);
    }
    return ExitCode.done;
  });

function isOfPanel(error: unknown): boolean {
  return isPanelError(error) || (error instanceof SluiceError && error.kind === 'panel');
}

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

/** Shows our own readings; `note` says why they stand for what was asked. */
function showSamples(graph: SampleGraph, range: GraphRange, output: GraphOutput, note: string | null = null): void {
  const { options, terminal, deps } = output;
  if (note !== null) terminal.warn(`${note} These are the stored readings instead.`);
  const title = `${graph.service}: traffic used in the cycle${range === 'cycle' ? '' : `, last ${range}`}`;
  const drawing = { now: deps.clock.now(), ahead: range === 'cycle' };
  const all = usageChart(graph, { ...drawing, title });
  if (options.svg !== undefined) save(svgDocument(all), options.svg, output);
  terminal.document({ source: 'samples', series: graph.series, note });
  if (terminal.json || options.svg !== undefined) return;
  const last = graph.series.at(-1);
  if (!last) {
    terminal.line(`No readings of ${graph.service} in this range; "sluice poll" reads one.`);
    return;
  }
  const counting = all.lines.find(({ name }) => name === graph.mode.toLowerCase()) ?? all.lines[0];
  if (counting) {
    const name = counting.name as 'in' | 'out' | 'total';
    const named = name === 'total' ? title : `${title} (${name})`;
    const data = usageChart(graph, { ...drawing, title: named, lines: [name] });
    print(data, counting, ROWS, output);
    if (data.note !== undefined) terminal.line(data.note);
  }
  const part = (name: string, bytes: number | null): string => `${name} ${bytes === null ? '-' : formatBytes(bytes)}`;
  terminal.line([part('in', last.inBytes), part('out', last.outBytes), part('total', last.totalBytes)].join(', '));
  terminal.line(
    `${formatShare(graph, last)}read ${shortTime(Date.parse(last.at), graph.timeZone)} (${graph.timeZone})`,
  );
  const outlook = projectionSentence(usageProjection(graph, drawing.now), graph.timeZone);
  if (range === 'cycle' && outlook !== null) terminal.line(outlook);
}

/** Returns `62 % of 130 GB (TOTAL), `, or an empty text without a share. */
function formatShare({ mode, allowedBytes }: SampleGraph, last: GraphPoint): string {
  const used = usageInMode(last, mode);
  if (allowedBytes === null || used === null || allowedBytes === 0) return '';
  return `${Math.floor((used / allowedBytes) * 100)}% of ${formatBytes(allowedBytes)} (${mode}), `;
}

function showPanelGraph(graph: DrawnGraph, output: GraphOutput): void {
  const { options, terminal } = output;
  const { figures, picture } = graph;
  const title = `${graph.service}: traffic graph of ${graph.panel}`;
  const data = figures === null ? null : panelChart(graph, figures, title);
  if (options.svg !== undefined) {
    const svg = data === null ? svgPicture(title, picture ?? new Uint8Array()) : svgDocument(data);
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
  // The title of each names a unit that is unknown.
  const axis = { ...data.axis, unit: figures?.unit ?? '' };
  for (const line of shown)
    print({ ...data, axis, title: `${title}: ${line.name}${unit}` }, line, ROWS_OF_EACH, output);
  if (shown.length > 0 && unit !== '') {
    terminal.line('The panel does not report the unit (usually rates). Quotas ignore the values.');
  }
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
    note: null,
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
  replaceFile(file, svg);
  terminal.info(`${file} was written`);
}
