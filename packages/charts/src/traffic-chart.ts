import { byteAxis, bytesText } from './axis.js';
import type { ChartBar, ChartData, ChartLine } from './chart.js';
import { shortTime } from '@sluice/messages/time';
import type { UsageGraph, UsageGraphBar } from './usage-chart.js';

const TICKS = 5;
/** Less than this of its time may be missing of a bar that counts as known. */
const WHOLE = 0.99;

const RATES = [
  { unit: 'Gbit/s', size: 1e9 },
  { unit: 'Mbit/s', size: 1e6 },
];

/** What a bar is of, in words. */
const STEP_WORDS = { hour: 'each hour', quarter: 'each 6 hours', day: 'each day' } as const;

/** Returns what the bars of a graph are of: `Traffic in each hour`. */
export function trafficTitle({ step }: Pick<UsageGraph, 'step'>): string {
  return `Traffic in ${STEP_WORDS[step]}`;
}

/**
 * Returns the chart of the traffic in each part of a graph's window, as bars of in and out, or of the total where only that is known. Each
 * bar says its time, its bytes and its mean rate. No bar stands for a time of which nothing is known.
 */
export function trafficChart(graph: UsageGraph, { title }: { title: string }): ChartData {
  const bars = graph.bars.flatMap((bar) => toBar(bar, graph.timeZone));
  const names = ['in', 'out', 'total'].filter((name) =>
    bars.some(({ parts }) => parts.some((part) => part.name === name)),
  );
  const heights = bars.map(({ parts }) => parts.reduce((sum, { value }) => sum + value, 0));
  const lines: ChartLine[] = names.map((name) => ({ name, points: [] }));
  const highest = bars[heights.indexOf(Math.max(...heights))];
  return {
    title,
    from: Date.parse(graph.window.start),
    to: Date.parse(graph.window.end),
    timeZone: graph.timeZone,
    axis: byteAxis(heights, TICKS),
    lines,
    bars,
    breaks: [],
    limit: null,
    ...(highest === undefined ? {} : { summary: `Highest: ${highest.text}.` }),
  };
}

function toBar({ start, end, inBytes, outBytes, totalBytes, known }: UsageGraphBar, timeZone: string): ChartBar[] {
  const parts = [
    { name: 'in', value: inBytes },
    { name: 'out', value: outBytes },
  ].filter((part): part is { name: string; value: number } => part.value !== null);
  const isWhole = parts.length === 2 || totalBytes === null;
  const shown = isWhole ? parts : [{ name: 'total', value: totalBytes }];
  if (shown.length === 0) return [];
  const [from, to] = [Date.parse(start), Date.parse(end)];
  const bytes = shown.reduce((sum, { value }) => sum + value, 0);
  const each = shown.map(({ name, value }) => `${name} ${bytesText(value)}`).join(', ');
  const when = `${shortTime(from, timeZone)} to ${shortTime(to, timeZone)}`;
  const partial = known < WHOLE;
  const rate = partial ? `at least; ${Math.round(known * 100)} % of the time is known` : rateText(bytes, to - from);
  return [{ from, to, parts: shown, partial, text: `${when}: ${each} (${rate})` }];
}

/** Returns a mean rate as `12.5 Mbit/s`. */
function rateText(bytes: number, ms: number): string {
  const bits = (bytes * 8000) / ms;
  const { unit, size } = RATES.find((rate) => bits >= rate.size) ?? { unit: 'kbit/s', size: 1e3 };
  return `${String(Math.round((bits / size) * 100) / 100)} ${unit}`;
}
