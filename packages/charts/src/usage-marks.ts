import { type Language, toTexts } from '@sluice/messages';
import { bytesText } from './axis.js';
import type { ChartAhead, ChartData, ChartEvent, ChartPoint, ChartSpan } from './chart.js';
import { lineText, listed } from './chart-words.js';
import type { UsageGraph, UsageGraphPoint } from './usage-graph.js';

const DAY = 86_400_000;
/** Readings of a chart that say their figures: as many as a person reaches by the keyboard without effort. */
const POINTS = 8;

/** The names of the lines, and their figures. */
export const KEYS = { in: 'inBytes', out: 'outBytes', total: 'totalBytes' } as const;

/** Returns the name of the direction that counts. */
export function countedName({ mode }: Pick<UsageGraph, 'mode'>): 'in' | 'out' | 'total' {
  return ({ IN: 'in', OUT: 'out', TOTAL: 'total' } as const)[mode];
}

/** Returns where the counted direction goes until an instant at the latest, with its range; null where nothing is to be drawn. */
export function toAhead({ projection, allowedBytes }: UsageGraph, until: number): ChartAhead | null {
  const { readAt = null, usedBytes = null, perDayBytes = null, lowPerDayBytes, highPerDayBytes } = projection ?? {};
  if (projection === null || readAt === null || usedBytes === null || perDayBytes === null) return null;
  const from = { at: Date.parse(readAt), value: usedBytes };
  if (until <= from.at) return null;
  const end = (perDay: number, reached: string | null): ChartAhead['to'] => {
    const at = reached === null ? until : Math.min(until, Math.max(from.at + 1, Date.parse(reached)));
    // Instants are of whole milliseconds: a line neither passes nor misses the allowance for that.
    if (reached !== null && allowedBytes !== null) return { at, value: allowedBytes };
    const value = from.value + (perDay * (at - from.at)) / DAY;
    return { at, value: allowedBytes === null ? value : Math.min(value, allowedBytes) };
  };
  return {
    from,
    to: end(perDayBytes, projection.at),
    ...(lowPerDayBytes == null || lowPerDayBytes === highPerDayBytes
      ? {}
      : { low: end(lowPerDayBytes, projection.latest) }),
    ...(highPerDayBytes == null || lowPerDayBytes === highPerDayBytes
      ? {}
      : { high: end(highPerDayBytes, projection.earliest) }),
  };
}

/**
 * Returns the counted figure of the cycle before, each at the same share of this one, since cycles differ in length; empty where nothing of
 * it is known.
 */
export function toGhost(graph: UsageGraph): ChartPoint[] {
  const { lastCycle, cycleEnd, window } = graph;
  if (lastCycle === null || cycleEnd === null) return [];
  const [start, end] = [Date.parse(lastCycle.start), Date.parse(lastCycle.end)];
  const from = Date.parse(window.start);
  const scale = (Date.parse(cycleEnd) - from) / Math.max(1, end - start);
  const key = KEYS[countedName(graph)];
  const points = lastCycle.series.map((point) => ({
    at: Math.round(from + (Date.parse(point.at) - start) * scale),
    value: point[key],
  }));
  return points.some(({ value }) => value !== null) ? points : [];
}

/** Returns the times in which a service was restricted, oldest first; those that overlap are one. */
export function toHolds(
  { holds, window, at: now, timeZone }: Pick<UsageGraph, 'holds' | 'window' | 'at' | 'timeZone'>,
  language: Language,
): ChartSpan[] {
  const texts = toTexts(language);
  const spans: { from: number; to: number; isOpen: boolean }[] = [];
  for (const { since, until } of [...holds].sort((a, b) => (a.since < b.since ? -1 : 1))) {
    const from = Date.parse(since);
    const to = Date.parse(until ?? now);
    const before = spans.at(-1);
    if (before === undefined || from > before.to) spans.push({ from, to, isOpen: until === null });
    else Object.assign(before, { to: Math.max(before.to, to), isOpen: before.isOpen || until === null });
  }
  return spans.map(({ from, to, isOpen }) => {
    const [since, until] = [from, to].map((each) => texts.time(each, timeZone)) as [string, string];
    const period = texts.text('period.range', { from: since, to: until });
    const text = isOpen
      ? texts.text('chart.restrictedSince', { from: since })
      : texts.text('chart.restrictedFor', { period });
    return { from: Math.max(from, Date.parse(window.start)), to, text };
  });
}

/** Returns what was bought, oldest first. */
export function toPurchases({ purchases, timeZone }: UsageGraph, language: Language): ChartEvent[] {
  const texts = toTexts(language);
  return purchases.map(({ at, bytes }) => {
    const time = Date.parse(at);
    const what = texts.text('chart.bought', { size: bytesText(bytes, language) });
    return { at: time, what, text: texts.text('chart.reading', { at: texts.time(time, timeZone), figures: what }) };
  });
}

/** Returns some readings in words, evenly spread over those in which the counted figure is known; the last one always. */
export function toPoints(graph: UsageGraph, language: Language): NonNullable<ChartData['points']> {
  const counted = KEYS[countedName(graph)];
  const known = graph.series.filter((point) => point[counted] !== null);
  const step = Math.max(1, (known.length - 1) / (POINTS - 1));
  const chosen = new Set<UsageGraphPoint>();
  for (let place = known.length - 1; place > -1; place -= step) {
    const point = known[Math.round(place)];
    if (point !== undefined) chosen.add(point);
  }
  const texts = toTexts(language);
  return [...chosen].toReversed().map((point) => {
    const at = Date.parse(point.at);
    const what = figuresText(point, language);
    const text = texts.text('chart.reading', { at: texts.time(at, graph.timeZone), figures: what });
    return { at, value: point[counted] ?? 0, what, text };
  });
}

/** Returns the known figures of a reading: `in 1 GB, out 2 GB, total 3 GB`. */
export function figuresText(point: UsageGraphPoint, language: Language): string {
  const texts = toTexts(language);
  const known = (['in', 'out', 'total'] as const).flatMap((name) => {
    const value = point[KEYS[name]];
    if (value === null) return [];
    return [texts.text('chart.figure', { line: lineText({ name }, language), size: bytesText(value, language) })];
  });
  return listed(known, language);
}
