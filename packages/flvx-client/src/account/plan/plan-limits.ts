import type { FlvxSpeedLimit, MegabitsPerSecond } from '../../client/records.js';
import type { FlvxAccount } from '../history/history.js';
import { newStep, type FlvxStep } from './step.js';
import type { FlvxAccountTarget, LimitTarget } from './target.js';

/** Creates the account's own limit where it is missing. */
export function planLimit(observed: FlvxAccount, limit: LimitTarget): FlvxStep[] {
  if (findLimit(observed.speedLimits, limit) !== null) return [];
  return [newStep('create-speed-limit', limit.name, { payload: { ...limit }, prior: null })];
}

/** Deletes own limits that no permission has after the other steps. */
export function planLimitDeletions(
  observed: FlvxAccount,
  limits: NonNullable<FlvxAccountTarget['limits']>,
  steps: readonly FlvxStep[],
  limit?: LimitTarget | null,
): FlvxStep[] {
  const { key, names = [], keep } = limits;
  const needed = limit == null ? null : findLimit(observed.speedLimits, limit);
  const isOwn = (name: string): boolean => (key !== null && parseLimitKey(name) === key) || names.includes(name);
  return observed.speedLimits
    .filter((row) => isOwn(row.name) && row.id !== needed?.id && !keep.includes(row.id))
    .flatMap((row): FlvxStep[] => {
      const releasing = steps.filter((step) => releasesLimit(step, row.id));
      if ((observed.speedUse[row.id] ?? 0) > releasing.length) return [];
      const needs = releasing.map((step) => step.id);
      return [newStep('delete-speed-limit', row.id, { payload: { limitId: row.id }, prior: row, needs })];
    });
}

/** Whether the step removes the limit from a permission. */
function releasesLimit(step: FlvxStep, limitId: number): boolean {
  if (step.type === 'remove-tunnel') return step.prior.speedId === limitId;
  if (step.type !== 'assign-tunnel' || step.prior?.speedId !== limitId) return false;
  const { speedName, values } = step.payload;
  return speedName !== null || (values.speedId !== undefined && values.speedId !== limitId);
}

/** Returns the name of an account's own limit. It contains key and speed, so that the limit is found again after a lost answer. */
export function ownLimitName(key: string, speed: MegabitsPerSecond): string {
  return `sluice:${key}:${speed}M`;
}

/** Returns the key in the name of an own limit; null for any other limit. */
export function parseLimitKey(name: string): string | null {
  return /^sluice:(.+):\d+M$/s.exec(name)?.[1] ?? null;
}

/** Returns the speed in the name of an own limit; null for any other limit. */
export function limitNameSpeed(name: string): number | null {
  const speed = /^sluice:.+:(\d+)M$/s.exec(name)?.[1];
  return speed === undefined ? null : Number(speed);
}

/** Returns the existing limit: the first of that name and speed. */
export function findLimit(limits: readonly FlvxSpeedLimit[], { name, speed }: LimitTarget): FlvxSpeedLimit | null {
  const same = limits.filter((limit) => limit.name === name && limit.speed === speed);
  return same.sort((a, b) => a.id - b.id)[0] ?? null;
}
