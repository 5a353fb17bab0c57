import type { FlvxSpeedLimit } from '../../client/records.js';
import type { MegabitsPerSecond } from '../../client/units.js';
import type { FlvxAccount } from '../account.js';
import type { FlvxStep } from './step.js';
import type { FlvxAccountTarget, LimitTarget } from './target.js';

/** Creates the account's own limit where it is missing. */
export function planLimit(observed: FlvxAccount, target: FlvxAccountTarget): FlvxStep[] {
  const { limit } = target;
  if (limit == null || findLimit(observed.speedLimits, limit) !== null) return [];
  return [
    {
      id: `create-speed-limit:${limit.name}`,
      type: 'create-speed-limit',
      target: limit.name,
      payload: { ...limit },
      prior: null,
      needs: [],
    },
  ];
}

/** Deletes own limits that no permission has once the other steps are done. */
export function planLimitDeletions(
  observed: FlvxAccount,
  limits: FlvxAccountTarget['limits'],
  steps: readonly FlvxStep[],
  limit?: LimitTarget | null,
): FlvxStep[] {
  if (limits == null) return [];
  const wanted = limit == null ? null : findLimit(observed.speedLimits, limit);
  return observed.speedLimits
    .filter((row) => isOwn(limits, row.name) && row.id !== wanted?.id && !limits.keep.includes(row.id))
    .flatMap((row): FlvxStep[] => {
      const leaving = steps.filter((step) => releasesLimit(step, row.id));
      if ((observed.speedUse[row.id] ?? 0) > leaving.length) return [];
      return [
        {
          id: `delete-speed-limit:${row.id}`,
          type: 'delete-speed-limit',
          target: String(row.id),
          payload: { limitId: row.id },
          prior: row,
          needs: leaving.map((step) => step.id),
        },
      ];
    });
}

function isOwn({ key, names = [] }: NonNullable<FlvxAccountTarget['limits']>, name: string): boolean {
  return (key !== null && isLimitOf(key, name)) || names.includes(name);
}

/** Whether the step removes the limit from a permission. */
function releasesLimit(step: FlvxStep, limitId: number): boolean {
  if (step.type === 'remove-tunnel') return step.prior.speedId === limitId;
  if (step.type !== 'assign-tunnel' || step.prior?.speedId !== limitId) return false;
  const { speedName, values } = step.payload;
  return speedName !== null || (values.speedId !== undefined && values.speedId !== limitId);
}

/** Returns the name of an account's own limit: its key and speed, so that it is found again after a lost answer. */
export function ownLimitName(key: string, speed: MegabitsPerSecond): string {
  return `sluice:${key}:${speed}M`;
}

/** Returns the key in the name of an own limit; null for a limit of others. */
export function parseLimitKey(name: string): string | null {
  return /^sluice:(.+):\d+M$/s.exec(name)?.[1] ?? null;
}

/** Whether it is an own limit of this key. */
export function isLimitOf(key: string, name: string): boolean {
  const prefix = `sluice:${key}:`;
  return name.startsWith(prefix) && /^\d+M$/.test(name.slice(prefix.length));
}

/** Returns the existing limit: the first of that name and speed. */
export function findLimit(limits: readonly FlvxSpeedLimit[], wanted: LimitTarget): FlvxSpeedLimit | null {
  const same = limits.filter((limit) => limit.name === wanted.name && limit.speed === wanted.speed);
  return same.sort((a, b) => a.id - b.id)[0] ?? null;
}
