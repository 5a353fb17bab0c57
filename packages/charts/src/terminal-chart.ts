import type { ChartBar, ChartData, ChartLine, ChartPoint } from './chart.js';
import { toColumn, eventsRow, limitAt, shareSign, signs, toBehind } from './terminal-marks.js';
import { timeTicks } from './time.js';

/** Size of a chart in a terminal, and how its columns are coloured. */
export interface ChartStyle {
  /** Columns of the terminal. */
  width: number;
  /** Lines of the chart without its axis. */
  height: number;
  paint: (text: string, overLimit: boolean) => string;
  /** How the shares of bars are coloured, by their numbers; default as all else. */
  paintShare?: (text: string, share: number) => string;
  dim: (text: string) => string;
}

const BLOCKS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/** Columns that a mark of the time axis needs. */
const TICK_WIDTH = 10;
const MIN_PLOT = 10;

/**
 * Draws one line of the data, or its bars, as filled columns with both axes, at most `style.width` wide; behind them the allowance with its
 * thresholds, the projection with its range, and the cycle before; below them what happened, and what the signs mean.
 */
export function areaChart(data: ChartData, line: ChartLine, style: ChartStyle): string[] {
  const { axis } = data;
  const { height } = style;
  const labels = axis.ticks.map(({ label }) => `${label} ${axis.unit}`.trimEnd());
  const margin = Math.max(...labels.map((label) => label.length)) + 1;
  const width = Math.max(MIN_PLOT, style.width - margin - 1);
  const bars = barColumns(data, width);
  const columns = data.bars === undefined ? toColumns(data, line.points, width) : bars.map(toHeight);
  const behind = toBehind(data, { width, height });
  const span = axis.max - axis.min;
  const rows: string[] = [];
  for (let row = height - 1; row >= 0; row--) {
    const tick = axis.ticks.findIndex(({ value }) => Math.round(((value - axis.min) / span) * height) === row + 1);
    const label = tick > 0 ? (labels[tick] ?? '') : '';
    const cells = columns.map((value, column): Cell => {
      const middle = axis.min + ((row + 0.5) / height) * span;
      const share = shareCell(bars[column] ?? null, middle);
      if (share !== null) return share;
      const text = cell(value === null ? null : ((value - axis.min) / span) * height, row);
      if (text === ' ') return { text: behind[column]?.get(row) ?? ' ', kind: 'behind' };
      const limit = limitAt(data, column, width);
      return { text, kind: limit !== null && value !== null && value >= limit ? 'over' : 'under' };
    });
    rows.push(`${style.dim(`${label.padStart(margin - 1)} ${label === '' ? '│' : '┤'}`)}${painted(cells, style)}`);
  }
  const marks = timeTicks(data, Math.max(2, Math.floor(width / TICK_WIDTH)));
  const placed = marks.map(({ at, label }) => ({ column: toColumn(data, at, width), label }));
  const ruler = Array.from({ length: width }, (_, column) =>
    placed.some((mark) => mark.column === column) ? '┬' : '─',
  );
  rows.push(style.dim(`${(labels[0] ?? '').padStart(margin - 1)} └${ruler.join('')}`));
  const edge = ' '.repeat(margin + 1);
  const events = eventsRow(data, width);
  if (events !== '') rows.push(`${edge}${events}`);
  rows.push(style.dim(`${edge}${captions(placed, width)}`.trimEnd()));
  rows.push(...signs(data, events, style.width).map((text) => style.dim(text)));
  return rows.map((text) => text.trimEnd());
}

/** Returns the figure of each column: the last one before its end, up to the next break and to the last point. */
function toColumns(
  data: Pick<ChartData, 'from' | 'to' | 'breaks'>,
  points: readonly ChartPoint[],
  width: number,
): (number | null)[] {
  const step = (data.to - data.from) / width;
  let next = 0;
  let current: ChartPoint | null = null;
  const last = points.at(-1)?.at ?? -Infinity;
  return Array.from({ length: width }, (_, column) => {
    const begin = data.from + column * step;
    // Rounding must not move the end of the last column.
    const end = column === width - 1 ? data.to : begin + step;
    for (let point = points[next]; point && point.at <= end; point = points[++next]) current = point;
    if (current === null || begin > last) return null;
    const { at, value } = current;
    return data.breaks.some((point) => at < point && point <= begin) ? null : value;
  });
}

/** Returns of each column the bar at its middle; null where there is none. */
function barColumns({ bars = [], from, to }: ChartData, width: number): (ChartBar | null)[] {
  return Array.from({ length: width }, (_, column) => {
    const at = from + ((column + 0.5) / width) * (to - from);
    return bars.find((each) => each.from <= at && at < each.to) ?? null;
  });
}

function toHeight(bar: ChartBar | null): number | null {
  return bar === null ? null : bar.parts.reduce((sum, { value }) => sum + value, 0);
}

interface Cell {
  text: string;
  /** The number of a share, or of what else it is. */
  kind: 'over' | 'under' | 'behind' | number;
}

/** Returns the cell of the share that has a value inside a bar; null above it, and for other bars. */
function shareCell(bar: ChartBar | null, value: number): Cell | null {
  let top = 0;
  for (const part of bar?.parts ?? []) {
    top += part.value;
    if (top > value && part.share !== undefined) return { text: shareSign(part.share), kind: part.share };
  }
  return null;
}

function cell(level: number | null, row: number): string {
  if (level === null) return ' ';
  const eighths = Math.round((level - row) * 8);
  // A known figure is visible, however small.
  if (row === 0 && eighths <= 0) return BLOCKS[1] ?? '';
  return BLOCKS[Math.max(0, Math.min(8, eighths))] ?? '';
}

function painted(cells: readonly Cell[], style: ChartStyle): string {
  let text = '';
  for (let begin = 0; begin < cells.length;) {
    const kind = cells[begin]?.kind;
    let end = begin;
    while (end < cells.length && cells[end]?.kind === kind) end++;
    const part = cells.slice(begin, end).map((each) => each.text);
    const run = part.join('');
    if (kind === 'behind') text += run.trim() === '' ? run : style.dim(run);
    else if (typeof kind === 'number') text += style.paintShare?.(run, kind) ?? style.paint(run, false);
    else text += style.paint(run, kind === 'over');
    begin = end;
  }
  return text;
}

function captions(placed: { column: number; label: string }[], width: number): string {
  let text = '';
  for (const { column, label } of placed) {
    const begin = Math.max(0, Math.min(column - Math.floor(label.length / 2), width - label.length));
    if (text !== '' && begin <= text.length) continue;
    text = text.padEnd(begin) + label;
  }
  return text;
}
