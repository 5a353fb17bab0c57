import { type Language, toTexts } from '@sluice/messages';
import { byteAxis, bytesText } from './axis.js';
import type { ChartAhead, ChartData, ChartLine, ChartPoint } from './chart.js';
import { projectionSentence } from './outlook-words.js';
import type { UsageGraph } from './usage-graph.js';
import { countedName, figuresText, KEYS, toAhead, toGhost, toHolds, toPoints, toPurchases } from './usage-marks.js';

const TICKS = 5;
/** An allowance, or a cycle before, above this many times the highest figure is not drawn: it would flatten the figures. */
const IN_SIGHT = 5;

/** How usage is drawn. */
export interface UsageChartOptions {
  title: string;
  /** Default English. */
  language?: Language;
  /** The lines to draw, default all with known figures. */
  lines?: readonly ('in' | 'out' | 'total')[];
  /** Whether the chart covers the cycle to its end, with the projection and the cycle before. Default false. */
  ahead?: boolean;
}

/**
 * Returns the chart of usage: its lines, the allowance where it is in sight, with its thresholds, when the service was restricted, what was
 * bought, the cycle before, and the projection with its range.
 */
export function usageChart(graph: UsageGraph, options: UsageChartOptions): ChartData {
  const { title, language = 'en' } = options;
  const lines = (options.lines ?? (['in', 'out', 'total'] as const))
    .map((name) => toLine(graph, name))
    .filter(({ points }) => points.some(({ value }) => value !== null));
  const [from, end, now] = [graph.window.start, graph.window.end, graph.at].map((at) => Date.parse(at)) as [
    number,
    number,
    number,
  ];
  const to = options.ahead === true ? Math.max(end, Date.parse(graph.cycleEnd ?? graph.window.end)) : end;
  const isCounted = to > end && lines.some(({ name }) => name === countedName(graph));
  const projection = isCounted ? toAhead(graph, to) : null;
  const figures = [...listFigures(lines), ...aheadFigures(projection)];
  const { ghost, highest } = inSight(isCounted ? toGhost(graph) : [], [...figures, graph.allowedBytes ?? 0]);
  const summary = toSummary(graph, language);
  const isCycle = graph.lastCycle !== null || graph.allowances.length > 0 || graph.projection !== null;
  return {
    title,
    from,
    to,
    timeZone: graph.timeZone,
    language,
    lines,
    breaks: graph.breaks.map((at) => Date.parse(at)),
    holds: toHolds(graph, language),
    purchases: toPurchases(graph, language),
    points: isCycle ? toPoints(graph, language) : [],
    ...allowance(graph, { figures, highest }, language),
    ...(now > from && now < to ? { now } : {}),
    ...(ghost.length === 0 ? {} : { ghost }),
    ...(projection === null ? {} : { projection }),
    ...(summary === '' ? {} : { summary }),
  };
}

function toLine(graph: UsageGraph, name: 'in' | 'out' | 'total'): ChartLine {
  return { name, points: graph.series.map((point) => ({ at: Date.parse(point.at), value: point[KEYS[name]] })) };
}

function listFigures(lines: readonly Pick<ChartLine, 'points'>[]): number[] {
  return lines.flatMap(({ points }) => points.flatMap(({ value }) => (value === null ? [] : [value])));
}

function aheadFigures(projection: ChartAhead | null): number[] {
  if (projection === null) return [];
  return [projection.to, projection.high, projection.low].flatMap((point) =>
    point === undefined ? [] : [point.value],
  );
}

/** Returns the cycle before where it does not flatten the other figures, and its highest one. */
function inSight(ghost: ChartPoint[], figures: readonly number[]): { ghost: ChartPoint[]; highest: number } {
  const highest = Math.max(0, ...listFigures([{ points: ghost }]));
  const others = figures.reduce((high, figure) => Math.max(high, figure), 0);
  return others > 0 && highest > others * IN_SIGHT ? { ghost: [], highest: 0 } : { ghost, highest };
}

function allowance(
  { allowedBytes, allowances, thresholds, window }: UsageGraph,
  { figures, highest }: { figures: number[]; highest: number },
  language: Language,
): Pick<ChartData, 'axis' | 'limit' | 'steps' | 'thresholds' | 'note'> {
  const drawn = [...figures, highest];
  const own = byteAxis(drawn, TICKS);
  if (allowedBytes === null) return { axis: own, limit: null };
  // Nothing that was used yet can be flattened.
  if (drawn.every((figure) => figure === 0) || allowedBytes <= own.max * IN_SIGHT) {
    const steps = allowances.map(({ at, bytes }) => ({ at: Date.parse(at), value: bytes }));
    return {
      axis: byteAxis([...drawn, allowedBytes, ...steps.map(({ value }) => value)], TICKS),
      limit: allowedBytes,
      thresholds: [...thresholds],
      // What was allowed before the first of them is not known.
      ...(steps.length > 1 || (steps[0]?.at ?? 0) > Date.parse(window.start) ? { steps } : {}),
    };
  }
  const note = toTexts(language).text('chart.above', { size: bytesText(allowedBytes, language) });
  return { axis: own, limit: null, note };
}

function toSummary(graph: UsageGraph, language: Language): string {
  const { allowedBytes, timeZone, series, lastCycle } = graph;
  const texts = toTexts(language);
  const last = series.at(-1);
  const figures = last === undefined ? '' : figuresText(last, language);
  const before = lastCycle?.series.at(-1)?.[KEYS[countedName(graph)]] ?? null;
  const outlook = projectionSentence(graph.projection, timeZone, language);
  return [
    ...(figures === '' ? [] : [texts.text('chart.last', { figures })]),
    ...(allowedBytes === null ? [] : [texts.text('chart.allowance', { size: bytesText(allowedBytes, language) })]),
    ...(before === null ? [] : [texts.text('chart.lastSum', { size: bytesText(before, language) })]),
    ...(outlook === null ? [] : [outlook]),
  ].join(' ');
}
