import { percentText, toTexts } from '@sluice/messages';
import type { ChartData, KnownPoint } from './chart.js';
import { simplified } from './svg-lines.js';
import { placed, type Plot, toSlot } from './svg-plot.js';
import { coordinate, escapeXml, shortened, svgText } from './svg-text.js';
import { thinnedSegments } from './thin.js';

/** Characters of what a mark says. */
const SAYING = 400;
/** Pixels of a character, and between lines of what a mark says. */
const [CHARACTER, LINE] = [6.4, 15];
/** Lines of what a mark says at most. */
const LINES = 7;
/** Pixels between two labels of the allowance. */
const APART = 13;
/** Pixels of the edge of a restriction. */
const EDGE = 6;
/** Events and restrictions that the keyboard reaches: the newest. */
const REACHED = 3;

/** Whether the keyboard reaches the marks of a drawing: not those of a picture. */
export interface Reach {
  isReached: boolean;
}

/** How something says a text. */
interface Saying extends Reach {
  plot: Plot;
  /** Another one than that of all else in the drawing. */
  key: string;
  /** More classes. */
  names?: string;
}

/** Draws something that says a text to those who point at it; where the keyboard reaches it, it shows the text. */
export function saying(content: string, text: string, { plot, isReached, key, names = '' }: Saying): string {
  const words = shortened(text, SAYING);
  const classes = `${names} chart-mark`.trim();
  if (!isReached) return `<g class="${classes}"><title>${escapeXml(words)}</title>${content}</g>`;
  const id = escapeXml(`${plot.id}-${key}`);
  // No title: browsers would show that beside the text.
  return `<g class="${classes}" role="img" tabindex="0" aria-labelledby="${id}">${content}${shownText(words, id, plot)}</g>`;
}

/** Draws a text in lines at the top of the plot; the style sheet shows it with what it belongs to. */
function shownText(words: string, id: string, { left, right, top, across, ahead }: Plot): string {
  const most = Math.floor((right - left - 12) / CHARACTER);
  const lines: string[] = [];
  for (const word of words.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + word.length < most) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  const x = across(left + 6);
  const shown = lines.slice(0, LINES);
  const [first = '', ...more] = shown.map((line) => escapeXml(line));
  const others = more.map((line) => ` <tspan x="${x}" dy="${LINE}">${line}</tspan>`).join('');
  const classes = `chart-says${ahead === 1 ? '' : ' chart-end'}`;
  const width = Math.min(right - left, Math.max(...shown.map((line) => line.length)) * CHARACTER + 16);
  const ends = [across(left), across(left + width)];
  const plate = `<rect class="chart-says chart-plate" x="${coordinate(Math.min(...ends))}" y="${top}" width="${coordinate(width)}" height="${shown.length * LINE + 6}"/>`;
  return `${plate}<text class="${classes}" id="${id}" x="${x}" y="${top + 14}">${first}${others}</text>`;
}

/** Draws times of a restriction behind all else, or with what they say at the upper edge, in front of it. */
export function drawnHolds({ holds = [], from, to }: ChartData, plot: Plot, reach?: Reach): string[] {
  const { x, top, bottom } = plot;
  const shown = holds.filter((hold) => hold.to > from && hold.from < to);
  return shown.map((hold, index) => {
    const [begin, end] = [x(Math.max(from, hold.from)), x(Math.min(to, hold.to))];
    const place = `x="${Math.min(begin, end)}" y="${top}" width="${coordinate(Math.max(1, Math.abs(end - begin)))}"`;
    if (reach === undefined) return `<rect class="chart-hold" ${place} height="${coordinate(bottom - top)}"/>`;
    const edge = `<rect class="chart-held" ${place} height="${EDGE}"/>`;
    return saying(edge, hold.text, {
      plot,
      key: `h${index}`,
      isReached: reach.isReached && index >= shown.length - REACHED,
    });
  });
}

/** Draws the cycle before, and the range in which the figures are expected, behind the lines. */
export function drawnBehind(data: ChartData, plot: Plot): string[] {
  const { x, y, left, right } = plot;
  const { ghost = [], projection: ahead } = data;
  const columns = { from: data.from, to: data.to, count: Math.ceil((right - left) / 4) };
  const inside = ghost.filter(({ at }) => at >= data.from && at <= data.to);
  const before = thinnedSegments(inside, [], columns).map((points) => {
    const places = points.map(({ at, value }) => [x(at), y(value)] as const);
    return `M${simplified(places)
      .map((place) => place.join(' '))
      .join('L')}`;
  });
  const range =
    ahead?.low === undefined || ahead.high === undefined
      ? []
      : [
          ahead.from,
          ahead.high,
          // Once the busy days have reached the allowance, nothing is beyond it.
          ...(ahead.low.at > ahead.high.at ? [{ at: ahead.low.at, value: ahead.high.value }] : []),
          ahead.low,
        ];
  return [
    ...before.map((path) => `<path class="chart-ghost" d="${path}"/>`),
    ...(range.length === 0
      ? []
      : [
          `<path class="chart-range chart-${aheadSlot(data)}" d="M${range.map(({ at, value }) => `${x(at)} ${y(value)}`).join('L')}Z"/>`,
        ]),
  ];
}

