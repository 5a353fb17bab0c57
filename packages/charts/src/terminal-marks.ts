import { percentText, toTexts } from '@sluice/messages';
import type { Axis } from './axis.js';
import type { ChartData, KnownPoint } from './chart.js';

const SIGNS = {
  limit: '┄',
  threshold: '╌',
  ahead: '·',
  range: '░',
  ghost: '∙',
  hold: '▒',
  bought: '+',
  now: '^',
} as const;

/** Of shares, the largest first, and of the rest: they differ without colours too. */
const SHARES = ['█', '▒', '▚', '░', '#', '·'] as const;

/** Returns the sign of a share by its number from 1; the last one is of all further ones. */
export function shareSign(share: number): string {
  return SHARES[Math.min(share, SHARES.length) - 1] ?? '·';
}

/** Columns and lines of the plot. */
interface Size {
  width: number;
  height: number;
}

/** Returns the column of an instant. */
export function toColumn({ from, to }: Pick<ChartData, 'from' | 'to'>, at: number, width: number): number {
  return Math.min(width - 1, Math.floor(((at - from) / Math.max(1, to - from)) * width));
}

/** Returns the instant in the middle of a column. */
function toMiddle({ from, to }: Pick<ChartData, 'from' | 'to'>, column: number, width: number): number {
  return from + ((column + 0.5) / width) * (to - from);
}

/** Returns what was allowed in a column; null for no limit, and where it is unknown. */
export function limitAt(data: ChartData, column: number, width: number): number | null {
  const { limit, steps = [] } = data;
  if (limit === null || steps.length === 0) return limit;
  // The limit of the end of the column: a reading after a purchase is not over what was allowed before it.
  const end = data.from + ((column + 1) / width) * (data.to - data.from);
  return steps.findLast((step) => step.at <= end)?.value ?? null;
}

/** Returns what is drawn behind the columns, of each by its line: the nearer sign replaces the other. */
export function toBehind(data: ChartData, { width, height }: Size): Map<number, string>[] {
  const { axis, thresholds = [], projection, ghost = [] } = data;
  const row = (value: number | null): number | null => findRow(value, axis, height);
  const before = ghost.flatMap(({ at, value }) =>
    value === null ? [] : [{ column: toColumn(data, at, width), value }],
  );
  return Array.from({ length: width }, (_, column) => {
    const signs = new Map<number, string>();
    const put = (at: number | null, sign: string): void => {
      if (at !== null) signs.set(at, sign);
    };
    const limit = limitAt(data, column, width);
    if (limit !== null) {
      for (const percent of thresholds) put(row((limit * percent) / 100), SIGNS.threshold);
      put(row(limit), SIGNS.limit);
    }
    put(row(before.findLast((point) => point.column === column)?.value ?? null), SIGNS.ghost);
    const at = toMiddle(data, column, width);
    if (projection === undefined) return signs;
    const { from, to, low, high } = projection;
    const [bottom, top] = [along(from, low, at), along(from, high, at)].map(row) as [number | null, number | null];
    const until = low?.at ?? to.at;
    // Once the busy days have reached the allowance, the range ends there.
    const highest = top ?? (high !== undefined && at > high.at && at <= until ? row(high.value) : null);
    if (bottom !== null && highest !== null) {
      for (let line = bottom; line <= highest; line++) if (signs.get(line) !== SIGNS.limit) put(line, SIGNS.range);
    }
    put(row(along(from, to, at)), SIGNS.ahead);
    return signs;
  });
}

/** Returns the figure of a straight line at an instant; null outside it. */
function along(from: KnownPoint, to: KnownPoint | undefined, at: number): number | null {
  if (to === undefined || at <= from.at || at > to.at) return null;
  return from.value + ((to.value - from.value) * (at - from.at)) / (to.at - from.at);
}

function findRow(value: number | null, { min, max }: Axis, height: number): number | null {
  if (value === null || value < min || value > max) return null;
  return Math.min(height - 1, Math.floor(((value - min) / (max - min)) * height));
}

/** Returns what happened, a sign in each column; an empty text for nothing. */
export function eventsRow(data: ChartData, width: number): string {
  const { holds = [], purchases = [], now, from, to } = data;
  const signs = Array.from({ length: width }, () => ' ');
  for (const hold of holds) {
    if (hold.to <= from || hold.from >= to) continue;
    const [begin, end] = [Math.max(from, hold.from), Math.min(to, hold.to)].map((at) => toColumn(data, at, width));
    signs.fill(SIGNS.hold, begin, (end ?? 0) + 1);
  }
  if (now !== undefined) signs[toColumn(data, now, width)] = SIGNS.now;
  for (const { at } of purchases) if (at >= from && at <= to) signs[toColumn(data, at, width)] = SIGNS.bought;
  return signs.join('').trimEnd();
}

/** Returns what the signs of a chart mean, in lines of at most `width` columns. */
export function signs(data: ChartData, events: string, width: number): string[] {
  const { language = 'en', limit, thresholds = [], projection, ghost = [] } = data;
  const texts = toTexts(language);
  const percents = thresholds.map((percent) => percentText(percent, language)).join(', ');
  const meanings: [sign: string, meaning: string][] = [
    ...(limit === null ? [] : [[SIGNS.limit, texts.text('chart.allowed')] as [string, string]]),
    ...(limit === null || percents === '' ? [] : [[SIGNS.threshold, percents] as [string, string]]),
    ...(projection === undefined ? [] : [[SIGNS.ahead, texts.text('chart.atThisRate')] as [string, string]]),
    ...(ghost.length === 0 ? [] : [[SIGNS.ghost, texts.text('chart.lastCycle')] as [string, string]]),
    ...(events.includes(SIGNS.hold) ? [[SIGNS.hold, texts.text('chart.restricted')] as [string, string]] : []),
    ...(events.includes(SIGNS.bought) ? [[SIGNS.bought, texts.text('chart.boughtMark')] as [string, string]] : []),
    ...(events.includes(SIGNS.now) ? [[SIGNS.now, texts.text('chart.now')] as [string, string]] : []),
  ];
  const lines: string[] = [];
  for (const part of meanings.map(([sign, meaning]) => `${sign} ${meaning}`)) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 2 + part.length <= width) lines[lines.length - 1] = `${line}  ${part}`;
    else lines.push(part);
  }
  return lines;
}
