import { decimalText, type Language, toTexts, toDirection } from '@sluice/messages';
import { unitText } from './axis.js';
import { lineText, listed } from './chart-words.js';
import { type ChartData, type ChartLine, UNKNOWN_UNIT } from './chart.js';
import { coordinate, escapeXml, shortened, svgText } from './svg-text.js';
import { chartStyles, type Theme } from './svg-styles.js';
import { thinnedSegments } from './thin.js';
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

/** Coordinates of a drawing; `x` and `across` are mirrored in languages that are written from right to left. */
interface Plot {
  left: number;
  top: number;
  right: number;
  bottom: number;
  x: (at: number) => number;
  y: (value: number) => number;
  /** Returns the coordinate of what is so many pixels from the side where the axis is. */
  across: (from: number) => number;
  /** The direction of the time: 1 to the right, -1 to the left. */
  ahead: 1 | -1;
  language: Language;
}

/** Draws a text that begins, ends or has its middle at a place, as seen by the reader of its language. */
function placed(
  plot: Pick<Plot, 'across' | 'ahead'>,
  [from, y]: readonly [from: number, y: number],
  words: string,
  { names = '', anchor = 'start' }: { names?: string; anchor?: 'start' | 'middle' | 'end' } = {},
): string {
  const isEnd = (anchor === 'end') !== (plot.ahead === -1) && anchor !== 'middle';
  const classes = [names, anchor === 'middle' ? 'chart-middle' : isEnd ? 'chart-end' : ''].filter(Boolean).join(' ');
  return svgText(plot.across(from), y, words, classes);
}

