import type { Panel } from '@sluice/panel-kind';
import type { CounterState, UsageBytes } from '@sluice/quota-core';
import type { CycleRecord, ServiceRecord } from '@sluice/state-store';

/** No account has this name: a counter of it is another account's, whichever is read next. */
const NO_ACCOUNT = '';

/** Returns whether what is stored with a cycle is the state of a counter, and not the bounds of a panel with windows. */
export function isCounterState(counter: unknown): counter is CounterState {
  const { lastIn, lastOut, usedIn, usedOut, at } = (counter ?? {}) as Partial<CounterState>;
  if (typeof lastIn !== 'number' || typeof lastOut !== 'number' || typeof at !== 'string') return false;
  return typeof usedIn === 'number' && typeof usedOut === 'number';
}

/**
 * Returns the counter that a cycle goes on from; null before its first reading. What was used on a panel without counters stays
 * counted.
 */
export function findCounter(cycle: Readonly<CycleRecord>): CounterState | null {
  const { counter, readAt, openedAt } = cycle;
  if (isCounterState(counter)) return counter;
  if (readAt === null && counter == null) return null;
  const { usedIn, usedOut } = toSums(cycle);
  return { lastIn: 0, lastOut: 0, usedIn, usedOut, at: readAt ?? openedAt, account: NO_ACCOUNT };
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
