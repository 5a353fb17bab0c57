import type { CycleView } from '@sluice/engine';
import { allowed, bound, bytes, type Column } from '../columns.js';
import { rateColumns } from './rates.js';

/** The columns of past cycles. */
export const CYCLES: readonly Column<CycleView>[] = [
  bound('start', ({ start }) => start),
  bound('end', ({ end }) => end, { priority: 3 }),
  bytes('in', ({ usage }) => usage?.inBytes, { priority: 2 }),
  bytes('out', ({ usage }) => usage?.outBytes, { priority: 2 }),
  bytes('total', ({ usage }) => usage?.totalBytes),
  allowed(({ allowance }) => allowance),
  ...rateColumns<CycleView>(),
];
