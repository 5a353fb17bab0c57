import type { ChartData, ChartLine, ChartPoint } from './chart.js';
import { timeTicks } from './chart-time.js';
import { shortTime } from './times.js';

const WIDTH = 960;
const HEIGHT = 420;
const PLOT = { left: 84, top: 64, right: 24, bottom: 72 };
/** Lines differ in colour and in dashes. */
const STYLES = [
  { colour: '#1d4ed8', dash: '7 4' },
  { colour: '#b45309', dash: '2 3' },
  { colour: '#111827', dash: 'none' },
  { colour: '#047857', dash: '10 3 2 3' },
];
const LIMIT = '#b91c1c';

/** The unit of figures of a panel that does not state it. */
export const UNKNOWN_UNIT = 'unit unknown';

/** Draws a chart as a stand-alone SVG document with title, named axes, units and legend. */
export function svgChart(data: ChartData): string {
  const width = WIDTH - PLOT.left - PLOT.right;
  const height = HEIGHT - PLOT.top - PLOT.bottom;
  const span = Math.max(1, data.to - data.from);
  const x = (at: number): number => round(PLOT.left + ((at - data.from) / span) * width);
  const y = (value: number): number =>
    round(PLOT.top + height - ((value - data.axis.min) / (data.axis.max - data.axis.min)) * height);
  const bottom = PLOT.top + height;
  const right = PLOT.left + width;
  const period = `${shortTime(data.from, data.timeZone)} to ${shortTime(data.to, data.timeZone)}`;
  const parts = [
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text(PLOT.left, 26, data.title, 'font-size="17" font-weight="600"'),
    ...legend(data),
    ...data.axis.ticks.flatMap(({ value, label }) => [
      `<line x1="${PLOT.left}" y1="${y(value)}" x2="${right}" y2="${y(value)}" stroke="#e5e7eb"/>`,
      text(PLOT.left - 8, y(value) + 4, label, 'text-anchor="end"'),
    ]),
    ...timeTicks(data.from, data.to, data.timeZone, 10).flatMap(({ at, label }) => [
      `<line x1="${x(at)}" y1="${bottom}" x2="${x(at)}" y2="${bottom + 5}" stroke="#6b7280"/>`,
      text(x(at), bottom + 20, label, 'text-anchor="middle"'),
    ]),
    `<path d="M${PLOT.left} ${PLOT.top}V${bottom}H${right}" fill="none" stroke="#6b7280"/>`,
    text(
      0,
      0,
      data.axis.unit,
      `text-anchor="middle" transform="translate(22 ${round(PLOT.top + height / 2)}) rotate(-90)"`,
    ),
    text(round(PLOT.left + width / 2), HEIGHT - 18, `${period} (${data.timeZone})`, 'text-anchor="middle"'),
    ...data.lines.flatMap((line, index) => drawn(line, lineStyle(index), data.breaks, { x, y })),
    ...limitLine(data, y, right),
  ];
  const names = data.lines.map(({ name }) => name).join(', ');
  const description = `${names}${data.axis.unit === UNKNOWN_UNIT ? ', ' : ' in '}${data.axis.unit}, ${period}`;
  return document({ title: data.title, description, width: WIDTH, height: HEIGHT }, parts);
}

/** Wraps a panel's own picture in a stand-alone SVG document. */
export function svgPicture(title: string, png: Uint8Array): string {
  const { width, height } = pngSize(png);
  const href = `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
  const parts = [
    `<rect width="${width}" height="${height + 40}" fill="#ffffff"/>`,
    text(12, 26, title, 'font-size="17" font-weight="600"'),
    `<image x="0" y="40" width="${width}" height="${height}" href="${href}"/>`,
  ];
  return document({ title, description: 'picture from the panel', width, height: height + 40 }, parts);
}

interface Frame {
  title: string;
  description: string;
  width: number;
  height: number;
}

function document({ title, description, width, height }: Frame, parts: string[]): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title description" font-family="system-ui, sans-serif" font-size="12" fill="#374151">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="description">${escaped(description)}</desc>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

/** Coordinates of instants and values in the drawing. */
interface Scale {
  x: (at: number) => number;
  y: (value: number) => number;
}

function drawn(line: ChartLine, { colour, dash }: LineStyle, breaks: number[], { x, y }: Scale): string[] {
  return segments(line.points, breaks).map((points) => {
    const [only] = points;
    if (points.length === 1 && only) {
      return `<circle cx="${x(only.at)}" cy="${y(only.value)}" r="3" fill="${colour}"/>`;
    }
    const path = points.map(({ at, value }, n) => `${n === 0 ? 'M' : 'L'}${x(at)} ${y(value)}`).join('');
    return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}" stroke-linejoin="round"/>`;
  });
}

/** Splits points at unknown values and at breaks. */
function segments(points: ChartPoint[], breaks: number[]): { at: number; value: number }[][] {
  const found: { at: number; value: number }[][] = [];
  let previous: ChartPoint | null = null;
  for (const point of points) {
    const { at, value } = point;
    if (value !== null) {
      const before = previous;
      const parted = before === null || before.value === null || breaks.some((each) => before.at < each && each <= at);
      if (parted) found.push([]);
      found.at(-1)?.push({ at, value });
    }
    previous = point;
  }
  return found;
}

function limitLine(data: ChartData, y: (value: number) => number, right: number): string[] {
  const { limit, axis, note } = data;
  if (note !== undefined) return [text(right - 4, PLOT.top + 14, note, `text-anchor="end" fill="${LIMIT}"`)];
  if (limit === null || limit < axis.min || limit > axis.max) return [];
  return [
    `<line x1="${PLOT.left}" y1="${y(limit)}" x2="${right}" y2="${y(limit)}" stroke="${LIMIT}" stroke-width="1.5" stroke-dasharray="4 4"/>`,
    text(right - 4, y(limit) - 5, 'allowed', `text-anchor="end" fill="${LIMIT}"`),
  ];
}

function legend({ lines }: ChartData): string[] {
  let left = PLOT.left;
  return lines.flatMap(({ name }, index) => {
    const { colour, dash } = lineStyle(index);
    const at = left;
    left += 52 + name.length * 7;
    return [
      `<line x1="${at}" y1="45" x2="${at + 26}" y2="45" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}"/>`,
      text(at + 32, 49, name),
    ];
  });
}

interface LineStyle {
  colour: string;
  dash: string;
}

function lineStyle(index: number): LineStyle {
  return STYLES[index % STYLES.length] ?? { colour: '#111827', dash: 'none' };
}

function text(x: number, y: number, words: string, attributes = ''): string {
  return `<text x="${x}" y="${y}"${attributes === '' ? '' : ` ${attributes}`}>${escaped(words)}</text>`;
}

function escaped(words: string): string {
  return (
    words
      // XML 1.0 forbids control characters, even as references; format characters would reorder the text.
      .replaceAll(/[\t\n\r]/g, ' ')
      .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\uFFFE\uFFFF]/gu, '\uFFFD')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
  );
}

function round(figure: number): number {
  return Math.round(figure * 10) / 10;
}

/** Reads width and height from the first chunk of a PNG. */
function pngSize(png: Uint8Array): { width: number; height: number } {
  const bytes = Buffer.from(png);
  return bytes.length < 24
    ? { width: WIDTH, height: HEIGHT }
    : { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}
