import { type ChartData, type ChartLine, UNKNOWN_UNIT } from './chart.js';
import { coordinate, escapeXml, shortened, svgText } from './svg-text.js';
import { chartStyles, type Theme } from './svg-styles.js';
import { thinnedSegments } from './thin.js';
import { shortTime } from './short-time.js';
import { timeTicks } from './time.js';

/** Pixels of a column: points that are closer can't be distinguished. */
const COLUMN = 2;
/** Pixels that a mark of the time axis needs. */
const TICK_WIDTH = 80;
/** Pixels of the shortest line that is drawn as one: a shorter one would not be seen. */
const SHORTEST = 3;
const NAME_LENGTH = 32;
const TITLE_LENGTH = 300;

/** Size and place of a chart in a page. */
export interface SvgOptions {
  /** Pixels; default 960. */
  width?: number;
  /** Pixels; default 420. */
  height?: number;
  /** Prefix of the ids in the drawing; letters, digits and hyphens, another one for each chart of a page. Default `chart`. */
  id?: string;
  /** Whether the title is drawn; it is always there for screen readers. Default true. */
  heading?: boolean;
}

/**
 * Draws a chart as an `<svg>` element for a page, with title, axes, units and legend. It has classes and no inline style:
 * the page includes `chartStyles()`.
 */
export function svgChart(data: ChartData, options: SvgOptions = {}): string {
  return drawing(data, options, 'chart');
}

/** Draws a chart for a page twice, of which the style sheet shows one: for wide screens, and 360 pixels wide. */
export function responsiveChart(data: ChartData, options: Pick<SvgOptions, 'id' | 'heading'> = {}): string {
  const { id = 'chart', heading = false } = options;
  return [
    drawing(data, { width: 760, height: 300, id: `${id}-wide`, heading }, 'chart chart-wide'),
    drawing(data, { width: 360, height: 260, id: `${id}-narrow`, heading }, 'chart chart-narrow'),
  ].join('\n');
}

/** Draws a chart as a stand-alone SVG document with its style sheet. */
export function svgDocument(data: ChartData, options: SvgOptions & { theme?: Theme } = {}): string {
  const style = `<style>${chartStyles(options.theme)}</style>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${drawing(data, options, 'chart', style)}\n`;
}

/** Coordinates of a drawing. */
interface Plot {
  left: number;
  top: number;
  right: number;
  bottom: number;
  x: (at: number) => number;
  y: (value: number) => number;
}

