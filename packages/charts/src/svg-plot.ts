import { type Language, toDirection } from '@sluice/messages';
import type { ChartData, ChartLine } from './chart.js';
import { LINE_SLOTS, toShareSlot } from './svg-styles.js';
import { coordinate, svgText } from './svg-text.js';

/** Pixels of a column: points that are closer can't be distinguished. */
export const COLUMN = 2;
/** Pixels between rows of the legend. */
export const ROW = 18;
/** Pixels around a plot without words. */
const EDGE = 6;
/** Drawings of fewer pixels are of phones. */
const NARROW = 500;

/** Coordinates of a drawing; `x` and `across` are mirrored in languages that are written from right to left. */
export interface Plot {
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
  /** What ids in the drawing begin with. */
  id: string;
  /** Whether it is as narrow as a phone. */
  isNarrow: boolean;
}

/** Returns where everything of a drawing is; below a legend of so many rows. */
export function toPlot(
  data: ChartData,
  size: { width: number; height: number; heading: boolean; words: boolean; rows: number; id: string },
): Plot {
  const { left, top, right, bottom } = size.words ? amongWords(data, size) : alone(size);
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
    id: size.id,
    isNarrow: size.width < NARROW,
  };
}

type Sides = Pick<Plot, 'left' | 'top' | 'right' | 'bottom'>;

function amongWords(
  { axis }: ChartData,
  { width, height, heading, rows }: { width: number; height: number; heading: boolean; rows: number },
): Sides {
  const labels = Math.max(0, ...axis.ticks.map(({ label }) => label.length));
  return {
    left: Math.max(width < NARROW ? 44 : 84, 36 + 7 * labels),
    top: (heading ? 64 : 36) + (Math.max(1, rows) - 1) * ROW,
    right: width - (width < NARROW ? 12 : 24),
    bottom: height - 60,
  };
}

/** Without words only marks on the edges need room. */
function alone({ width, height }: { width: number; height: number }): Sides {
  return { left: EDGE, top: 2 * EDGE, right: width - EDGE, bottom: height - EDGE };
}

/** Draws a text that begins, ends or has its middle at a place, as seen by the reader of its language. */
export function placed(
  plot: Pick<Plot, 'across' | 'ahead'>,
  [from, y]: readonly [from: number, y: number],
  words: string,
  { names = '', anchor = 'start' }: { names?: string; anchor?: 'start' | 'middle' | 'end' } = {},
): string {
  const isEnd = (anchor === 'end') !== (plot.ahead === -1) && anchor !== 'middle';
  const classes = [names, anchor === 'middle' ? 'chart-middle' : isEnd ? 'chart-end' : ''].filter(Boolean).join(' ');
  return svgText(plot.across(from), y, words, classes);
}

/** Returns the number of a line's style, from 1: by its name, or by its place. */
export function toSlot({ name, share }: Pick<ChartLine, 'name' | 'share'>, index: number): number {
  if (share !== undefined) return toShareSlot(share);
  const known = ['in', 'out', 'total'].indexOf(name);
  return known >= 0 ? known + 1 : (index % LINE_SLOTS) + 1;
}
