import { rateText } from '@sluice/charts';
import type { CycleView } from '@sluice/engine';
import { formatShare } from '@sluice/quota-core';
import { type Column, text } from '../columns.js';

/** What may have the percentile of its rates. */
type Rated = Pick<CycleView, 'rates'>;

/** Returns which share of the intervals of a percentile is known; null where there are none. */
function knownShare({ rates }: Rated): number | null {
  return rates === undefined || rates.intervals === 0 ? null : (rates.intervals - rates.unknown) / rates.intervals;
}

/** Returns the columns of a percentile of rates, which are there where one is asked for. */
export function rateColumns<Row extends Rated>(): Column<Row>[] {
  return [
    ...(['in', 'out', 'total'] as const).map((name): Column<Row> => {
      const rate = ({ rates }: Row): number | null => rates?.[`${name}BitsPerSecond`] ?? null;
      const cell = (cycle: Row): string | null => {
        const bits = rate(cycle);
        return bits === null ? null : rateText(bits);
      };
      return text(`${name} rate`, rate, {
        isSparse: true,
        align: 'right',
        ...(name === 'total' ? {} : { priority: 3 }),
        cell,
      });
    }),
    text('known', knownShare, {
      isSparse: true,
      align: 'right',
      priority: 4,
      cell: (cycle) => formatShare(knownShare(cycle), 1),
    }),
  ];
}