function drawing(data: ChartData, options: SvgOptions, classes: string, style = ''): string {
  const { width = 960, height = 420, id = 'chart', heading = true } = options;
  const plot = layout(data, { width, height, heading });
  const { left, top, right, bottom, across, language } = plot;
  const texts = toTexts(language);
  const [from, to] = [data.from, data.to].map((at) => texts.time(at, data.timeZone)) as [string, string];
  const period = texts.text('period.range', { from, to });
  const zone = `${period} (${data.timeZone})`;
  const middle = coordinate((top + bottom) / 2);
  const prefix = escapeXml(id);
  const title = shortened(data.title, Math.floor((right - left) / 9));
  const unit = shortened(toUnit(data, language), NAME_LENGTH);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="${classes}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${prefix}-title ${prefix}-text" direction="ltr">`,
    `<title id="${prefix}-title">${escapeXml(shortened(data.title, TITLE_LENGTH))}</title>`,
    `<desc id="${prefix}-text">${escapeXml(describe(data, period, language))}</desc>`,
    ...(style === '' ? [] : [style, `<rect class="chart-back" width="${width}" height="${height}"/>`]),
    ...(heading ? [placed(plot, [left, 26], title, { names: 'chart-title' })] : []),
    ...legend(data, plot),
    ...data.axis.ticks.flatMap(({ value, label }) => [
      `<path class="chart-grid" d="M${across(left)} ${plot.y(value)}H${across(right)}"/>`,
      placed(plot, [left - 8, plot.y(value) + 4], decimalText(label, language), { anchor: 'end' }),
    ]),
    ...timeMarks(data, plot),
    `<path class="chart-axis" d="M${across(left)} ${top}V${bottom}H${across(right)}"/>`,
    `<g transform="translate(${across(16)} ${middle}) rotate(-90)">${svgText(0, 0, unit, 'chart-middle')}</g>`,
    placed(plot, [coordinate((left + right) / 2), height - 12], zone.length * 7 > right - left ? period : zone, {
      anchor: 'middle',
    }),
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
  const { language = 'en' } = data;
  const isMirrored = toDirection(language) === 'rtl';
  const across = (from: number): number => (isMirrored ? coordinate(size.width - from) : from);
  return {
    left,
    top,
    right,
    bottom,
    x: (at) => across(coordinate(left + ((at - data.from) / span) * (right - left))),
    y: (value) => coordinate(bottom - ((value - min) / (max - min)) * (bottom - top)),
    across,
    ahead: isMirrored ? -1 : 1,
    language,
  };
}

function toUnit({ axis }: ChartData, language: Language): string {
  return axis.unit === UNKNOWN_UNIT ? toTexts(language).text('chart.noUnit') : unitText(axis.unit, language);
}

function describe(data: ChartData, period: string, language: Language): string {
  const texts = toTexts(language);
  const names = data.lines.map(({ name }) => shortened(lineText(name, language), NAME_LENGTH));
  const values = { lines: listed(names, language), period };
  const about =
    data.axis.unit === UNKNOWN_UNIT
      ? texts.text('chart.describeNoUnit', values)
      : texts.text('chart.describe', { ...values, unit: toUnit(data, language) });
  return data.summary === undefined ? about : texts.text('chart.describeWith', { about, summary: data.summary });
}

function timeMarks(data: ChartData, plot: Plot): string[] {
  const { left, right, bottom, x, across, language } = plot;
  const count = Math.max(2, Math.floor((right - left) / TICK_WIDTH));
  return timeTicks(data, count, language).flatMap(({ at, label }) => [
    `<path class="chart-axis" d="M${x(at)} ${bottom}v5"/>`,
    // A label at the end must not be cut off.
    placed(plot, [Math.min(across(x(at)), right - label.length * 2), bottom + 20], label, { anchor: 'middle' }),
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
    if (Math.abs(x(last.at) - x(first.at)) < SHORTEST) return [dot];
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

function limitLine({ limit, axis, note }: ChartData, plot: Plot): string[] {
  const { left, right, top, y, across, language } = plot;
  const how = { names: 'chart-note', anchor: 'end' } as const;
  if (note !== undefined) return [placed(plot, [right - 4, top + 14], shortened(note, 60), how)];
  if (limit === null || limit < axis.min || limit > axis.max) return [];
  return [
    `<path class="chart-limit" d="M${across(left)} ${y(limit)}H${across(right)}"/>`,
    placed(plot, [right - 4, y(limit) - 5], toTexts(language).text('chart.allowed'), how),
  ];
}

/** Draws bars from the axis upwards, part on part; each has its text as a title. */
function drawnBars({ bars = [], axis }: ChartData, { x, y }: Plot): string[] {
  return bars.map(({ from, to, parts, text, partial }) => {
    const span = Math.abs(x(to) - x(from));
    const gap = Math.min(2, span * 0.2);
    const start = coordinate(Math.min(x(from), x(to)) + gap / 2);
    const width = coordinate(Math.max(1, span - gap));
    let base = Math.max(0, axis.min);
    const drawn = parts.map(({ name, value }, index) => {
      const top = y(base + value);
      const height = coordinate(y(base) - top);
      base += value;
      const slot = toSlot({ name, points: [] }, index);
      return `<rect class="chart-bar chart-${slot}" x="${start}" y="${top}" width="${width}" height="${height}"/>`;
    });
    const kind = partial ? 'chart-bars chart-partial' : 'chart-bars';
    return `<g class="${kind}"><title>${escapeXml(shortened(text, TITLE_LENGTH))}</title>${drawn.join('')}</g>`;
  });
}

function legend({ lines, bars }: ChartData, plot: Plot): string[] {
  const { left, top, across, ahead, language } = plot;
  const y = top - 19;
  let at = left;
  return lines.flatMap((line, index) => {
    const name = shortened(lineText(line.name, language), NAME_LENGTH);
    const begin = at;
    at += 52 + name.length * 7;
    const slot = toSlot(line, index);
    const sample =
      bars === undefined
        ? `<path class="chart-line chart-${slot}" d="M${across(begin)} ${y}h${26 * ahead}"/>`
        : `<rect class="chart-bar chart-${slot}" x="${Math.min(across(begin + 8), across(begin + 20))}" y="${y - 6}" width="12" height="12"/>`;
    return [sample, placed(plot, [begin + 32, y + 4], name)];
  });
}
