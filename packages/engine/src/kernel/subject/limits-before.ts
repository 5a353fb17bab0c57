import type { Panel } from '@sluice/panel-kind';
import {
  beginWindowCount,
  type CycleReading,
  eachFigure,
  stepWindowCount,
  type UsageBytes,
  type WindowCount,
} from '@sluice/quota-core';
import type { CycleRecord, DecisionRecord, SampleRecord, ServiceRecord } from '@sluice/state-store';
import { listLimits } from '../../base/config/find-entry.js';
import type { Context } from '../../context/context.js';
import { findLimitStates, type LimitState } from './figures.js';
import { findWindow, isOfWindow, toCycleReading, toHighest, withEnd } from './limits.js';
import { findSourceChange } from './source.js';

/** What is known of the limits of a service before it is read. */
export interface LimitsBefore {
  /** As of the last decision, counted up to the last reading. */
  limits: readonly LimitState[];
  /** An ended cycle that a window counts and whose final figures were not read, on a panel that answers for a past time. */
  awaited: CycleRecord | null;
}

export const NO_LIMITS: LimitsBefore = { limits: [], awaited: null };

/** What is stored of a service. */
interface Stored {
  service: ServiceRecord;
  /** The newest cycle. */
  recorded: CycleRecord | null;
  now: string;
  /** Whether the panel answers for a past time. */
  hasFinal: boolean;
}

/**
 * Loads what is known of the limits of services besides the quota, as of the last decision. A limit in bytes whose window has
 * begun since is counted from the last reading before its beginning, if that is at most two poll intervals old, or else
 * from the first stored reading in it.
 */
export async function loadLimits(
  context: Context,
  panel: Pick<Panel, 'kind'>,
  services: readonly ServiceRecord[],
  { recorded, now }: { recorded: (service: string) => CycleRecord | null; now: string },
): Promise<Map<string, LimitsBefore>> {
  const hasFinal = panel.kind.capabilities.includes('window-usage');
  const decisions = await context.store.decisions.latest(services.map(({ id }) => id));
  const last = new Map(decisions.map((row) => [row.service, row]));
  const found = new Map<string, LimitsBefore>();
  for (const service of services) {
    const stored = { service, recorded: recorded(service.id), now, hasFinal };
    found.set(service.id, await loadOne(context, stored, findOwnStates(service, last.get(service.id))));
  }
  return found;
}

/** Returns the limits of the last decision; what was spent before the present client came is not what it has spent. */
function findOwnStates({ clientSince }: ServiceRecord, last: DecisionRecord | undefined): readonly LimitState[] {
  if (last === undefined) return [];
  const states = findLimitStates(last);
  if (clientSince === null || last.at >= clientSince) return states;
  return states.map((state) => (state.unit === 'bytes' ? state : { ...state, used: null, peak: null }));
}

async function loadOne(context: Context, stored: Stored, last: readonly LimitState[]): Promise<LimitsBefore> {
  const { recorded, service } = stored;
  const isAlone = last.every(({ count }) => count === null || isOfNewest(count, stored));
  const cycles =
    isAlone && recorded !== null ? [recorded] : isAlone ? [] : await context.store.cycles.ofService(service.id);
  const states = last.map((state) => ({ ...state, count: state.count && continued(state.count, cycles) }));
  const limits = await withBases(context, stored, states);
  const ended = limits.flatMap(({ count }) => (count === null ? [] : (findUnread(count, recorded) ?? [])));
  const awaited = stored.hasFinal ? (cycles.find(({ id }) => id === ended[0]) ?? null) : null;
  return { limits, awaited };
}

/** Returns the id of an ended cycle of a window whose final figures are not counted. */
function findUnread({ start, last, ended }: WindowCount, recorded: CycleRecord | null): string | null {
  if (ended !== null) return ended.cycle;
  const isUnread = last.cycle !== recorded?.id && last.at < last.cycleEnd && last.cycleEnd > start;
  return isUnread ? last.cycle : null;
}

/** A count as stored; one of a version before has no last reading, and its cycles no end. */
type StoredCount = Omit<WindowCount, 'last' | 'ended'> & Partial<Pick<WindowCount, 'last' | 'ended'>>;

/** Returns whether the newest cycle is all that a count goes on from. */
function isOfNewest({ base, last, ended }: StoredCount, { recorded, hasFinal }: Stored): boolean {
  return (last ?? base).cycle === recorded?.id && !(hasFinal && ended != null);
}

