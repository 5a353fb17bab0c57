import type { FlvxQuotaValues } from '../../client/records.js';
import type { FlvxAccount } from '../history/history.js';
import { FlvxRefusedError } from '../refused-error.js';
import { planAccount, planUserDeletion } from './plan-account.js';
import { newStep, type FlvxStep, toQuotaValues } from './step.js';

/**
 * Plans an account with these values: creates it, or changes the existing one, which keeps its name and password. Second
 * accounts of an unguessable name, left by lost answers, are removed unless they have a forward.
 *
 * @throws {FlvxRefusedError} `account_exists`: an account of the name does not provably belong to the service;
 * `ambiguous_account`: several accounts have the name.
 */
export function planEnsureUser(observed: FlvxAccount, target: FlvxQuotaValues & { name: string }): FlvxStep[] {
  const { user, duplicates, forwards } = observed;
  const quotas = toQuotaValues(target);
  if (user === null) {
    refuseStrangers(observed);
    return [newStep('create-user', target.name, { payload: { name: target.name, status: 1, ...quotas }, prior: null })];
  }
  // The panel refuses to update an account while another one has the same name.
  const deletions = duplicates.flatMap((duplicate) => {
    if (forwards.some((forward) => forward.userId === duplicate.id)) {
      throw new FlvxRefusedError(
        'ambiguous_account',
        `The accounts ${user.id} and ${duplicate.id} have the same name, and both have forwards. Find out which one belongs to the service, and name it by its id.`,
      );
    }
    return planUserDeletion(observed, duplicate);
  });
  const steps = planAccount(observed, {
    user: quotas,
    permissions: new Map(),
    forwards: new Map(),
  });
  const first = deletions.map((step) => step.id);
  return [...deletions, ...steps.map((step) => ({ ...step, needs: [...first, ...step.needs] }))];
}

function refuseStrangers({ strangers, scope }: FlvxAccount): void {
  if (strangers.length === 0) return;
  const ids = strangers.map((user) => user.id).join(', ');
  if (scope.adopt === true) {
    throw new FlvxRefusedError(
      'ambiguous_account',
      `Several accounts are named "${scope.name ?? ''}" (ids ${ids}). Name the service's account by its id.`,
    );
  }
  throw new FlvxRefusedError(
    'account_exists',
    `The panel has an account "${scope.name ?? ''}" (id ${ids}), and nothing proves that it belongs to this service. Adopt it by name or id, or choose another name.`,
  );
}
