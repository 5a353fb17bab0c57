import { type ItemError, toItemError } from '@sluice/panel-kind';
import {
  type CounterState,
  type Cycle,
  liesAhead,
  parseBillingCycleName,
  stepCounter,
  stepCycle,
  type UsageBytes,
} from '@sluice/quota-core';
import type { CycleRecord, ServiceRecord } from '@sluice/state-store';
import { findCycleAnchor, group } from '../base/lifecycle.js';
import { findEntry, findTimeZone } from '../base/config/find-entry.js';
import type { Context } from '../context/context.js';
import { isCounterState, toSums, withoutSums } from '../kernel/subject/figures.js';
import { withEnd } from '../kernel/subject/limits.js';
import type { Loaded, Placement } from '../kernel/subject/stages.js';

export const NO_PLACE: Placement = { cycle: null, closing: null, cycleIsNew: false, wrongCycles: [] };

export interface Placed {
  placement: Placement;
  error: ItemError | null;
}

export const UNPLACED: Placed = { placement: NO_PLACE, error: null };

/** Loads the earlier cycles of services whose newest cycle is in the future, opened by a wrong clock. */
export async function earlierCycles(
  { store }: Context,
  newest: Map<string, CycleRecord[]>,
  now: string,
): Promise<Map<string, CycleRecord[]>> {
  const earlier = new Map<string, CycleRecord[]>();
  for (const [service, [cycle]] of newest) {
    if (cycle === undefined || !liesAhead(cycle, now)) continue;
    earlier.set(
      service,
      (await store.cycles.ofService(service)).filter(({ id }) => id !== cycle.id),
    );
  }
  return earlier;
}

/**
 * Places services in their cycles by what is stored, as `load` does where it skips none. Those whose product the config does not have
 * are in none.
 */
export async function placeServices(
  context: Context,
  services: readonly ServiceRecord[],
): Promise<ReadonlyMap<string, Placement>> {
  const now = context.now();
  const newest = group(await context.store.cycles.newest(services.map(({ id }) => id)));
  const earlier = await earlierCycles(context, newest, now);
  return new Map(
    services.map((service) => {
      const product = findEntry(context.config.products, service.product);
      const recorded = newest.get(service.id)?.[0] ?? null;
      if (product === undefined) return [service.id, NO_PLACE];
      return [
        service.id,
        placeInCycle({ service, product, recorded, earlier: earlier.get(service.id) ?? [] }, now, context).placement,
      ];
    }),
  );
}

/** What decides on the cycle of a service. */
interface CycleFacts extends Pick<Loaded, 'service' | 'product' | 'recorded'> {
  earlier: readonly CycleRecord[];
  /** Since when what the service has on its panel belongs to no other client any more; null or absent where it always was. */
  objectSince?: string | null;
}

export function placeInCycle(
  { service, product, recorded, earlier, objectSince = null }: CycleFacts,
  now: string,
  context: Context,
): Placed {
  const anchor = findCycleAnchor(service);
  if (service.billingCycle === null || anchor === null) return UNPLACED;
  try {
    const step = stepCycle({
      nextDueDate: anchor,
      billingCycle: parseBillingCycleName(service.billingCycle),
      timeZone: findTimeZone(context.config, service.panel),
      now,
      quotaPeriod: product.quotaPeriod,
      recorded,
      earlier,
    });
    const stepped = beginSince(step.cycle, objectSince, now);
    if (step.kind === 'same' && step.wrong === undefined && stepped === step.cycle) {
      return { placement: { cycle: recorded, closing: null, cycleIsNew: false, wrongCycles: [] }, error: null };
    }
    const known = new Map([...earlier, ...(recorded ? [recorded] : [])].map((cycle) => [cycle.id, cycle]));
    const wrongCycles = (step.wrong ?? []).flatMap(({ id }) => known.get(id) ?? []);
    const before = known.get(step.previous?.id ?? '') ?? null;
    const goesOn = before && (step.kind === 'opened' ? { ...before, counter: withoutSums(before.counter) } : before);
    const counter = counterAfter(goesOn, wrongCycles, stepped.start);
    if (before && step.kind !== 'opened') {
      const closedAt = wrongCycles.length > 0 ? null : before.closedAt;
      const cycle = { ...before, ...stepped, counter, closedAt, ...endedFigures(before, stepped) };
      return { placement: { cycle, closing: null, cycleIsNew: false, wrongCycles }, error: null };
    }
    const closing = before && before.closedAt === null ? { ...before, closedAt: now } : null;
    // Growth of the counter since the last reading belongs to the new cycle.
    const cycle = { id: context.id('cyc'), service: service.id, ...stepped, openedAt: now, counter, ...NEW_CYCLE };
    return { placement: { cycle, closing, cycleIsNew: true, wrongCycles }, error: null };
  } catch (error) {
    return { placement: NO_PLACE, error: toItemError(error) };
  }
}