/** Returns a count with the newest stored figures: a run that was killed has stored its readings, but not its decisions. */
function continued(stored: StoredCount, cycles: readonly CycleRecord[]): WindowCount {
  const count = stored.last === undefined ? withLast(stored, cycles) : { ended: null, ...stored, last: stored.last };
  const isNewer = ({ id, start, readAt }: CycleRecord): boolean =>
    [count.last, count.ended].some(
      (reading) => reading?.cycle === id && reading.cycleStart === start && (readAt ?? '') > reading.at,
    );
  return cycles.filter(isNewer).reduce(withEnd, count);
}

function withLast(stored: StoredCount, cycles: readonly CycleRecord[]): WindowCount {
  const row = cycles.find(({ id }) => id === stored.base.cycle);
  const cycleStart = stored.base.cycleStart === '' && row !== undefined ? row.start : stored.base.cycleStart;
  const base = { ...stored.base, cycleStart, cycleEnd: row?.end ?? stored.base.at };
  const isOfRow = row?.readAt != null && row.start === cycleStart;
  return { ...stored, base, last: isOfRow ? toCycleReading(row, row.readAt ?? '', row) : base, ended: null };
}

async function withBases(context: Context, stored: Stored, last: readonly LimitState[]): Promise<LimitState[]> {
  const { service, now } = stored;
  const states = new Map(last.map((state) => [state.id, state]));
  for (const limit of listLimits(context.config, service.product)) {
    const { id, window, allowance } = limit;
    if (window === 'cycle' || typeof allowance === 'string') continue;
    const bounds = findWindow(context, limit, { service, cycle: null, now });
    const key = `${window} ${bounds?.start ?? ''}`;
    const state = states.get(id);
    const before = state?.unit === 'bytes' && isOfWindow(state, key) ? state : null;
    if (bounds === null || (before !== null && before.count !== null)) continue;
    const count = await countStored(context, stored, bounds.start);
    if (count === null) continue;
    const known = { key: before?.key ?? key, peak: before?.peak ?? null };
    states.set(id, { id, window: bounds, ...known, unit: 'bytes', used: null, allowed: allowance, count });
  }
  return [...states.values()];
}

/** Counts the stored readings of a window; null where none is stored. */
async function countStored(
  { store, config }: Context,
  { service, recorded }: Stored,
  start: string,
): Promise<WindowCount | null> {
  if (recorded === null) return null;
  const { readAt } = recorded;
  const earliest = new Date(Date.parse(start) - 2 * config.poll.interval).toISOString();
  if (readAt !== null && readAt < earliest) return null;
  if (readAt !== null && readAt <= start)
    return beginWindowCount(start, toCycleReading(recorded, readAt, recorded), toHighest(recorded));
  const { since = earliest } = findSourceChange(recorded) ?? {};
  const from = since > earliest ? since : earliest;
  const samples = await store.samples.list({ service: service.id, from });
  const rows = await store.cycles.ofService(service.id);
  const cycles = new Map(rows.map((cycle) => [cycle.id, cycle]));
  const readings = samples.flatMap((sample) => toReading(sample, cycles.get(sample.cycle)) ?? []);
  const first = Math.max(
    0,
    readings.findLastIndex(({ at }) => at <= start),
  );
  const [base, ...later] = readings.slice(first);
  if (base === undefined) return null;
  const begun = beginWindowCount(start, base, findHighestRead(readings.slice(0, first), base));
  return continued(later.reduce(stepWindowCount, begun), rows);
}

/** Returns the highest figures among readings of the same cycle. */
function findHighestRead(readings: readonly CycleReading[], { cycle, cycleStart }: CycleReading): UsageBytes {
  const same = readings.filter((one) => one.cycle === cycle && one.cycleStart === cycleStart);
  return eachFigure((key) =>
    same.reduce<number | null>(
      (most, { [key]: figure }) => (figure === null ? most : Math.max(figure, most ?? 0)),
      null,
    ),
  );
}

/** Returns a stored sample as a reading of its cycle; one from before its beginning was read when it began earlier. */
function toReading(sample: SampleRecord, cycle: CycleRecord | undefined): CycleReading | null {
  if (cycle === undefined) return null;
  return toCycleReading({ ...cycle, start: sample.at < cycle.start ? '' : cycle.start }, sample.at, sample);
}
