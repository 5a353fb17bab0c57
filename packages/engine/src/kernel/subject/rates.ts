import type { CycleView } from '@sluice/contract/documents';
import { ratePercentile } from '@sluice/quota-core';
import type { Context } from '../../context/context.js';

/** The time of a service whose rates are asked for: of one cycle, or over cycles, which begin at `begins`. */
export interface RatedTime {
  service: string;
  from: string;
  to: string;
  cycle?: string;
  /** Starts of cycles in the time, where usage begins at zero. */
  begins: readonly string[];
}

/** Returns the rates that a percentage of a time did not exceed, from stored readings. */
export async function readRates(
  { store }: Context,
  { service, cycle, from, to, begins }: RatedTime,
  percent: number,
): Promise<NonNullable<CycleView['rates']>> {
  const samples = await store.samples.list({ service, from, ...(cycle === undefined ? { to } : { cycle }) });
  const series = samples.map(({ at, inBytes, outBytes, totalBytes }) => ({ at, inBytes, outBytes, totalBytes }));
  return ratePercentile({ window: { start: from, end: to }, series, begins, percent });
}