/** Returns a cycle that begins no earlier than its service has what it has on the panel. */
function beginSince(cycle: Cycle, since: string | null, now: string): Cycle {
  const isWithin = since !== null && since > cycle.start && since < cycle.end && since <= now;
  return isWithin ? { ...cycle, start: since } : cycle;
}

export const NO_PEAKS = { peakInBytes: null, peakOutBytes: null, peakTotalBytes: null };

export const NO_USAGE = { inBytes: null, outBytes: null, totalBytes: null, readAt: null };

export const NEW_CYCLE = { closedAt: null, ...NO_USAGE, ...NO_PEAKS, allowance: null, thresholds: [] };

/** Returns the figures of a cycle that end where its start moves; those from before a later start do not count. */
function endedFigures({ start, readAt }: CycleRecord, moved: Cycle): Partial<CycleRecord> {
  if (moved.start === start) return {};
  if (moved.start < start) return NO_PEAKS;
  return { ...NO_PEAKS, thresholds: [], ...((readAt ?? '') < moved.start ? NO_USAGE : {}) };
}

/** Counts in cycles whose start has moved later only what was used after the last sample before that start. */
export async function countFromStarts<L extends Loaded>(context: Context, loaded: L[]): Promise<L[]> {
  const moved = loaded.filter(({ cycle, recorded }) => wasCounted(cycle, recorded));
  if (moved.length === 0) return loaded;
  const counted = new Map<string, L>();
  for (const one of moved) counted.set(one.service.id, await countFromStart(context, one));
  return loaded.map((one) => counted.get(one.service.id) ?? one);
}

async function countFromStart<L extends Loaded>({ store }: Context, loaded: L): Promise<L> {
  const { service, cycle } = loaded;
  const { id, start } = cycle as CountedCycle;
  const [base] = await store.samples.list({ service: service.id, cycle: id, to: start, newestFirst: true, limit: 1 });
  if (base === undefined) return loaded;
  const { counter, ...rest } = cycle as CountedCycle;
  const counted = { ...rest, ...figuresSince(rest, base), counter: counterSince(counter, base) };
  const limitsBefore = loaded.limitsBefore.map((state) => ({
    ...state,
    count: state.count && withEnd(state.count, counted),
  }));
  return { ...loaded, cycle: counted, limitsBefore };
}

/** Whether the start of a cycle has moved before its last reading of a counter. */
function wasCounted(cycle: Loaded['cycle'], recorded: Loaded['recorded']): boolean {
  if (cycle === null || cycle.id !== recorded?.id || cycle.start <= recorded.start) return false;
  return isCounterState(cycle.counter) && cycle.counter.at >= cycle.start;
}

type CountedCycle = CycleRecord & { counter: CounterState };

function counterSince(counter: CounterState, base: UsageBytes): CounterState {
  const { usedIn, usedOut } = toSums(base);
  return {
    ...counter,
    usedIn: Math.max(0, counter.usedIn - usedIn),
    usedOut: Math.max(0, counter.usedOut - usedOut),
  };
}

function figuresSince(cycle: UsageBytes, base: UsageBytes): UsageBytes {
  const since = (now: number | null, before: number | null): number | null =>
    now === null || before === null ? null : Math.max(0, now - before);
  return {
    inBytes: since(cycle.inBytes, base.inBytes),
    outBytes: since(cycle.outBytes, base.outBytes),
    totalBytes: since(cycle.totalBytes, base.totalBytes),
  };
}

/**
 * Returns the counter that a cycle continues with, including what was counted in cycles that a wrong clock opened.
 */
export function counterAfter(cycle: CycleRecord | null, forgotten: readonly CycleRecord[], start: string): unknown {
  const before = cycle?.counter ?? null;
  const newest = forgotten
    .map(({ counter }) => counter)
    .findLast((counter) => counter !== null && counter !== undefined);
  if (newest === undefined) return before;
  if (!isCounterState(before) || !isCounterState(newest)) return newest;
  const step = stepCounter({
    previous: before,
    cycleStart: start,
    reading: { ...newest, inBytes: newest.lastIn, outBytes: newest.lastOut },
    // The counters may have been zeroed for the removed cycle.
    resetBetween: true,
    newCycle: false,
  });
  return step.known ? step.state : before;
}
