import type { FlvxQuotaValues } from '../../client/records.js';
import type { FlvxAccount } from '../account.js';
import { FlvxRefusedError } from '../refused-error.js';
import { planAccount } from './plan-account.js';
import { planUserDeletion } from './plan-removals.js';
import type { FlvxStep } from './step.js';
import { toQuotaValues } from './values.js';

/**
 * Plans an account with these values: creates it, or brings an existing one to them. An existing account keeps its name, and its
 * password unless `setPassword` is true. Second accounts of an unguessable name, left by lost answers, are removed as long as
 * they have no forward.
 *
 * @throws {FlvxRefusedError} `account_exists`: an account of the name does not provably belong to the service;
 * `ambiguous_account`: several accounts have the name.
 */
export function planEnsureUser(
  observed: FlvxAccount,
  wanted: FlvxQuotaValues & { name: string; setPassword?: boolean },
): FlvxStep[] {
  const quotas = toQuotaValues(wanted);
  if (observed.user === null) {
    refuseStrangers(observed);
    const payload = { name: wanted.name, status: 1, ...quotas };
    return [
      { id: `create-user:${wanted.name}`, type: 'create-user', target: wanted.name, payload, prior: null, needs: [] },
    ];
  }
  // The panel refuses to update an account as long as another one has the same name.
  const away = observed.duplicates.flatMap((user) => {
    if (observed.forwards.some((forward) => forward.userId === user.id)) {
      throw new FlvxRefusedError(
        'ambiguous_account',
        `The accounts ${observed.user?.id ?? ''} and ${user.id} bear the same name and both have forwards. Decide by hand which is the service's.`,
      );
    }
    return planUserDeletion(observed, user);
  });
  const steps = planAccount(observed, {
    user: quotas,
    setsPassword: wanted.setPassword ?? false,
    permissions: new Map(),
    forwards: new Map(),
    repause: 'pushed',
  });
  const first = away.map((step) => step.id);
  return [...away, ...steps.map((step) => ({ ...step, needs: [...first, ...step.needs] }))];
}

function refuseStrangers({ strangers, scope }: FlvxAccount): void {
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
