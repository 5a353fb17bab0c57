import { type ItemError, toItemError } from '@sluice/panel-kind';
import { type CounterState, liesAhead, parseBillingCycleName, stepCounter, stepCycle } from '@sluice/quota-core';
import type { CycleRecord } from '@sluice/state-store';
import { findTimeZone } from '../base/config/find-entry.js';
import type { Context } from '../context/context.js';
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

export function placeInCycle(
  { service, product, recorded }: Pick<Loaded, 'service' | 'product' | 'recorded'>,
  earlier: CycleRecord[],
  now: string,
  context: Context,
): Placed {
  if (service.billingCycle === null || service.nextDueDate === null) return UNPLACED;
  try {
    const step = stepCycle({
      nextDueDate: service.nextDueDate,
      billingCycle: parseBillingCycleName(service.billingCycle),
      timeZone: findTimeZone(context.config, service.panel),
      now,
      quotaPeriod: product.quotaPeriod,
      recorded,
      earlier,
    });
    if (step.kind === 'same' && step.wrong === undefined) {
      return { placement: { cycle: recorded, closing: null, cycleIsNew: false, wrongCycles: [] }, error: null };
    }
    const known = new Map([...earlier, ...(recorded ? [recorded] : [])].map((cycle) => [cycle.id, cycle]));
    const wrongCycles = (step.wrong ?? []).flatMap(({ id }) => known.get(id) ?? []);
    const before = known.get(step.previous?.id ?? '') ?? null;
    const counter = counterAfter(before, wrongCycles, step.cycle.start);
    if (before && step.kind !== 'opened') {
      const moved = step.cycle.start !== before.start;
      const closedAt = wrongCycles.length > 0 ? null : before.closedAt;
      const cycle = { ...before, ...step.cycle, counter, closedAt, ...(moved ? NO_PEAKS : {}) };
      return { placement: { cycle, closing: null, cycleIsNew: false, wrongCycles }, error: null };
    }
    const closing = before && before.closedAt === null ? { ...before, closedAt: now } : null;
    // Growth of the counter since the last reading belongs to the new cycle.
    const cycle = { id: context.id('cyc'), service: service.id, ...step.cycle, openedAt: now, counter, ...NEW_CYCLE };
    return { placement: { cycle, closing, cycleIsNew: true, wrongCycles }, error: null };
  } catch (error) {
    return { placement: NO_PLACE, error: toItemError(error) };
  }
}

export const NO_PEAKS = { peakInBytes: null, peakOutBytes: null, peakTotalBytes: null };

export const NO_USAGE = { inBytes: null, outBytes: null, totalBytes: null, readAt: null };

export const NEW_CYCLE = { closedAt: null, ...NO_USAGE, ...NO_PEAKS, allowance: null, thresholds: [] };

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
    reading: { at: newest.at, inBytes: newest.lastIn, outBytes: newest.lastOut },
    // The counters may have been zeroed for the removed cycle.
    resetBetween: true,
    newCycle: false,
  });
  return step.known ? step.state : before;
}

export function isCounterState(counter: unknown): counter is CounterState {
  const { lastIn, lastOut, usedIn, usedOut, at } = (counter ?? {}) as Partial<CounterState>;
  return [lastIn, lastOut, usedIn, usedOut].every((bytes) => typeof bytes === 'number') && typeof at === 'string';
}
