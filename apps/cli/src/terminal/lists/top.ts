import { rateText } from '@sluice/charts';
import type { TopTraffic } from '@sluice/engine';
import { formatShare } from '@sluice/quota-core';
import { bytes, type Column, text } from '../columns.js';
import { formatCount } from '../words.js';
import { rateColumns } from './rates.js';

/** A sum of traffic, what it is of, and its share of all. */
export type TopRow = TopTraffic['rows'][number] & { by: TopTraffic['by']; share: number | null };

function meanRate({ rates, bitsPerSecond }: TopRow): number | null {
  return rates === undefined ? bitsPerSecond : null;
}

/** The columns of who used most. */
export const TOP: readonly Column<TopRow>[] = [
  text('name', ({ name, key }) => (name === key ? null : name), { isSparse: true, least: 12 }),
  text('of', ({ key }) => key, { least: 24, cell: ({ key, by }) => key ?? `no ${by}` }),
  text('services', ({ services, by }) => (by === 'service' ? null : services), {
    isSparse: true,
    priority: 3,
    align: 'right',
  }),
  bytes('in', ({ inBytes }) => inBytes, { priority: 2 }),
  bytes('out', ({ outBytes }) => outBytes, { priority: 2 }),
  bytes('total', ({ totalBytes }) => totalBytes),
  // The mean is left out beside the rates that are asked for: in a narrow terminal it would be read as one of them.
  text('rate', meanRate, {
    isSparse: true,
    align: 'right',
    cell: (row) => {
      const bits = meanRate(row);
      return bits === null ? null : rateText(bits);
    },
  }),
  text('part', ({ share }) => share, {
    align: 'right',
    priority: 1,
    cell: ({ share }) => formatShare(share, 1),
  }),
  text('unknown', ({ unknown, by }) => (by === 'service' || unknown === 0 ? null : unknown), {
    isSparse: true,
    priority: 4,
    align: 'right',
  }),
  ...rateColumns<TopRow>(),
];

/** Says which services are in no sum of traffic. */
export function describeLeftOut({ unknown, withoutBytes }: { unknown: number; withoutBytes: number }): string[] {
  return [
    ...(unknown === 0 ? [] : [`${formatCount(unknown, 'service')} without a reading in this time: not in the sums`]),
    ...(withoutBytes === 0 ? [] : [`${formatCount(withoutBytes, 'service')} of panels that count no bytes: left out`]),
  ];
}
