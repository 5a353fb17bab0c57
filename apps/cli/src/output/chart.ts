import type { Axis } from './chart-axis.js';
import { timeTicks } from './chart-time.js';

/** A figure at an instant (milliseconds); null where it is unknown. */
export interface ChartPoint {
  at: number;
  value: number | null;
}

/** One line of a chart. */
export interface ChartLine {
  name: string;
  /** Oldest first. */
  points: ChartPoint[];
}

/** What a chart shows. */
export interface ChartData {
  title: string;
  from: number;
  to: number;
  timeZone: string;
  axis: Axis;
  lines: ChartLine[];
  /** Instants at which the figures start over; no line is drawn across them. */
  breaks: number[];
  /** The allowed figure, drawn as a line; null for none. */
  limit: number | null;
  /** What the chart can't show. */
  note?: string;
}

/** Size of a chart in a terminal, and how its columns are coloured. */
export interface ChartStyle {
  /** Columns of the terminal. */
  width: number;
  /** Lines of the chart without its axis. */
  height: number;
  paint: (text: string, overLimit: boolean) => string;
  dim: (text: string) => string;
}

const LIMIT = '┄';
const BLOCKS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/** Columns that a mark of the time axis needs. */
const TICK_WIDTH = 10;
const MIN_PLOT = 10;

/** Draws one line of the data as filled columns with both axes, at most `style.width` wide. */
export function areaChart(data: ChartData, line: ChartLine, style: ChartStyle): string[] {
  const { axis, limit } = data;
  const { height } = style;
  const labels = axis.ticks.map(({ label }) => `${label} ${axis.unit}`.trimEnd());
  const margin = Math.max(...labels.map((label) => label.length)) + 1;
  const width = Math.max(MIN_PLOT, style.width - margin - 1);
  const columns = toColumns(data, line, width);
  const span = axis.max - axis.min;
  const limitRow = limit === null ? null : Math.min(height - 1, Math.floor(((limit - axis.min) / span) * height));
  const rows: string[] = [];
  for (let row = height - 1; row >= 0; row--) {
    const tick = axis.ticks.findIndex(({ value }) => Math.round(((value - axis.min) / span) * height) === row + 1);
    const label = tick > 0 ? (labels[tick] ?? '') : '';
    const cells = columns.map((value) => ({
      text: cell(value === null ? null : ((value - axis.min) / span) * height, row),
      over: limit !== null && value !== null && value >= limit,
    }));
    const blank = limitRow === row ? LIMIT : ' ';
    rows.push(
      `${style.dim(`${label.padStart(margin - 1)} ${label === '' ? '│' : '┤'}`)}${painted(cells, blank, style)}`,
    );
  }
  const marks = timeTicks(data.from, data.to, data.timeZone, Math.max(2, Math.floor(width / TICK_WIDTH)));
  const placed = marks.map(({ at, label }) => ({
    column: Math.min(width - 1, Math.floor(((at - data.from) / Math.max(1, data.to - data.from)) * width)),
    label,
  }));
  const ruler = Array.from({ length: width }, (_, column) =>
    placed.some((mark) => mark.column === column) ? '┬' : '─',
  );
  rows.push(style.dim(`${(labels[0] ?? '').padStart(margin - 1)} └${ruler.join('')}`));
  rows.push(style.dim(`${' '.repeat(margin + 1)}${captions(placed, width)}`.trimEnd()));
  return rows.map((text) => text.trimEnd());
}

/** Returns the figure of each column: the last one before its end, up to the next break and to the last point. */
function toColumns(data: ChartData, line: ChartLine, width: number): (number | null)[] {
  const step = (data.to - data.from) / width;
  let next = 0;
  let current: ChartPoint | null = null;
  const last = line.points.at(-1)?.at ?? -Infinity;
  return Array.from({ length: width }, (_, column) => {
    const begin = data.from + column * step;
    // Rounding must not move the end of the last column.
    const end = column === width - 1 ? data.to : begin + step;
    for (let point = line.points[next]; point && point.at <= end; point = line.points[++next]) current = point;
    if (current === null || begin > last) return null;
    const { at, value } = current;
    return data.breaks.some((point) => at < point && point <= begin) ? null : value;
  });
}

function cell(level: number | null, row: number): string {
  if (level === null) return ' ';
  const eighths = Math.round((level - row) * 8);
  // A known figure is visible, however small.
  if (row === 0 && eighths <= 0) return BLOCKS[1] ?? '';
  return BLOCKS[Math.max(0, Math.min(8, eighths))] ?? '';
}

function painted(cells: { text: string; over: boolean }[], blank: string, style: ChartStyle): string {
  const colour = (cell: { text: string; over: boolean } | undefined): string =>
    cell === undefined ? '' : cell.text === ' ' ? 'blank' : cell.over ? 'over' : 'under';
  let text = '';
  for (let begin = 0; begin < cells.length;) {
    const kind = colour(cells[begin]);
    let end = begin;
    while (end < cells.length && colour(cells[end]) === kind) end++;
    const part = cells.slice(begin, end).map((each) => each.text);
    if (kind !== 'blank') text += style.paint(part.join(''), kind === 'over');
    else text += blank === ' ' ? part.join('') : style.dim(blank.repeat(part.length));
    begin = end;
  }
  return text;
}

function captions(placed: { column: number; label: string }[], width: number): string {
  let text = '';
  for (const { column, label } of placed) {
    const begin = Math.max(0, Math.min(column - Math.floor(label.length / 2), width - label.length));
    if (begin > 0 && begin < text.length + 1) continue;
    if (begin < text.length) continue;
    text = text.padEnd(begin) + label;
  }
  return text;
}
