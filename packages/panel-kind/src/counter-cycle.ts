import type { TargetState } from './plan.js';

/** Returns the id of the cycle; null for one that no run has opened yet, since it gets another id then. */
export function findCycleId({ cycle, scope }: Pick<TargetState, 'cycle' | 'scope'>): string | null {
  if (cycle === null || (cycle.isNew && (scope === 'command' || scope === 'hold'))) return null;
  return cycle.id;
}

/**
 * Returns whether the limit of an account on the panel may be lowered: one that another tool has set stays until the cycle after
 * `firstCycle`, in which the account was first seen. `isOwn`: Sluice has set it, or found it right.
 */
export function mayLowerLimit(
  target: Pick<TargetState, 'cycle' | 'scope'>,
  { isOwn, firstCycle }: { isOwn: boolean; firstCycle: string | null },
): boolean {
  if (isOwn || target.scope === 'command') return true;
  const cycle = findCycleId(target);
  return firstCycle !== null && cycle !== null && firstCycle !== cycle;
}

/** Returns whether an account's counter shows more than its service used in the cycle; null before it was read. */
export function showsOthers({ counted }: Pick<TargetState, 'counted'>): boolean | null {
  return counted === null ? null : counted.usedBytes < counted.counterBytes;
}

/**
 * Returns the cycle for which a run zeroes an account's counter: once in each, after it was read in it. Null where none is due.
 * `zeroedCycle`: the last one in which it was zeroed, or needed no zeroing.
 */
export function findCycleToZero(
  target: Pick<TargetState, 'cycle' | 'scope'>,
  zeroedCycle: string | null,
): string | null {
  const id = target.scope === 'poll' || target.scope === 'reconcile' ? findCycleId(target) : null;
  return target.cycle?.readAt == null || id === zeroedCycle ? null : id;
}

/**
 * Returns the last cycle in which a counter was zeroed, or needed no zeroing, after an observation: it shows zero, or nothing of it was to
 * be zeroed when it was first read.
 */
export function updateZeroedCycle(
  zeroedCycle: string | null,
  { cycle, isZero, isOwn }: { cycle: string | null; isZero: boolean; isOwn: boolean },
): string | null {
  return isZero || (zeroedCycle === null && isOwn) ? (cycle ?? zeroedCycle) : zeroedCycle;
}
