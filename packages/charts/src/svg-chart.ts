import { decimalText, type Language, toTexts } from '@sluice/messages';
import { unitText } from './axis.js';
import { lineText, listed } from './chart-words.js';
import { type ChartData, UNKNOWN_UNIT } from './chart.js';
import { drawnBars } from './svg-bars.js';
import { legend, legendRows, NAME_LENGTH } from './svg-legend.js';
import { drawnLine } from './svg-lines.js';
import { drawnAhead, drawnBehind, drawnHolds, drawnLimit, drawnPoints, drawnPurchases } from './svg-marks.js';
import { COLUMN, placed, type Plot, ROW, toPlot, toSlot } from './svg-plot.js';
import { coordinate, escapeXml, shortened, svgText } from './svg-text.js';
import { chartStyles, type Theme } from './svg-styles.js';
import { timeTicks } from './time.js';

/** Pixels that a mark of the time axis needs. */
const TICK_WIDTH = 80;
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
  /** Whether texts are drawn: without them the plot fills the drawing, and no font is needed. Default true. */
  words?: boolean;
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

function drawing(data: ChartData, options: SvgOptions, classes: string, style = ''): string {
  const { width = 960, id = 'chart', heading = true, words = true } = options;
  const { language = 'en' } = data;
  const size = { width, height: options.height ?? 420, heading, words, id };
  const rows = words ? legendRows(data, language, toPlot(data, { ...size, rows: 1 })) : 1;
  // A legend of several rows leaves the plot as high as it is.
  const height = size.height + (rows - 1) * ROW;
  const plot = toPlot(data, { ...size, height, rows });
  const texts = toTexts(language);
  const [from, to] = [data.from, data.to].map((at) => texts.time(at, data.timeZone)) as [string, string];
  const period = texts.text('period.range', { from, to });
  const [first, last] = [data.from, data.to].map((at) => texts.date(at, data.timeZone)) as [string, string];
  const days = texts.text('period.range', { from: first, to: last });
  const prefix = escapeXml(id);
  // An image has no parts for the keyboard: in a page, what says something is beside what only a picture shows.
  const marks = [...(data.holds ?? []), ...(data.purchases ?? []), ...(data.points ?? []), ...(data.bars ?? [])];
  const reach = { isReached: style === '' && marks.length > 0 };
  const [open, close] = reach.isReached ? ['<g aria-hidden="true">', '</g>'] : ['', ''];
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" class="${classes}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="${reach.isReached ? 'group' : 'img'}" aria-labelledby="${prefix}-title ${prefix}-text" direction="ltr">`,
    `<title id="${prefix}-title">${escapeXml(shortened(data.title, TITLE_LENGTH))}</title>`,
    `<desc id="${prefix}-text">${escapeXml(describe(data, period, language))}</desc>`,
    ...(style === '' ? [] : [style, `<rect class="chart-back" width="${width}" height="${height}"/>`]),
    open,
    ...frame(data, plot, { height, heading, words, period, days }),
    ...drawnHolds(data, plot),
    ...drawnBehind(data, plot),
    ...data.lines.flatMap((line, index) => drawnLine(data, line, toSlot(line, index), plot)),
    ...drawnAhead(data, plot),
    close,
    ...drawnBars(data, plot, reach),
    open,
    ...drawnLimit(data, plot),
    close,
    ...drawnPoints(data, plot, reach),
    ...drawnHolds(data, plot, reach),
    ...drawnPurchases(data, plot, reach),
    '</svg>',
  ].filter((part) => part !== '');
  return (words ? parts : parts.map(withoutTexts)).join('\n');
}

/** Texts in the drawing are escaped, so that nothing in them ends the element. */
function withoutTexts(part: string): string {
  return part.replaceAll(/<text[ >].*?<\/text>/gs, '');
}

/** Draws the title, the legend and both axes. */
function frame(
  data: ChartData,
  plot: Plot,
  {
    height,
    heading,
    words,
    period,
    days,
  }: Record<'period' | 'days', string> & Record<'heading' | 'words', boolean> & { height: number },
): string[] {
  const { left, top, right, bottom, across, language } = plot;
  const zone = `${period} (${data.timeZone})`;
  const room = right - left;
  // Text of phones is smaller.
  const isTooLong = period.length * 5.6 > room + 24;
  const caption = zone.length * 7 <= room ? zone : isTooLong ? days : period;
  const middle = coordinate((top + bottom) / 2);
  const title = shortened(data.title, Math.floor((right - left) / 9));
  const unit = shortened(toUnit(data, language), NAME_LENGTH);
  return [
    ...(heading ? [placed(plot, [left, 26], title, { names: 'chart-title' })] : []),
    ...(words ? legend(data, plot) : []),
    `<path class="chart-grid" d="${data.axis.ticks.map(({ value }) => `M${across(left)} ${plot.y(value)}H${across(right)}`).join('')}"/>`,
    ...data.axis.ticks.map(({ value, label }) =>
      placed(plot, [left - 8, plot.y(value) + 4], decimalText(label, language), { anchor: 'end' }),
    ),
    ...timeMarks(data, plot),
    `<path class="chart-axis" d="M${across(left)} ${top}V${bottom}H${across(right)}"/>`,
    `<g transform="translate(${across(16)} ${middle}) rotate(-90)">${svgText(0, 0, unit, 'chart-middle')}</g>`,
    placed(plot, [coordinate((left + right) / 2), height - 12], caption, {
      anchor: 'middle',
    }),
    ...data.breaks
      .filter((at) => at > data.from && at < data.to)
      .slice(-COLUMN * 100)
      .map((at) => `<path class="chart-break" d="M${plot.x(at)} ${top}V${bottom}"/>`),
  ];
}

function toUnit({ axis }: ChartData, language: Language): string {
  return axis.unit === UNKNOWN_UNIT ? toTexts(language).text('chart.noUnit') : unitText(axis.unit, language);
}

function describe(data: ChartData, period: string, language: Language): string {
  const texts = toTexts(language);
  const names = data.lines.map((line) => shortened(lineText(line, language), NAME_LENGTH));
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
  const ticks = timeTicks(data, count, language);
  return [
    `<path class="chart-axis" d="${ticks.map(({ at }) => `M${x(at)} ${bottom}v5`).join('')}"/>`,
    // A label at the end must not be cut off.
    ...ticks.map(({ at, label }) =>
      placed(plot, [Math.min(across(x(at)), right - label.length * 2), bottom + 20], label, { anchor: 'middle' }),
    ),
  ];
}
