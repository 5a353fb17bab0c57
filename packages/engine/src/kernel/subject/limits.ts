import type { LimitSettings } from '@sluice/panel-kind';
import {
  beginWindowCount,
  calendarWindow,
  type Cycle,
  type CycleReading,
  type Decision,
  type MeteredLimit,
  type Mode,
  type MoneyLimit,
  type MoneyReading,
  mostInWindow,
  type Reading,
  rebaseWindowCount,
  stepWindowCount,
  swapDirections,
  usageInWindow,
  type UsageBytes,
  type WindowCount,
} from '@sluice/quota-core';
import type { CycleRecord, ServiceRecord } from '@sluice/state-store';
import { findTimeZone } from '../../base/config/find-entry.js';
import type { Context } from '../../context/context.js';
import { findHighest, findPeak, type LimitState, type Spend } from './figures.js';
import { toCycleKey } from '../../base/lifecycle.js';
import { findSourceChange } from './source.js';
import type { Loaded, Stage } from './stages.js';

/** Percentages of an allowance that are reported once per window. */
export const THRESHOLDS = [80, 90, 100];

/** Returns the window of a limit at an instant; null where the service has no cycle. */
export function findWindow(
  { config }: Pick<Context, 'config'>,
  { window }: LimitSettings,
  { service, cycle, now }: { service: ServiceRecord; cycle: Pick<CycleRecord, 'start' | 'end'> | null; now: string },
): Cycle | null {
  if (window !== 'cycle') return calendarWindow({ window, timeZone: findTimeZone(config, service.panel), now });
  return cycle === null ? null : { start: cycle.start, end: cycle.end };
}

/** Returns usage of the cycle as the growth of limits is counted from it. */
export function toCycleReading(
  { id, start, end }: Pick<CycleRecord, 'id' | 'start' | 'end'>,
  at: string,
  usage: UsageBytes,
): CycleReading {
  const { inBytes, outBytes, totalBytes } = usage;
  return { at, cycle: id, cycleStart: start, cycleEnd: end, inBytes, outBytes, totalBytes };
}

/** Returns the highest figures of a cycle, of what is read now: its highest total may be another server's. */
export function toHighest(cycle: Readonly<CycleRecord>): UsageBytes {
  const { peakInBytes: inBytes, peakOutBytes: outBytes, peakTotalBytes } = cycle;
  const both = inBytes === null || outBytes === null ? null : inBytes + outBytes;
  return { inBytes, outBytes, totalBytes: findSourceChange(cycle) === null ? peakTotalBytes : both };
}

/** Returns a count of the figures that a cycle has now; null where it is of another server or panel. */
function ofSource(count: WindowCount | null, cycle: Readonly<CycleRecord> | null): WindowCount | null {
  const change = findSourceChange(cycle);
  if (count === null || change === null || count.last.at >= change.since) return count;
  return change.swapped ? swapDirections(count) : null;
}

/** Returns a limit that goes on from a reading that is right although it fell: what was counted in its window stays. */
export function countOn(
  state: LimitState,
  { mode }: Pick<Loaded, 'mode'>,
  { cycle, usage }: { cycle: Readonly<CycleRecord>; usage: UsageBytes & { at: string } },
): LimitState {
  const count = ofSource(state.count, cycle);
  if (count === null) return { ...state, count };
  // A peak from before another source is of other figures.
  const shown = count === state.count ? toBytes(state.peak) : null;
  const inMode = (one: Mode): number | null => (one === mode ? shown : null);
  const most = { inBytes: inMode('IN'), outBytes: inMode('OUT'), totalBytes: inMode('TOTAL') };
  const reading = toCycleReading(cycle, usage.at, usage);
  return { ...state, count: rebaseWindowCount(count, reading, { most, highest: findHighest(cycle) }) };
}

/** A limit as it is decided, with what is stored of it. */
interface WeighedLimit {
  limit: MeteredLimit | MoneyLimit;
  state: LimitState;
}