function drawing(data: ChartData, options: SvgOptions, classes: string, style = ''): string {
  const { width = 960, height = 420, id = 'chart', heading = true } = options;
  const plot = layout(data, { width, height, heading });
  const { left, top, right, bottom } = plot;
  const period = `${shortTime(data.from, data.timeZone)} to ${shortTime(data.to, data.timeZone)}`;
  const zone = `${period} (${data.timeZone})`;
  const middle = coordinate((top + bottom) / 2);
  const prefix = escapeXml(id);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="${classes}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${prefix}-title ${prefix}-text" direction="ltr">`,
    `<title id="${prefix}-title">${escapeXml(shortened(data.title, TITLE_LENGTH))}</title>`,
    `<desc id="${prefix}-text">${escapeXml(describe(data, period))}</desc>`,
    ...(style === '' ? [] : [style, `<rect class="chart-back" width="${width}" height="${height}"/>`]),
    ...(heading ? [svgText(left, 26, shortened(data.title, Math.floor((right - left) / 9)), 'chart-title')] : []),
    ...legend(data, left, top - 19),
    ...data.axis.ticks.flatMap(({ value, label }) => [
      `<path class="chart-grid" d="M${left} ${plot.y(value)}H${right}"/>`,
      svgText(left - 8, plot.y(value) + 4, label, 'chart-end'),
    ]),
    ...timeMarks(data, plot),
    `<path class="chart-axis" d="M${left} ${top}V${bottom}H${right}"/>`,
    `<g transform="translate(16 ${middle}) rotate(-90)">${svgText(0, 0, shortened(data.axis.unit, NAME_LENGTH), 'chart-middle')}</g>`,
    svgText(
      coordinate((left + right) / 2),
      height - 12,
      zone.length * 7 > right - left ? period : zone,
      'chart-middle',
    ),
    ...data.breaks
      .filter((at) => at > data.from && at < data.to)
      .slice(-COLUMN * 100)
      .map((at) => `<path class="chart-break" d="M${plot.x(at)} ${top}V${bottom}"/>`),
    ...data.lines.flatMap((line, index) => drawnLine(data, line, toSlot(line, index), plot)),
    ...drawnBars(data, plot),
    ...projection(data, plot),
    ...limitLine(data, plot),
    '</svg>',
  ].join('\n');
}

function layout(data: ChartData, size: { width: number; height: number; heading: boolean }): Plot {
  const labels = Math.max(0, ...data.axis.ticks.map(({ label }) => label.length));
  const left = Math.max(size.width < 500 ? 44 : 84, 36 + 7 * labels);
  const top = size.heading ? 64 : 36;
  const right = size.width - (size.width < 500 ? 12 : 24);
  const bottom = size.height - 60;
  const span = Math.max(1, data.to - data.from);
  const { min, max } = data.axis;
  return {
    left,
    top,
    right,
    bottom,
    x: (at) => coordinate(left + ((at - data.from) / span) * (right - left)),
    y: (value) => coordinate(bottom - ((value - min) / (max - min)) * (bottom - top)),
  };
}

function describe({ lines, axis, summary }: ChartData, period: string): string {
  const names = lines.map(({ name }) => shortened(name, NAME_LENGTH)).join(', ');
  const about = `${names}${axis.unit === UNKNOWN_UNIT ? ', ' : ' in '}${axis.unit}, ${period}`;
  return summary === undefined ? about : `${about}. ${summary}`;
}

function timeMarks({ from, to, timeZone }: ChartData, { left, right, bottom, x }: Plot): string[] {
  const count = Math.max(2, Math.floor((right - left) / TICK_WIDTH));
  return timeTicks(from, to, timeZone, count).flatMap(({ at, label }) => [
    `<path class="chart-axis" d="M${x(at)} ${bottom}v5"/>`,
    // A label at the end must not be cut off.
    svgText(Math.min(x(at), right - label.length * 2), bottom + 20, label, 'chart-middle'),
  ]);
}

/** Returns the number of a line's style, from 1: by its name, or by its place. */
function toSlot({ name }: ChartLine, index: number): number {
  const known = ['in', 'out', 'total'].indexOf(name);
  return known >= 0 ? known + 1 : (index % 4) + 1;
}

function drawnLine(data: ChartData, line: ChartLine, slot: number, plot: Plot): string[] {
  const { x, y, left, right } = plot;
  const columns = { from: data.from, to: data.to, count: Math.ceil((right - left) / COLUMN) };
  const base = y(Math.max(0, data.axis.min));
  return thinnedSegments(line.points, data.breaks, columns).flatMap((points) => {
    const [first] = points;
    const last = points.at(-1);
    if (first === undefined || last === undefined) return [];
    const dot = `<circle class="chart-dot chart-${slot}" cx="${x(last.at)}" cy="${y(last.value)}" r="3"/>`;
    if (x(last.at) - x(first.at) < SHORTEST) return [dot];
    const path = `M${withoutStraight(points.map(({ at, value }) => [x(at), y(value)]))
      .map((point) => point.join(' '))
      .join('L')}`;
    const drawn = `<path class="chart-line chart-${slot}" d="${path}"/>`;
    if (line.name !== 'total' && data.lines.length > 1) return [drawn];
    return [`<path class="chart-area chart-${slot}" d="${path}V${base}H${x(first.at)}Z"/>`, drawn];
  });
}

/** Leaves out points that are on a level line between their neighbours. */
function withoutStraight(points: [x: number, y: number][]): [x: number, y: number][] {
  return points.filter(([x, y], index) => {
    const before = points[index - 1];
    const after = points[index + 1];
    if (before === undefined || after === undefined) return true;
    return !(y === before[1] && y === after[1]) && !(x === before[0] && y === before[1]);
  });
}

function projection({ projection: ahead, lines }: ChartData, { x, y }: Plot): string[] {
  if (ahead === undefined) return [];
  const { from, to } = ahead;
  const counted = lines.findIndex(({ points }) =>
    points.some(({ at, value }) => at === from.at && value === from.value),
  );
  const line = lines[counted];
  const slot = line === undefined ? 3 : toSlot(line, counted);
  return [`<path class="chart-ahead chart-${slot}" d="M${x(from.at)} ${y(from.value)}L${x(to.at)} ${y(to.value)}"/>`];
}

function limitLine({ limit, axis, note }: ChartData, { left, right, top, y }: Plot): string[] {
  if (note !== undefined) return [svgText(right - 4, top + 14, shortened(note, 60), 'chart-note chart-end')];
  if (limit === null || limit < axis.min || limit > axis.max) return [];
  return [
    `<path class="chart-limit" d="M${left} ${y(limit)}H${right}"/>`,
    svgText(right - 4, y(limit) - 5, 'allowed', 'chart-note chart-end'),
  ];
}

/** Draws bars from the axis upwards, part on part; each has its text as a title. */
function drawnBars({ bars = [], axis }: ChartData, { x, y, right }: Plot): string[] {
  return bars.map(({ from, to, parts, text, partial }) => {
    const left = x(from);
    const gap = Math.min(2, (x(to) - left) * 0.2);
    const width = coordinate(Math.max(1, Math.min(x(to), right) - left - gap));
    let base = Math.max(0, axis.min);
    const drawn = parts.map(({ name, value }, index) => {
      const top = y(base + value);
      const height = coordinate(y(base) - top);
      base += value;
      const slot = toSlot({ name, points: [] }, index);
      return `<rect class="chart-bar chart-${slot}" x="${left}" y="${top}" width="${width}" height="${height}"/>`;
    });
    const kind = partial ? 'chart-bars chart-partial' : 'chart-bars';
    return `<g class="${kind}"><title>${escapeXml(shortened(text, TITLE_LENGTH))}</title>${drawn.join('')}</g>`;
  });
}

function legend({ lines, bars }: ChartData, left: number, y: number): string[] {
  let at = left;
  return lines.flatMap((line, index) => {
    const name = shortened(line.name, NAME_LENGTH);
    const begin = at;
    at += 52 + name.length * 7;
    const slot = toSlot(line, index);
    const sample =
      bars === undefined
        ? `<path class="chart-line chart-${slot}" d="M${begin} ${y}h26"/>`
        : `<rect class="chart-bar chart-${slot}" x="${begin + 8}" y="${y - 6}" width="12" height="12"/>`;
    return [sample, svgText(begin + 32, y + 4, name)];
  });
}
