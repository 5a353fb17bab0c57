import type { FlvxObservation } from '../plan/observation.js';
import { planAccount } from '../plan/plan-account.js';
import type { FlvxStep } from '../plan/step.js';
import type { AccountTarget } from '../plan/target.js';
import type { FlvxRenewWanted } from '../plan/wanted.js';
import { accountOf } from './account-of.js';
import { resumeInto } from './resume.js';

/**
 * A new period: expiry on the user and the service's own permissions, counters zeroed once if asked for, and back to work what
 * the expiry or an ended hold had stopped.
 *
 * @throws {FlvxRefusedError} `account_missing`, `unknown_speed_limit`
 */
export function planRenew(observed: FlvxObservation, wanted: FlvxRenewWanted): FlvxStep[] {
  const user = accountOf(observed);
  const values = {
    expiresAt: wanted.expiresAt,
    ...(wanted.quota === undefined ? {} : { quota: wanted.quota }),
    ...(wanted.maxForwards === undefined ? {} : { maxForwards: wanted.maxForwards }),
    ...(wanted.resetDay === undefined ? {} : { resetDay: wanted.resetDay }),
  };
  const remaining = wanted.remaining ?? null;
  const closed = remaining !== null && remaining.mode !== 'throttle';
  const reopen = wanted.reopen === true;
  const tunnels = wanted.tunnels ?? observed.permissions.map((row) => row.tunnelId);
  const target: AccountTarget = {
    user: { ...values, ...(reopen && remaining?.closeUser !== true ? { status: 1 } : {}) },
    permissions: new Map(
      observed.permissions
        .filter((row) => row.userId === user.id && tunnels.includes(row.tunnelId))
        .map((row) => [row.tunnelId, { values: { ...values, ...(reopen && !closed ? { status: 1 } : {}) } }]),
    ),
    forwards: new Map(),
    reset: wanted.reset ?? null,
    common: wanted,
    repauseDefault: 'all',
  };
  const nothing = { user: null, permissions: [], forwards: [], speed: null };
  resumeInto(target, observed, {
    ...(wanted.resume ?? { evidence: nothing }),
    remaining,
    ...(wanted.resumeForwards === undefined ? {} : { resumeForwards: wanted.resumeForwards }),
  });
  return planAccount(observed, target);
}
