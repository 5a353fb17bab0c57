import { type Language, toTexts } from '@sluice/messages';
import type { ChartData } from './chart.js';
import { lineText } from './chart-words.js';
import { placed, type Plot, ROW, toSlot } from './svg-plot.js';
import { shortened } from './svg-text.js';

/** Characters of the name of a line. */
export const NAME_LENGTH = 32;
/** Pixels of a sample with the space around it, and of a character. */
const [SAMPLE, CHARACTER] = [52, 7];

/** What the legend names: how it is drawn, and where its sample begins. */
interface Entry {
  name: string;
  sample: { kind: 'line' | 'bar'; names: string };
  at: number;
  row: number;
}

/** Returns how many rows the legend needs between two ends. */
export function legendRows(data: ChartData, language: Language, ends: Pick<Plot, 'left' | 'right'>): number {
  return Math.max(0, ...listEntries(data, language, ends).map(({ row }) => row)) + 1;
}

/** Draws the legend above the plot, in rows. */
export function legend(data: ChartData, plot: Plot): string[] {
  const { top, across, ahead, language } = plot;
  const entries = listEntries(data, language, plot);
  const last = Math.max(0, ...entries.map(({ row }) => row));
  return entries.flatMap(({ name, sample, at, row }) => {
    const y = top - 19 - (last - row) * ROW;
    const drawn =
      sample.kind === 'line'
        ? `<path class="${sample.names}" d="M${across(at)} ${y}h${26 * ahead}"/>`
        : `<rect class="${sample.names}" x="${Math.min(across(at + 8), across(at + 20))}" y="${y - 6}" width="12" height="12"/>`;
    return [drawn, placed(plot, [at + 32, y + 4], name)];
  });
}

function listEntries(data: ChartData, language: Language, { left, right }: Pick<Plot, 'left' | 'right'>): Entry[] {
  let [at, row] = [left, 0];
  return listNamed(data, language).map(({ name, sample }) => {
    const width = SAMPLE + name.length * CHARACTER;
    if (at > left && at + width - 20 > right) [at, row] = [left, row + 1];
    const entry = { name, sample, at, row };
    at += width;
    return entry;
  });
}

function listNamed(data: ChartData, language: Language): Pick<Entry, 'name' | 'sample'>[] {
  const { lines, bars, ghost = [], projection, holds = [] } = data;
  const texts = toTexts(language);
  const kind = bars === undefined ? 'line' : 'bar';
  const isHeld = holds.some(({ from, to }) => to > data.from && from < data.to);
  return [
    ...lines.map((line, index) => ({
      name: shortened(lineText(line, language), NAME_LENGTH),
      sample: { kind, names: `chart-${kind} chart-${toSlot(line, index)}` } as const,
    })),
    ...(ghost.length === 0
      ? []
      : [{ name: texts.text('chart.lastCycle'), sample: { kind: 'line', names: 'chart-ghost' } as const }]),
    ...(projection === undefined
      ? []
      : [{ name: texts.text('chart.atThisRate'), sample: { kind: 'line', names: 'chart-ahead chart-3' } as const }]),
    ...(isHeld
      ? [{ name: texts.text('chart.restricted'), sample: { kind: 'bar', names: 'chart-held' } as const }]
      : []),
  ];
}