function toPath(points: readonly KnownPoint[], { x, y }: Plot): string {
  return points.map(({ at, value }) => `${x(at)} ${y(value)}`).join('L');
}

/** Returns the style of the line that the projection goes on. */
function aheadSlot({ projection: ahead, lines }: ChartData): number {
  const place = lines.findIndex(({ points }) =>
    points.some(({ at, value }) => at === ahead?.from.at && value === ahead.from.value),
  );
  const line = lines[place];
  return line === undefined ? 3 : toSlot(line, place);
}

/** Draws where the figures go, now, the allowance with its thresholds, and what was bought. */
export function drawnAhead(data: ChartData, plot: Plot): string[] {
  const { x, top, bottom, ahead, language } = plot;
  const { projection, now } = data;
  const line =
    projection === undefined
      ? []
      : [`<path class="chart-ahead chart-${aheadSlot(data)}" d="M${toPath([projection.from, projection.to], plot)}"/>`];
  if (now === undefined) return line;
  const at = x(now);
  const label = toTexts(language).text('chart.now');
  return [
    ...line,
    `<path class="chart-now" d="M${at} ${top}V${bottom}"/>`,
    svgText(coordinate(at + 4 * ahead), bottom - 6, label, ahead === 1 ? '' : 'chart-end'),
  ];
}

/** Draws the allowance as a line, in steps where it grew, with its thresholds. */
export function drawnLimit(data: ChartData, plot: Plot): string[] {
  const { limit, axis, note, steps = [], thresholds = [] } = data;
  const { right, top, y, language } = plot;
  const how = { names: 'chart-note', anchor: 'end' } as const;
  if (note !== undefined) return [placed(plot, [right - 4, top + 14], shortened(note, 60), how)];
  if (limit === null || limit < axis.min || limit > axis.max) return [];
  const path = (factor: number): string => limitPath({ limit, steps, from: data.from }, factor, plot);
  let label = y(limit);
  const marks = [...thresholds]
    .sort((a, b) => b - a)
    .flatMap((percent) => {
      const drawn = `<path class="chart-threshold" d="${path(percent / 100)}"/>`;
      const at = y((limit * percent) / 100);
      if (at - label < APART) return [drawn];
      label = at;
      return [
        drawn,
        placed(plot, [right - 4, at - 3], percentText(percent, language), { names: 'chart-small', anchor: 'end' }),
      ];
    });
  return [
    ...marks,
    `<path class="chart-limit" d="${path(1)}"/>`,
    placed(plot, [right - 4, y(limit) - 5], toTexts(language).text('chart.allowed'), how),
  ];
}

function limitPath(
  { limit, steps, from }: { limit: number; steps: readonly KnownPoint[]; from: number },
  factor: number,
  { left, right, across, x, y }: Plot,
): string {
  const [first, ...later] = steps;
  if (first === undefined) return `M${across(left)} ${y(limit * factor)}H${across(right)}`;
  const rises = later.map(({ at, value }) => `H${x(at)}V${y(value * factor)}`).join('');
  return `M${x(Math.max(from, first.at))} ${y(first.value * factor)}${rises}H${across(right)}`;
}

/** Draws what was bought as marks on the allowance, at the top where that is not drawn. */
export function drawnPurchases(data: ChartData, plot: Plot, reach: Reach): string[] {
  const { purchases = [], steps = [], limit, from, to, axis } = data;
  const { x, y, top } = plot;
  const shown = purchases.filter(({ at }) => at >= from && at <= to);
  return shown.map(({ at, text }, index) => {
    const allowed = steps.findLast((step) => step.at <= at)?.value ?? limit;
    const height = allowed === null || allowed > axis.max ? top + 10 : y(allowed);
    const mark = `<path class="chart-bought" d="M${x(at)} ${coordinate(height - 9)}l5 9h-10z"/>`;
    return saying(mark, text, {
      plot,
      key: `e${index}`,
      isReached: reach.isReached && index >= shown.length - REACHED,
    });
  });
}

/** Draws readings that say their figures: a dot that shows where one points at its part of the time. */
export function drawnPoints(data: ChartData, plot: Plot, reach: Reach): string[] {
  const { x, y, top, bottom, left, right, across, isNarrow } = plot;
  const all = data.points ?? [];
  // On a phone every other one, the last always.
  const points = isNarrow ? all.filter((_, index) => (all.length - 1 - index) % 2 === 0) : all;
  const places = points.map(({ at }) => across(x(at)));
  return points.map(({ at, value, text }, index) => {
    const place = places[index] ?? 0;
    const begin = index === 0 ? left : ((places[index - 1] ?? place) + place) / 2;
    const end = index === points.length - 1 ? Math.min(right, place + 20) : ((places[index + 1] ?? place) + place) / 2;
    const [one, other] = [across(begin), across(end)];
    const area = `x="${coordinate(Math.min(one, other))}" y="${top}" width="${coordinate(Math.abs(other - one))}" height="${coordinate(bottom - top)}"`;
    const content = `<rect class="chart-hit" ${area}/><circle class="chart-spot" cx="${x(at)}" cy="${y(value)}" r="4"/>`;
    return saying(content, text, { plot, key: `p${index}`, ...reach });
  });
}
