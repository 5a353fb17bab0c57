import {
  eachFigure,
  type UsageBytes,
  type CounterState,
  type RefusedReading,
  type Cycle,
  type Mode,
  type MoneyReading,
  type WindowCount,
} from '@sluice/quota-core';
import type { CycleRecord, ServiceRecord, DecisionRecord } from '@sluice/state-store';
import type { Panel } from '@sluice/panel-kind';
import type { DestinationSpend } from '@sluice/quota-core/telephony';

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

/** No account has this name: a counter of it is another account's, whichever is read next. */
const NO_ACCOUNT = '';

/** Returns whether what is stored with a cycle is the state of a counter, and not the bounds of a panel with windows. */
export function isCounterState(counter: unknown): counter is CounterState {
  const { lastIn, lastOut, usedIn, usedOut, at } = (counter ?? {}) as Partial<CounterState>;
  if (typeof lastIn !== 'number' || typeof lastOut !== 'number' || typeof at !== 'string') return false;
  return typeof usedIn === 'number' && typeof usedOut === 'number';
}

/** Returns a counter that goes on in a cycle in which nothing was counted yet; what else is stored with a cycle stays as it is. */
export function withoutSums<Counter>(counter: Counter): Counter {
  return isCounterState(counter) ? { ...counter, usedIn: 0, usedOut: 0 } : counter;
}

/**
 * Returns the counter that a cycle goes on from, with what was counted in this cycle; null before its first reading. What was used on
 * a panel without counters stays counted.
 */
export function findCounter(cycle: Readonly<CycleRecord>): CounterState | null {
  const { counter, readAt, openedAt, start } = cycle;
  // The start has moved past it, or the cycle was opened by an older version.
  if (isCounterState(counter)) return readAt === null && counter.at < start ? withoutSums(counter) : counter;
  if (readAt === null && counter == null) return null;
  const { usedIn, usedOut } = toSums(cycle);
  return { lastIn: 0, lastOut: 0, usedIn, usedOut, at: readAt ?? openedAt, account: NO_ACCOUNT };
}

/** Returns a cycle whose counter has fallen, with the reading that was refused for that. */
export function withRefused<Cycle extends Readonly<CycleRecord>>(cycle: Cycle, refused: RefusedReading): Cycle {
  return isCounterState(cycle.counter) ? { ...cycle, counter: { ...cycle.counter, refused } } : cycle;
}

/**
 * Returns the recorded cycle with the refused reading that a run has found, which is stored also where nothing else of the run is:
 * what the counter grows by until the fall is accepted counts then.
 */
export function withRefusedOf<Cycle extends Readonly<CycleRecord> | null>(
  recorded: Cycle,
  found: Readonly<CycleRecord> | null,
): Cycle {
  if (!isCounterState(recorded?.counter) || !isCounterState(found?.counter)) return recorded;
  const { refused } = found.counter;
  return refused === undefined || refused === recorded.counter.refused ? recorded : withRefused(recorded, refused);
}

/** Returns the growth of a counter up to its figures directly before it was zeroed, and that which refused readings have shown. */
export function growthUntil(
  { lastIn, lastOut, refused }: CounterState,
  { inBytes, outBytes }: Pick<UsageBytes, 'inBytes' | 'outBytes'>,
): Pick<RefusedReading, 'grownIn' | 'grownOut'> {
  const [nowIn, nowOut] = [inBytes ?? 0, outBytes ?? 0];
  const isFallen = nowIn < lastIn || nowOut < lastOut;
  const [fromIn, fromOut] = isFallen && refused !== undefined ? [refused.inBytes, refused.outBytes] : [lastIn, lastOut];
  return {
    grownIn: (refused?.grownIn ?? 0) + Math.max(0, nowIn - fromIn),
    grownOut: (refused?.grownOut ?? 0) + Math.max(0, nowOut - fromOut),
  };
}

/** Returns the account whose counter a reading of the service shows. A uuid in capitals is the same account. */
export function toAccount(
  { requiredRef }: Pick<Panel['kind'], 'requiredRef'>,
  { refs, panel }: Pick<ServiceRecord, 'refs' | 'panel'>,
): { account: string | undefined; panel: string } {
  return { account: requiredRef === null ? undefined : refs[requiredRef]?.toLowerCase(), panel };
}

/** Returns whether a counter is known to be of another panel than this one. */
export function isElsewhere({ account, panel: known }: CounterState, panel: string): boolean {
  return account === NO_ACCOUNT || (known ?? panel) !== panel;
}

/** Returns usage as the sums of a counter: a total counts as bytes in. */
export function toSums({ inBytes, outBytes, totalBytes }: UsageBytes): Pick<CounterState, 'usedIn' | 'usedOut'> {
  if (inBytes === null || outBytes === null) return { usedIn: totalBytes ?? 0, usedOut: 0 };
  return { usedIn: inBytes, usedOut: outBytes };
}

/** Returns a counter as one of both directions together, for a panel that shows only their total. */
export function withTotalOnly({ lastIn, lastOut, usedIn, usedOut, ...others }: CounterState): CounterState {
  return { ...others, lastIn: lastIn + lastOut, lastOut: 0, usedIn: usedIn + usedOut, usedOut: 0 };
}

/** A limit of a service in its window, besides the quota; stored with the decision. */
export interface LimitState {
  id: string;
  /** Null where the service has no cycle. */
  window: Cycle | null;
  /** Id of the window; holds that follow name it. */
  key: string | null;
  /** `bytes`, or the currency. */
  unit: string;
  /** Bytes, or decimal text; null where unknown. */
  used: number | string | null;
  allowed: number | string;
  /** Highest figure of the window. */
  peak: number | string | null;
  /** From where bytes in a window of the calendar are counted. */
  count: WindowCount | null;
}

/** Codes of readings of a limit in money that are only a part of what was spent. */
export const PARTLY_SPENT = { incomplete: 'spend_incomplete', unreadable: 'spend_unreadable' } as const;

/** What the calls of a service cost in the window of a limit. */
export interface Spend {
  /** Id of the limit. */
  limit: string;
  window: Cycle;
  /** Since when the present client has the line; null: as long as it is known. */
  since: string | null;
  /** ISO 4217; the panel's. */
  currency: string;
  reading: MoneyReading;
  /** The most expensive destinations; text of the panel. */
  destinations: readonly DestinationSpend[];
}

/** Returns the limits that a decision was based on; empty where there were none. */
export function findLimitStates(decision: Pick<DecisionRecord, 'inputs'> | null): readonly LimitState[] {
  const stored = (decision?.inputs as { limits?: unknown } | null)?.limits;
  return Array.isArray(stored) ? (stored as LimitState[]) : [];
}

/** Returns the highest figure of a cycle in a mode that a reading, and the open hold of its limit, is compared with. */
export function findPeak(
  cycle: Readonly<CycleRecord> | null,
  mode: Mode,
  hold: { since: string } | null,
): number | null {
  if (cycle === null) return null;
  const { inBytes, outBytes, totalBytes } = findHighest(cycle, hold);
  if (mode === 'IN') return inBytes;
  return mode === 'OUT' ? outBytes : totalBytes;
}
