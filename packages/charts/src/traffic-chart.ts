import { type Language, toTexts } from '@sluice/messages';
import { toPercent } from '@sluice/quota-core';
import { byteAxis, bytesText } from './axis.js';
import type { ChartBar, ChartData, ChartLine, ChartPart } from './chart.js';
import { lineText, listed } from './chart-words.js';
import { type SplitBar, splitFigures, splitShares, type TrafficSplit } from './traffic-split.js';
import { isolate } from './svg-text.js';
import type { UsageGraph, UsageGraphBar } from './usage-graph.js';
import { toHolds } from './usage-marks.js';

const TICKS = 5;
/** Less than this of its time may be missing of a bar that counts as known. */
const WHOLE = 0.99;

const RATES = [
  { key: 'chart.gigabits', size: 1e9 },
  { key: 'chart.megabits', size: 1e6 },
] as const;

const STEP_KEYS = { hour: 'chart.eachHour', quarter: 'chart.eachQuarter', day: 'chart.eachDay' } as const;

/** What bars are drawn from: a graph of a service, or the traffic of several ones, of which nothing else is known. */
export interface TrafficGraph
  extends Pick<UsageGraph, 'window' | 'timeZone' | 'step'>, Partial<Pick<UsageGraph, 'at' | 'holds' | 'beforeFirst'>> {
  bars: readonly (UsageGraphBar & Partial<SplitBar>)[];
  /** What the parts of the bars are of, the largest first; none where the bars are not split. */
  split?: readonly TrafficSplit[];
}

/** Returns what the bars of a graph are of: `Traffic in each hour`. */
export function trafficTitle({ step }: Pick<UsageGraph, 'step'>, language: Language = 'en'): string {
  return toTexts(language).text(STEP_KEYS[step]);
}

/**
 * Returns the chart of the traffic in each part of a graph's window, as bars of in and out, or of the total where only that is known; of bars that
 * are split, of their parts. Each bar says its time, its bytes and its mean rate. No bar stands for a time of which nothing is known.
 */
export function trafficChart(
  graph: TrafficGraph,
  { title, language = 'en' }: { title: string; language?: Language },
): ChartData {
  const groups = splitShares(graph.split ?? [], language);
  const bars = graph.bars.flatMap((bar) => toBar(bar, groups, { timeZone: graph.timeZone, language }));
  const all = groups.length > 0 ? groups : ['in', 'out', 'total'].map((name): Named => ({ name }));
  const shown = all.filter(({ name, share }) =>
    bars.some(({ parts }) => parts.some((part) => part.name === name && part.share === share)),
  );
  const heights = bars.map(({ parts }) => parts.reduce((sum, { value }) => sum + value, 0));
  const lines: ChartLine[] = shown.map((line) => ({ ...line, points: [] }));
  const highest = bars[heights.indexOf(Math.max(...heights))];
  return {
    title,
    language,
    from: Date.parse(graph.window.start),
    to: Date.parse(graph.window.end),
    timeZone: graph.timeZone,
    axis: byteAxis(heights, TICKS),
    lines,
    bars,
    breaks: [],
    limit: null,
    holds: toHolds({ ...graph, holds: graph.holds ?? [], at: graph.at ?? graph.window.end }, language),
    ...toSummary(graph, { highest, language }),
  };
}

function toSummary(
  graph: TrafficGraph,
  { highest, language }: { highest: ChartBar | undefined; language: Language },
): Pick<ChartData, 'summary'> {
  const before = beforeFirstText(graph, language);
  const parts = [
    ...(highest === undefined ? [] : [toTexts(language).text('chart.highest', { bar: highest.text })]),
    ...(before === null ? [] : [before]),
  ];
  return parts.length === 0 ? {} : { summary: parts.join(' ') };
}

/**
 * Returns as a sentence what was used before the first reading, of which no bar knows the day; by default in English. Null where there is
 * no such traffic.
 */
export function beforeFirstText(
  { beforeFirst = null, timeZone }: TrafficGraph,
  language: Language = 'en',
): string | null {
  if (beforeFirst === null) return null;
  const { until, inBytes, outBytes, totalBytes } = beforeFirst;
  const bytes = totalBytes ?? (inBytes ?? 0) + (outBytes ?? 0);
  const texts = toTexts(language);
  const at = texts.time(Date.parse(until), timeZone);
  return texts.text('chart.beforeFirst', { size: bytesText(bytes, language), at });
}

/** Whether a bar has all traffic of its time: of others there may have been more. */
export function isWholeBar({ known }: Pick<UsageGraphBar, 'known'>): boolean {
  return known >= WHOLE;
}

type Named = Pick<ChartLine, 'name' | 'share'>;

function toParts(bar: TrafficGraph['bars'][number], groups: readonly Named[]): ChartPart[] {
  const known = (value: number | null | undefined, line: Named): ChartPart[] =>
    value === null || value === undefined ? [] : [{ ...line, value }];
  const { inBytes, outBytes, totalBytes } = bar;
  if (groups.length > 0) {
    const figures = splitFigures({ ...bar, parts: bar.parts ?? [] });
    return groups.flatMap((group, index) => known(figures[index], group));
  }
  const parts = [...known(inBytes, { name: 'in' }), ...known(outBytes, { name: 'out' })];
  return parts.length === 2 || totalBytes === null ? parts : known(totalBytes, { name: 'total' });
}

function toBar(
  bar: TrafficGraph['bars'][number],
  groups: readonly Named[],
  { timeZone, language }: { timeZone: string; language: Language },
): ChartBar[] {
  const shown = toParts(bar, groups);
  if (shown.length === 0) return [];
  const texts = toTexts(language);
  const [from, to] = [Date.parse(bar.start), Date.parse(bar.end)];
  const bytes = shown.reduce((sum, { value }) => sum + value, 0);
  const figures = shown.map(({ value, ...line }) =>
    texts.text('chart.figure', {
      line: line.share === undefined ? lineText(line, language) : isolate(line.name),
      size: bytesText(value, language),
    }),
  );
  const partial = !isWholeBar(bar);
  const text = texts.text('chart.bar', {
    from: texts.time(from, timeZone),
    to: texts.time(to, timeZone),
    figures: listed(figures, language),
    rate: partial
      ? texts.text('chart.atLeast', { share: texts.percent(toPercent(bar.known, 1) ?? 0) })
      : rateText((bytes * 8000) / (to - from), language),
  });
  return [{ from, to, parts: shown, partial, text }];
}

/** Returns a rate in bits per second as `12.5 Mbit/s`; in a language, by default English. */
export function rateText(bits: number, language: Language = 'en'): string {
  const { key, size } = RATES.find((rate) => bits >= rate.size) ?? { key: 'chart.kilobits' as const, size: 1e3 };
  const texts = toTexts(language);
  return texts.text(key, { rate: texts.decimal(String(Math.round((bits / size) * 100) / 100)) });
}
