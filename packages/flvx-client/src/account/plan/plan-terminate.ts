import type { FlvxAccount } from '../account.js';
import { planClosing, planUserAway, pushedBy, removalsOf } from './plan-removals.js';
import { planLimitsAway } from './plan-limits.js';
import type { FlvxStep } from './step.js';

/**
 * Plans the removal of everything: closes the account, then removes forwards (paused first), permissions, the user, and last the
 * account's own speed limits. Of an account that is gone, whatever is left is removed. A forward that can't be deleted because
 * its node is away keeps everything after it.
 *
 * @param own `speedKey`: the key of the account's own limits; `speedNames`: other limits that are its own
 */
export function planTerminate(
  observed: FlvxAccount,
  own: { speedKey?: string | null; speedNames?: readonly string[] } = {},
): FlvxStep[] {
  const { user, duplicates } = observed;
  const ids = new Set([user, ...duplicates].map((row) => row?.id));
  const others = duplicates.flatMap((row) => planUserAway(observed, row));
  // The panel refuses to update an account as long as another one has the same name.
  const closing = planClosing(observed).map((step) =>
    step.type === 'update-user' ? { ...step, needs: others.map(({ id }) => id) } : step,
  );
  const rest = removalsOf(
    observed,
    observed.forwards.filter((row) => !ids.has(row.userId)),
    observed.permissions.filter((row) => !ids.has(row.userId)),
    '@gone',
  );
  const ofUser = user === null ? [] : planUserAway(pushedBy(observed, closing), user);
  const steps = [...others, ...closing, ...ofUser, ...rest];
  const limits = { key: own.speedKey ?? null, names: own.speedNames ?? [], keep: [] };
  return [...steps, ...planLimitsAway(observed, limits, steps)];
}
