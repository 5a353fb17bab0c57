import type { FlvxObservation } from '../plan/observation.js';
import { planAccount } from '../plan/plan-account.js';
import { planClosing, planUserAway, pushedBy, removalsOf } from '../plan/plan-removals.js';
import { planLimitsAway } from '../plan/plan-limits.js';
import type { FlvxStep } from '../plan/step.js';
import type { AccountTarget } from '../plan/target.js';
import type { FlvxChangePasswordWanted, FlvxTerminateWanted } from '../plan/wanted.js';
import { accountOf } from './account-of.js';

const nothing = (common: AccountTarget['common'] = {}): AccountTarget => ({
  permissions: new Map(),
  forwards: new Map(),
  common,
  repauseDefault: 'pushed',
});

/**
 * Only the password; everything else goes along as it is. Whether it is done already is told by a login with it.
 *
 * @throws {FlvxRefusedError} `account_missing`
 */
export function planChangePassword(observed: FlvxObservation, wanted: FlvxChangePasswordWanted = {}): FlvxStep[] {
  accountOf(observed);
  return planAccount(observed, { ...nothing(wanted), setsPassword: true });
}

/**
 * Everything away: the account closed, then forwards, paused first, then permissions, then the user, then the service's own speed
 * limits. An account that is gone already leaves what may be left of it. A forward that can't be deleted (its node is away) keeps
 * all that comes after it.
 */
export function planTerminate(observed: FlvxObservation, wanted: FlvxTerminateWanted = {}): FlvxStep[] {
  const { user, duplicates } = observed;
  const ids = new Set([user, ...duplicates].map((row) => row?.id));
  const others = duplicates.flatMap((row) => planUserAway(observed, row));
  // As long as another account bears its name, the panel refuses every update of the user.
  const closing = planClosing(observed).map((step) =>
    step.type === 'update-user' ? { ...step, needs: others.map(({ id }) => id) } : step,
  );
  const rest = removalsOf(
    observed,
    observed.forwards.filter((row) => !ids.has(row.userId)),
    observed.permissions.filter((row) => !ids.has(row.userId)),
    '@gone',
  );
  const own = user === null ? [] : planUserAway(pushedBy(observed, closing), user);
  const steps = [...others, ...closing, ...own, ...rest];
  const limits = { key: wanted.speedKey ?? null, names: wanted.speedNames ?? [], keep: [] };
  return [...steps, ...planLimitsAway(observed, { ...nothing(), limits }, steps)];
}