/** Usage and what is known of the limits before it. */
export interface LimitFacts {
  facts: Loaded<Stage>;
  usage: Reading | null;
  /** Null where no charges were read. */
  spend: readonly Spend[];
  /** In which the panel charges calls; undefined without telephony. */
  currency: string | undefined;
  now: string;
  releasedUntil: string | null;
}

/** Weighs a limit of a service besides its quota: its window, and what was used in it. */
export function weighLimit(context: Context, limit: LimitSettings, from: LimitFacts): WeighedLimit {
  if (typeof limit.allowance === 'string') return weighMoney(context, limit as CappedLimit, from);
  return weighBytes(context, limit, limit.allowance, from);
}

function weighBytes(context: Context, limit: LimitSettings, allowed: number, from: LimitFacts): WeighedLimit {
  const { facts, usage, now } = from;
  const { cycle, service, mode } = facts;
  const isCycle = limit.window === 'cycle';
  const window = findWindow(context, limit, { service, cycle, now: usage?.known === true ? usage.at : now });
  const key = window && toSourceKey(isCycle ? cycle && toCycleKey(cycle) : toKey(limit, window), window.start, facts);
  const before = findBefore(facts, { id: limit.id, key, unit: 'bytes' });
  const count = findStored(facts, limit.id)?.count ?? null;
  const known = count?.start === window?.start ? count : null;
  const counted =
    isCycle || window === null ? { usage, count: null } : countInWindow(facts, window.start, known, usage);
  const hold = facts.holds.find(({ reason }) => reason === limit.id) ?? null;
  const peak = isCycle ? findPeak(cycle, mode, hold) : toBytes(before?.peak);
  return {
    limit: {
      ...common(limit, key, from),
      allowance: { kind: 'limited', baseBytes: allowed, extraBytes: 0, allowedBytes: allowed, parts: [] },
      mode,
      usage: counted.usage,
      most: known === null && usage?.known === true ? findMost(facts, count, counted.count) : null,
      peakUsedBytes: peak,
      hold: hold && { window: hold.cycle, usedBytes: hold.usedBytes, allowedBytes: hold.allowedBytes },
    },
    state: { id: limit.id, window, key, unit: 'bytes', used: null, allowed, peak, count: counted.count },
  };
}

/** Counts what was used in a window of the calendar; unknown while nothing but its first reading is known. */
function countInWindow(
  { cycle, closing, awaited }: Loaded<Stage>,
  start: string,
  before: WindowCount | null,
  usage: Reading | null,
): { usage: Reading | null; count: WindowCount | null } {
  const known = ofSource(before && [closing, awaited].reduce(withEnd, before), cycle);
  if (usage === null || !usage.known || cycle === null) return { usage, count: known };
  const reading = toCycleReading(cycle, usage.at, usage);
  const begin = (): WindowCount => beginWindowCount(start, reading, toHighest(cycle));
  const count = known === null ? begin() : stepWindowCount(known, reading);
  const used = usageInWindow(count);
  return { count, usage: used && { known: true, at: usage.at, ...used } };
}

/** Returns the most that was used in a window before its first reading, by an earlier count; null where that is unknown. */
function findMost({ cycle }: Loaded<Stage>, earlier: WindowCount | null, count: WindowCount | null): UsageBytes | null {
  const last = ofSource(earlier, cycle)?.last;
  return count === null || last === undefined ? null : mostInWindow(count, last);
}

/** Returns a count with the newest figures of a cycle that ended in its window. */
export function withEnd(count: WindowCount, cycle: Readonly<CycleRecord> | null): WindowCount {
  if (cycle?.readAt == null || (cycle.id !== count.last.cycle && cycle.id !== count.ended?.cycle)) return count;
  if (ofSource(count, cycle) !== count) return count;
  return stepWindowCount(count, toCycleReading(cycle, cycle.readAt, cycle));
}

type CappedLimit = LimitSettings & { allowance: string };

