import { rateText } from '@sluice/charts';
import type { CycleView } from '@sluice/engine';
import { allowed, bound, bytes, type Column, text } from '../columns.js';

/** Returns which share of the intervals of a percentile is known; null where there are none. */
function knownShare({ rates }: CycleView): number | null {
  return rates === undefined || rates.intervals === 0 ? null : 1 - rates.unknown / rates.intervals;
}

/** The columns of past cycles. */
export const CYCLES: readonly Column<CycleView>[] = [
  bound('start', ({ start }) => start),
  bound('end', ({ end }) => end, { priority: 3 }),
  bytes('in', ({ usage }) => usage?.inBytes, { priority: 2 }),
  bytes('out', ({ usage }) => usage?.outBytes, { priority: 2 }),
  bytes('total', ({ usage }) => usage?.totalBytes),
  allowed(({ allowance }) => allowance),
  ...(['in', 'out', 'total'] as const).map((name): Column<CycleView> => {
    const rate = ({ rates }: CycleView): number | null => rates?.[`${name}BitsPerSecond`] ?? null;
    const cell = (cycle: CycleView): string | null => {
      const bits = rate(cycle);
      return bits === null ? null : rateText(bits);
    };
    return text(`${name} rate`, rate, { isSparse: true, align: 'right', priority: 1, cell });
  }),
  text('known', knownShare, {
    isSparse: true,
    align: 'right',
    priority: 4,
    cell: (cycle) => {
      const share = knownShare(cycle);
      return share === null ? null : `${Math.round(share * 100)}%`;
    },
  }),
];
