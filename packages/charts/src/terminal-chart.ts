import type { Axis } from './axis.js';
import type { ChartData, ChartLine, ChartPoint } from './chart.js';
import { timeTicks } from './time.js';

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
const AHEAD = '·';
const BLOCKS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/** Columns that a mark of the time axis needs. */
const TICK_WIDTH = 10;
const MIN_PLOT = 10;

/** Draws one line of the data, or its bars, as filled columns with both axes, at most `style.width` wide; a projection as dots. */
export function areaChart(data: ChartData, line: ChartLine, style: ChartStyle): string[] {
  const { axis, limit } = data;
  const { height } = style;
  const labels = axis.ticks.map(({ label }) => `${label} ${axis.unit}`.trimEnd());
  const margin = Math.max(...labels.map((label) => label.length)) + 1;
  const width = Math.max(MIN_PLOT, style.width - margin - 1);
  const columns = data.bars === undefined ? toColumns(data, line, width) : barColumns(data, width);
  const ahead = aheadColumns(data, width);
  const span = axis.max - axis.min;
  const limitRow = findRow(limit, axis, height);
  const rows: string[] = [];
  for (let row = height - 1; row >= 0; row--) {
    const tick = axis.ticks.findIndex(({ value }) => Math.round(((value - axis.min) / span) * height) === row + 1);
    const label = tick > 0 ? (labels[tick] ?? '') : '';
    const cells = columns.map((value, column) => ({
      text: cell(value === null ? null : ((value - axis.min) / span) * height, row),
      over: limit !== null && value !== null && value >= limit,
      ahead: value === null && findRow(ahead[column] ?? null, axis, height) === row,
    }));
    const blank = limitRow === row ? LIMIT : ' ';
    rows.push(
      `${style.dim(`${label.padStart(margin - 1)} ${label === '' ? '│' : '┤'}`)}${painted(cells, blank, style)}`,
    );
  }
  const marks = timeTicks(data, Math.max(2, Math.floor(width / TICK_WIDTH)));
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

/** Returns of each column the height of the bar at its middle; null where there is none. */
function barColumns({ bars = [], from, to }: ChartData, width: number): (number | null)[] {
  return Array.from({ length: width }, (_, column) => {
    const at = from + ((column + 0.5) / width) * (to - from);
    const bar = bars.find((each) => each.from <= at && at < each.to);
    return bar === undefined ? null : bar.parts.reduce((sum, { value }) => sum + value, 0);
  });
}

/** Returns the projected figure of each column; null outside the projection. */
function aheadColumns({ from, to, projection }: ChartData, width: number): (number | null)[] {
  if (projection === undefined) return [];
  const { from: begin, to: end } = projection;
  return Array.from({ length: width }, (_, column) => {
    const at = from + ((column + 0.5) / width) * (to - from);
    if (at <= begin.at || at > end.at) return null;
    return begin.value + ((end.value - begin.value) * (at - begin.at)) / (end.at - begin.at);
  });
}

function findRow(value: number | null, { min, max }: Axis, height: number): number | null {
  return value === null ? null : Math.min(height - 1, Math.floor(((value - min) / (max - min)) * height));
}

interface Cell {
  text: string;
  over: boolean;
  ahead: boolean;
}

function cell(level: number | null, row: number): string {
  if (level === null) return ' ';
  const eighths = Math.round((level - row) * 8);
  // A known figure is visible, however small.
  if (row === 0 && eighths <= 0) return BLOCKS[1] ?? '';
  return BLOCKS[Math.max(0, Math.min(8, eighths))] ?? '';
}

function painted(cells: Cell[], blank: string, style: ChartStyle): string {
  const colour = (cell: Cell | undefined): string => {
    if (cell === undefined) return '';
    if (cell.text === ' ') return cell.ahead ? 'ahead' : 'blank';
    return cell.over ? 'over' : 'under';
  };
  let text = '';
  for (let begin = 0; begin < cells.length;) {
    const kind = colour(cells[begin]);
    let end = begin;
    while (end < cells.length && colour(cells[end]) === kind) end++;
    const part = cells.slice(begin, end).map((each) => each.text);
    if (kind === 'ahead') text += style.dim(AHEAD.repeat(part.length));
    else if (kind !== 'blank') text += style.paint(part.join(''), kind === 'over');
    else text += blank === ' ' ? part.join('') : style.dim(blank.repeat(part.length));
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