function weighMoney(context: Context, limit: CappedLimit, from: LimitFacts): WeighedLimit {
  const { facts, now } = from;
  const { allowance: allowed } = limit;
  const spend = from.spend.find((one) => one.limit === limit.id) ?? null;
  const window = spend?.window ?? null;
  const key = ofClient(limit.window === 'cycle' ? facts.cycle && toCycleKey(facts.cycle) : toKey(limit, window), spend);
  const stored = findStored(facts, limit.id);
  const currency = spend?.currency ?? stored?.unit ?? from.currency ?? context.config.currency ?? '';
  const before = findBefore(facts, { id: limit.id, key, unit: currency });
  const peak = typeof before?.peak === 'string' ? before.peak : null;
  const state = { id: limit.id, window, key, unit: currency, used: null, allowed, peak, count: null };
  const hold = facts.holds.find(({ reason }) => reason === limit.id) ?? null;
  return {
    limit: {
      ...common(limit, key, from),
      unit: { currency },
      allowance: allowed,
      usage: spend?.reading ?? (limit.window === 'cycle' && facts.cycle === null ? noCycle(facts, now) : null),
      peakUsed: peak,
      hold: hold && { window: hold.cycle },
    },
    state: spend === null && stored !== null ? stored : state,
  };
}

/** The window of a client that got the line within it is another one: what the former one spent does not count. */
function ofClient(key: string | null, spend: Pick<Spend, 'window' | 'since'> | null): string | null {
  return spend === null ? key : toKeySince(key, spend.window.start, spend.since);
}

/** So is that of another server, or of directions that were swapped within it: what its limit held for is not what counts now. */
function toSourceKey(key: string | null, start: string, { cycle, mode }: Loaded<Stage>): string | null {
  const change = findSourceChange(cycle);
  const isSame = change === null || (change.swapped && mode === 'TOTAL');
  return isSame ? key : toKeySince(key, start, change.since);
}

function toKeySince(key: string | null, start: string, since: string | null): string | null {
  return key === null || since === null || since <= start ? key : `${key} since ${since}`;
}

/** Returns whether a limit as stored is of a window, whatever has been counted in it since when. */
export function isOfWindow({ key: stored }: Pick<LimitState, 'key'>, key: string): boolean {
  return stored === key || stored?.startsWith(`${key} since `) === true;
}

function noCycle({ service }: Loaded<Stage>, at: string): MoneyReading {
  const message = `"${service.id}" has a limit of its billing cycle but no billing cycle`;
  return { known: false, at, code: 'no_cycle', message };
}

function common({ id, action }: LimitSettings, key: string | null, { releasedUntil }: LimitFacts) {
  return {
    id,
    window: key,
    exceededAt: 'reached',
    release: 'window-end',
    restriction: action,
    releasedUntil,
  } as const;
}

function toKey({ window }: LimitSettings, bounds: Cycle | null): string | null {
  return bounds === null ? null : `${window} ${bounds.start}`;
}

function findStored({ limitsBefore }: Loaded<Stage>, id: string): LimitState | null {
  return limitsBefore.find((state) => state.id === id) ?? null;
}

/** Returns what is known of the same window. */
function findBefore(facts: Loaded<Stage>, of: Pick<LimitState, 'id' | 'key' | 'unit'>): LimitState | null {
  const state = findStored(facts, of.id);
  return state !== null && state.key === of.key && state.unit === of.unit ? state : null;
}

function toBytes(figure: LimitState['peak'] | undefined): number | null {
  return typeof figure === 'number' ? figure : null;
}

/** Returns the state of a limit with the figures of a decision. */
export function withFigures({ state }: WeighedLimit, { limits }: Decision): LimitState {
  const decision = limits.find(({ limit }) => limit === state.id);
  if (decision === undefined) return state;
  const { money, usedBytes } = decision;
  if (money !== null) return money.used === null ? state : { ...state, used: money.used, peak: money.used };
  const peak = usedBytes === null ? state.peak : Math.max(usedBytes, toBytes(state.peak) ?? 0);
  return { ...state, used: usedBytes, peak };
}
