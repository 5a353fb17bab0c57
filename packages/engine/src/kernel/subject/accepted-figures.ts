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

/** What is stored with the bounds of a cycle about figures that fell. */
interface Falls {
  accepted?: Accepted;
  /** Whether a run accepted that most readings of the panel fell, and this cycle was not read without a fall since. */
  panelFell?: true;
}

type Peaks = Pick<CycleRecord, 'peakInBytes' | 'peakOutBytes' | 'peakTotalBytes'>;

function findFalls({ counter }: Pick<CycleRecord, 'counter'>): Falls {
  return counter ?? {};
}

function findAccepted(cycle: Pick<CycleRecord, 'counter'>): Accepted | null {
  return findFalls(cycle).accepted ?? null;
}

/** Returns whether the fall of a cycle may be one that an operator accepted for most of the panel. */
export function isOfPanelFall(cycle: Pick<CycleRecord, 'counter'>): boolean {
  return findFalls(cycle).panelFell === true;
}

/** Returns a cycle of a panel of which a run accepts that most readings fell. */
export function withPanelFall(cycle: Readonly<CycleRecord>): Readonly<CycleRecord> {
  if (isCounterState(cycle.counter)) return cycle;
  return { ...cycle, counter: { ...(cycle.counter as object | null), panelFell: true } };
}

/** Returns a cycle that was read without a fall, or whose fall is accepted. */
export function withoutPanelFall(cycle: Readonly<CycleRecord>): Readonly<CycleRecord> {
  if (!isOfPanelFall(cycle)) return cycle;
  const { panelFell: _, ...others } = findFalls(cycle);
  return { ...cycle, counter: others };
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

/** Returns other bounds with what is known of the falls of a cycle: it counts for as long as the cycle's peaks stay. */
export function keepFalls(cycle: Pick<CycleRecord, 'counter'>, bounds: object): object {
  const { accepted, panelFell } = findFalls(cycle);
  return { ...bounds, ...(accepted && { accepted }), ...(panelFell && { panelFell }) };
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
