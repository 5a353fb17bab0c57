import { type Language, toTexts } from '@sluice/messages';
import { byteAxis, bytesText } from './axis.js';
import type { ChartData, ChartLine } from './chart.js';
import { lineText, listed } from './chart-words.js';
import { projectionSentence, type Projection, projectionLine, projectUsage } from './projection.js';

const TICKS = 5;
/** An allowance above this many times the highest figure is not drawn: it would flatten the figures. */
const LIMIT_IN_SIGHT = 5;

/** Usage inside a cycle in bytes, as stored: the engine's graph of a service has this form. Instants are ISO 8601. */
export interface UsageGraph {
  window: { start: string; end: string };
  timeZone: string;
  /** The direction that counts against the allowance. */
  mode: 'IN' | 'OUT' | 'TOTAL';
  allowedBytes: number | null;
  /** Oldest first; null is unknown. */
  series: readonly { at: string; inBytes: number | null; outBytes: number | null; totalBytes: number | null }[];
  /** Starts of cycles inside the window, where usage begins at zero. */
  breaks: readonly string[];
  /** End of the cycle that the window ends in; null where there is none. */
  cycleEnd: string | null;
  /** What each bar is of, and the traffic in each, oldest first. */
  step: 'hour' | 'quarter' | 'day';
  bars: readonly UsageGraphBar[];
}

/** Traffic in a part of the window, in bytes; null is unknown. */
export interface UsageGraphBar {
  start: string;
  end: string;
  inBytes: number | null;
  outBytes: number | null;
  totalBytes: number | null;
  /** How much of the time is known, 0 to 1. */
  known: number;
}

/** How usage is drawn. */
export interface UsageChartOptions {
  title: string;
  /** Now, in milliseconds. */
  now: number;
  /** Default English. */
  language?: Language;
  /** The lines to draw, default all with known figures. */
  lines?: readonly ('in' | 'out' | 'total')[];
  /** Whether the chart covers the cycle to its end, with the projection. Default false. */
  ahead?: boolean;
}

const KEYS = { in: 'inBytes', out: 'outBytes', total: 'totalBytes' } as const;

/** Returns the projection of the counted direction. */
export function usageProjection(graph: UsageGraph, now: number): Projection {
  if (graph.cycleEnd === null) return { kind: 'unknown' };
  return projectUsage({
    points: toLine(graph, countedName(graph)).points,
    breaks: graph.breaks.map((at) => Date.parse(at)),
    limit: graph.allowedBytes,
    now,
    end: Date.parse(graph.cycleEnd),
  });
}

/** Returns the chart of usage: its lines, the allowance where it is in sight, and the projection. */
export function usageChart(graph: UsageGraph, options: UsageChartOptions): ChartData {
  const { title, now, language = 'en' } = options;
  const lines = (options.lines ?? (['in', 'out', 'total'] as const))
    .map((name) => toLine(graph, name))
    .filter(({ points }) => points.some(({ value }) => value !== null));
  const [from, end] = [Date.parse(graph.window.start), Date.parse(graph.window.end)];
  const projected = usageProjection(graph, now);
  const to = options.ahead === true ? Math.max(end, Date.parse(graph.cycleEnd ?? graph.window.end)) : end;
  const isDrawn = to > end && lines.some(({ name }) => name === countedName(graph));
  const projection = isDrawn ? projectionLine(projected, to) : null;
  const figures = lines.flatMap(({ points }) => points.flatMap(({ value }) => (value === null ? [] : [value])));
  if (projection !== null) figures.push(projection.to.value);
  const summary = toSummary(graph, lines, { projected, language });
  return {
    title,
    from,
    to,
    timeZone: graph.timeZone,
    language,
    lines,
    breaks: graph.breaks.map((at) => Date.parse(at)),
    ...allowance(figures, graph.allowedBytes, language),
    ...(projection === null ? {} : { projection }),
    ...(summary === '' ? {} : { summary }),
  };
}

function countedName({ mode }: UsageGraph): 'in' | 'out' | 'total' {
  return ({ IN: 'in', OUT: 'out', TOTAL: 'total' } as const)[mode];
}

function toLine(graph: UsageGraph, name: 'in' | 'out' | 'total'): ChartLine {
  return { name, points: graph.series.map((point) => ({ at: Date.parse(point.at), value: point[KEYS[name]] })) };
}

function allowance(
  figures: number[],
  allowed: number | null,
  language: Language,
): Pick<ChartData, 'axis' | 'limit' | 'note'> {
  const own = byteAxis(figures, TICKS);
  if (allowed === null) return { axis: own, limit: null };
  if (figures.length === 0 || allowed <= own.max * LIMIT_IN_SIGHT) {
    return { axis: byteAxis([...figures, allowed], TICKS), limit: allowed };
  }
  const note = toTexts(language).text('chart.above', { size: bytesText(allowed, language) });
  return { axis: own, limit: null, note };
}

function toSummary(
  { allowedBytes, timeZone }: UsageGraph,
  lines: ChartLine[],
  { projected, language }: { projected: Projection; language: Language },
): string {
  const texts = toTexts(language);
  const last = lines.flatMap(({ name, points }) => {
    const value = points.at(-1)?.value ?? null;
    if (value === null) return [];
    return [texts.text('chart.figure', { line: lineText(name, language), size: bytesText(value, language) })];
  });
  const outlook = projectionSentence(projected, timeZone, language);
  return [
    ...(last.length === 0 ? [] : [texts.text('chart.last', { figures: listed(last, language) })]),
    ...(allowedBytes === null ? [] : [texts.text('chart.allowance', { size: bytesText(allowedBytes, language) })]),
    ...(outlook === null ? [] : [outlook]),
  ].join(' ');
}
