import { eachFigure, type UsageBytes } from '@sluice/quota-core';
import type { CycleRecord } from '@sluice/state-store';
import { isCounterState } from './counter.js';

/**
 * The highest figures of a cycle since an operator accepted ones that had fallen, stored with the bounds of later readings. The
 * peaks of the cycle stay: a hold from before lasts in spite of the fall.
 */
interface Accepted extends UsageBytes {
  since: string;
}

type Peaks = Pick<CycleRecord, 'peakInBytes' | 'peakOutBytes' | 'peakTotalBytes'>;

function findAccepted({ counter }: Pick<CycleRecord, 'counter'>): Accepted | null {
  return ((counter ?? {}) as { accepted?: Accepted }).accepted ?? null;
}

function toUsage({ peakInBytes, peakOutBytes, peakTotalBytes }: Peaks): UsageBytes {
  return { inBytes: peakInBytes, outBytes: peakOutBytes, totalBytes: peakTotalBytes };
}

/** Returns the highest figures of a cycle that a reading is compared with; for a hold, those since it began or before. */
export function findHighest(cycle: Readonly<CycleRecord>, hold: { since: string } | null = null): Readonly<UsageBytes> {
  const accepted = findAccepted(cycle);
  const peaks = toUsage(cycle);
  if (accepted === null || (hold !== null && hold.since < accepted.since)) return peaks;
  // Where the peaks begin again, so do they.
  return eachFigure((key) => (peaks[key] === null ? null : accepted[key]));
}

/** Returns a cycle whose later readings are compared with this one, and not with what was read before. */
export function withAccepted(
  cycle: Readonly<CycleRecord>,
  { at, inBytes, outBytes, totalBytes }: UsageBytes & { at: string },
): Readonly<CycleRecord> {
  if (isCounterState(cycle.counter)) return cycle;
  const accepted: Accepted = { since: at, inBytes, outBytes, totalBytes };
  return { ...cycle, counter: { ...(cycle.counter as object | null), accepted } };
}

/** Returns other bounds with the figures of a cycle that were accepted: they are compared with for as long as its peaks stay. */
export function keepAccepted(cycle: Pick<CycleRecord, 'counter'>, bounds: object): object {
  const accepted = findAccepted(cycle);
  return accepted === null ? bounds : { ...bounds, accepted };
}

/** Returns what is stored with a cycle after a reading, once its peaks are these. Figures that have reached them are not kept apart. */
export function withHighest(cycle: Readonly<CycleRecord>, peaks: Peaks): unknown {
  const accepted = findAccepted(cycle);
  if (accepted === null) return cycle.counter;
  const before = findHighest(cycle);
  const after = eachFigure((key) => {
    const [known, read] = [before[key], cycle[key]];
    return known === null || read === null ? (known ?? read) : Math.max(known, read);
  });
  const [{ accepted: _, ...others }, reached] = [cycle.counter as { accepted: Accepted }, toUsage(peaks)];
  if (KEYS.every((key) => after[key] === reached[key])) return others;
  return { ...others, accepted: { since: accepted.since, ...after } };
}

const KEYS = ['inBytes', 'outBytes', 'totalBytes'] as const;
