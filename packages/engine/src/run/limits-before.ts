import { beginWindowCount } from '@sluice/quota-core';
import type { CycleRecord, ServiceRecord } from '@sluice/state-store';
import type { Session } from '../session.js';
import { findLimitStates, type LimitState } from './limit-state.js';
import { findWindow, listLimits, toCycleReading } from './limits.js';

/** What is stored of a service's limits. */
interface Stored {
  service: ServiceRecord;
  recorded: CycleRecord | null;
  now: string;
}

/**
 * Loads what is known of the limits of services besides the quota, as of the last decision. A limit in bytes whose window has
 * begun since is counted from the last reading before its beginning, if that is at most two poll intervals old, or else
 * from the first stored reading in it.
 */
export async function loadLimits(
  session: Session,
  services: readonly ServiceRecord[],
  { recorded, now }: { recorded: (service: string) => CycleRecord | null; now: string },
): Promise<Map<string, readonly LimitState[]>> {
  const limited = services.filter(({ product }) => listLimits(session, product).length > 0);
  if (limited.length === 0) return new Map();
  const decisions = await session.store.decisions.latest(limited.map(({ id }) => id));
  const last = new Map(decisions.map((row) => [row.service, findLimitStates(row)]));
  const found = new Map<string, readonly LimitState[]>();
  for (const service of limited) {
    const stored = { service, recorded: recorded(service.id), now };
    found.set(service.id, await withBases(session, stored, last.get(service.id) ?? []));
  }
  return found;
}

async function withBases(session: Session, stored: Stored, last: readonly LimitState[]): Promise<LimitState[]> {
  const { service, now } = stored;
  const states = new Map(last.map((state) => [state.id, state]));
  for (const limit of listLimits(session, service.product)) {
    const { id, window, allowance } = limit;
    if (window === 'cycle' || typeof allowance === 'string') continue;
    const bounds = findWindow(session, limit, { service, cycle: null, now });
    const key = `${window} ${bounds?.start ?? ''}`;
    const before = states.get(id);
    if (bounds === null || (before?.key === key && before.unit === 'bytes' && before.count !== null)) continue;
    const base = await findBase(session, stored, bounds.start);
    if (base === null) continue;
    const count = beginWindowCount(bounds.start, base);
    const peak = before?.key === key ? before.peak : null;
    states.set(id, { id, window: bounds, key, unit: 'bytes', used: null, allowed: allowance, peak, count });
  }
  return [...states.values()];
}

/** Returns the reading from which usage in a window is counted; null where none is stored. */
async function findBase({ store, config }: Session, { service, recorded }: Stored, start: string) {
  if (recorded?.readAt == null) return null;
  const earliest = new Date(Date.parse(start) - 2 * config.poll.interval).toISOString();
  if (recorded.readAt < earliest) return null;
  if (recorded.readAt <= start) return toCycleReading(recorded, recorded.readAt, recorded);
  const samples = await store.samples.list({ service: service.id, from: earliest });
  const base = samples.findLast(({ at }) => at <= start) ?? samples[0];
  // Of an earlier cycle, only the id is known, which is all that distinguishes it.
  if (base === undefined) return null;
  const cycle = base.cycle === recorded.id ? recorded : { id: base.cycle, start: '' };
  return toCycleReading(cycle, base.at, base);
}
