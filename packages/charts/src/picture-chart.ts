import { toTexts } from '@sluice/messages';
import { bytesText } from './axis.js';
import { lineText } from './chart-words.js';
import type { ChartData } from './chart.js';
import { svgDocument } from './svg-chart.js';
import { lineColour, PICTURE_COLOURS } from './svg-styles.js';
import { toSlot } from './svg-plot.js';

/** A chart of bytes without words in it, for what draws SVG and may have no fonts, with the words to be put around it. */
export interface PictureChart {
  /** A light SVG document, 560 pixels wide. */
  svg: string;
  /** What it shows, for those who don't see it. */
  description: string;
  /** What the upper edge is. */
  top: string;
  /** Where its time begins and ends; it runs in the direction of the language. */
  start: string;
  end: string;
  /** What its colours are of. */
  key: PictureKey[];
}

/** What a colour in a picture is of. */
export interface PictureKey {
  text: string;
  /** `#1d4ed8` */
  colour: string;
  /** Whether what has it is a line of dots or dashes. */
  isDotted: boolean;
}

const [WIDTH, HEIGHT] = [560, 220];

/** Returns a chart of bytes as a picture without words, with the words to be put around it in its language. */
export function pictureChart(data: ChartData): PictureChart {
  const { language = 'en', timeZone, title, summary = '', axis, from, to } = data;
  const texts = toTexts(language);
  return {
    svg: svgDocument(data, { theme: 'light', width: WIDTH, height: HEIGHT, heading: false, words: false }),
    description: [title, summary].filter(Boolean).join('. '),
    top: bytesText(axis.max, language),
    start: texts.date(from, timeZone),
    end: texts.date(to, timeZone),
    key: toKey(data),
  };
}

function toKey(data: ChartData): PictureKey[] {
  const { language = 'en', lines, limit, ghost = [], projection, holds = [], purchases = [], from, to } = data;
  const texts = toTexts(language);
  const isInside = ({ at }: { at: number }): boolean => at >= from && at <= to;
  const { limit: limited, axis, bought } = PICTURE_COLOURS;
  const counted = lines.map((line, index) => ({
    text: lineText(line, language),
    colour: lineColour(toSlot(line, index)),
    isDotted: false,
  }));
  const isHeld = holds.some((hold) => hold.to > from && hold.from < to);
  return [
    ...counted,
    ...(projection === undefined || counted[0] === undefined
      ? []
      : [{ text: texts.text('chart.atThisRate'), colour: counted[0].colour, isDotted: true }]),
    ...(limit === null ? [] : [{ text: texts.text('chart.allowed'), colour: limited, isDotted: true }]),
    ...(ghost.length === 0 ? [] : [{ text: texts.text('chart.lastCycle'), colour: axis, isDotted: true }]),
    ...(purchases.some(isInside) ? [{ text: texts.text('chart.boughtMark'), colour: bought, isDotted: false }] : []),
    ...(isHeld ? [{ text: texts.text('chart.restricted'), colour: limited, isDotted: false }] : []),
  ];
}
