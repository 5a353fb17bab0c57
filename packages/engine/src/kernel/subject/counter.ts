import type { Panel } from '@sluice/panel-kind';
import type { CounterState, RefusedReading, UsageBytes } from '@sluice/quota-core';
import type { CycleRecord, ServiceRecord } from '@sluice/state-store';

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
