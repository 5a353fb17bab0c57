import { FlvxRefusedError } from '../../client/flvx-refused-error.js';
import type { FlvxObservation } from '../plan/observation.js';
import { planAccount } from '../plan/plan-account.js';
import { planUserAway } from '../plan/plan-removals.js';
import { quotaValuesOf } from '../plan/quota-values.js';
import type { FlvxStep } from '../plan/step.js';
import type { FlvxEnsureUserWanted } from '../plan/wanted.js';

/**
 * The account with the wanted quota, number, expiry and reset day. An account of the name that is not provably the service's
 * is refused; second accounts of an unguessable name, left by lost answers, are taken away as long as nothing runs on them.
 *
 * @throws {FlvxRefusedError} `account_exists`, `ambiguous_account`
 */
export function planEnsureUser(observed: FlvxObservation, wanted: FlvxEnsureUserWanted): FlvxStep[] {
  const quotas = quotaValuesOf(wanted);
  if (observed.user === null) {
    refuseStrangers(observed);
    const payload = { name: wanted.name, status: wanted.status ?? 1, ...quotas };
    return [
      { id: `create-user:${wanted.name}`, type: 'create-user', target: wanted.name, payload, prior: null, needs: [] },
    ];
  }
  // They bear the same name, so the panel would refuse to update the account as long as they are there.
  const away = observed.duplicates.flatMap((user) => {
    if (observed.forwards.some((forward) => forward.userId === user.id)) {
      throw new FlvxRefusedError(
        'ambiguous_account',
        `The accounts ${observed.user?.id ?? ''} and ${user.id} bear the same name and both have forwards. Decide by hand which is the service's.`,
      );
    }
    return planUserAway(observed, user);
  });
  const steps = planAccount(observed, {
    user: quotas,
    setsPassword: wanted.setPassword ?? false,
    permissions: new Map(),
    forwards: new Map(),
    common: wanted,
    repauseDefault: 'pushed',
  });
  const first = away.map((step) => step.id);
  return [...away, ...steps.map((step) => ({ ...step, needs: [...first, ...step.needs] }))];
}

function refuseStrangers({ strangers, scope }: FlvxObservation): void {
  if (strangers.length === 0) return;
  const ids = strangers.map((user) => user.id).join(', ');
  if (scope.adopt === true) {
    throw new FlvxRefusedError(
      'ambiguous_account',
      `Several accounts are named "${scope.name ?? ''}" (ids ${ids}). Say by id which one is the service's.`,
    );
  }
  throw new FlvxRefusedError(
    'account_exists',
    `The panel has an account "${scope.name ?? ''}" (id ${ids}), and nothing tells that it is this service's. Adopt it by name or id, or take another name.`,
  );
}
