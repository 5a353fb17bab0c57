import { shareSign, splitFigures, splitShares } from '@sluice/charts';
import type { TrafficOverTime } from '@sluice/engine';
import { formatShare } from '@sluice/quota-core';
import { bytes, type Column, printRows, text } from '../columns.js';
import type { Paint } from '../colors.js';
import type { Terminal } from '../terminal.js';

interface SplitRow {
  /** Number of the share, from 1. */
  share: number;
  name: string | null;
  of: string;
  services: number;
  unknown: number;
  totalBytes: number | null;
  part: number | null;
}

/** Returns how the shares of bars are coloured, by their numbers. */
export function sharePaint({ colors }: Pick<Terminal, 'colors'>): (text: string, share: number) => string {
  const plain: Paint = (words) => words;
  const paints = [colors.cyan, colors.yellow, colors.green, plain, colors.bold];
  return (words, share) => (paints[share - 1] ?? colors.dim)(words);
}

/** Prints what the parts of bars are of, with what each has in all of them. */
export function printSplit(terminal: Terminal, found: TrafficOverTime): void {
  const { split, bars, by } = found;
  const paint = sharePaint(terminal);
  const shares = splitShares(split);
  const figures = bars.map(splitFigures);
  const sums = split.map((_, index) => {
    const known = figures.flatMap((parts) => parts[index] ?? []);
    return known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0);
  });
  const all = sums.reduce<number>((sum, each) => sum + (each ?? 0), 0);
  const rows = split.map(({ key, name, others, services, unknown }, index): SplitRow => {
    const totalBytes = sums[index] ?? null;
    const part = totalBytes === null || all === 0 ? null : totalBytes / all;
    const { share = 0, name: shown = '' } = shares[index] ?? {};
    const of = others ? shown : (key ?? `no ${by ?? ''}`);
    return { share, name: name === key ? null : name, of, services, unknown, totalBytes, part };
  });
  const columns: Column<SplitRow>[] = [
    text('sign', ({ share }) => share, {
      title: '',
      whole: true,
      cell: ({ share }) => paint(shareSign(share).repeat(2), share),
    }),
    text('name', ({ name }) => name, { isSparse: true, least: 12 }),
    text('of', ({ of }) => of, { least: 12 }),
    text('services', ({ services }) => (by === 'service' ? null : services), {
      ...{ isSparse: true, priority: 3, align: 'right' },
    }),
    bytes('total', ({ totalBytes }) => totalBytes),
    text('part', ({ part }) => part, { align: 'right', priority: 1, cell: ({ part }) => formatShare(part, 1) }),
    text('unknown', ({ unknown }) => (by === 'service' || unknown === 0 ? null : unknown), {
      ...{ isSparse: true, priority: 4, align: 'right' },
    }),
  ];
  printRows(terminal, columns, rows);
}
