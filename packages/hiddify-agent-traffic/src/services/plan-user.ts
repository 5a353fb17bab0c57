import { checkLocalDate } from '@sluice/quota-core';
import { changeOf, differencesOf, hasDifferences, isHalfMade } from '../client/compare-user.js';
import { checkChange, checkNewUser } from '../client/check-user.js';
import { SELF, type HiddifyUser } from '../client/records.js';
import type { HiddifyUserChange, NewHiddifyUser } from '../client/types.js';
import { AgentTrafficError } from '../errors.js';
import type { HiddifyStep } from '../steps/step.js';

/**
 * A user of the panel as a service that somebody bought: each function looks at the user as it was read and gives the steps
 * that are still due. Pure; run the steps with `executeUserSteps`. What is so already gives no step, so everything here may be
 * repeated.
 */
type Observed = HiddifyUser | null;

/**
 * The user with all that is asked for. One that the panel left half-made is completed.
 *
 * @param ours the uuid is known to be this service's (it was stored before the first call): differences are put right. Without
 *   it a user that is there already and differs is somebody else's.
 * @throws AgentTrafficError `invalid_user`, `user_exists`
 */
export function planUserCreate(input: {
  wanted: NewHiddifyUser & { uuid: string };
  observed: Observed;
  ours?: boolean;
}): HiddifyStep[] {
  const { wanted, observed, ours = false } = input;
  checkNewUser(wanted);
  if (observed === null) {
    return [
      { type: 'create-user', target: wanted.uuid, agent: agentOf(wanted.owner), prior: null, why: 'create', wanted },
    ];
  }
  const due = differencesOf(observed, changeOf(wanted));
  if (hasDifferences(due) && !ours && !isHalfMade(observed, wanted)) {
    throw new AgentTrafficError(
      'user_exists',
      `A user with the uuid of "${wanted.name}" exists on the panel and is another one. Nothing was changed.`,
    );
  }
  return updateWith(observed, due, 'create');
}

/** Switches the user off. No step when it is off already: then it is not ours to switch on again. */
export function planUserSuspend(input: { observed: Observed; why?: string }): HiddifyStep[] {
  const observed = there(input.observed);
  return observed.enabled ? [stepOf('disable-user', observed, input.why ?? 'suspend')] : [];
}

/** Switches the user on again, only where `disabledByUs` proves that the switch was ours. */
export function planUserUnsuspend(input: { observed: Observed; disabledByUs: boolean; why?: string }): HiddifyStep[] {
  const observed = there(input.observed);
  return !observed.enabled && input.disabledByUs ? [stepOf('enable-user', observed, input.why ?? 'unsuspend')] : [];
}

/**
 * The days of a term: the panel serves a user up to and including the day that `start` plus the days is.
 *
 * @param start local date of the panel's server, `YYYY-MM-DD`
 * @param until local date, not before `start`
 * @throws QuotaCoreError `invalid_date`; AgentTrafficError `invalid_user` when it ends before it begins
 */
export function packageTerm(start: string, until: string): { startDate: string; packageDays: number } {
  checkLocalDate(start, 'the start of the term');
  checkLocalDate(until, 'the end of the term');
  const packageDays = Math.round((Date.parse(until) - Date.parse(start)) / 86_400_000);
  if (packageDays < 0) {
    throw new AgentTrafficError(
      'invalid_user',
      `The term cannot be written: it ends (${until}) before it begins (${start}).`,
    );
  }
  return { startDate: start, packageDays };
}

/**
 * A new term. Start and days go in one write, since the panel ignores a start that comes alone.
 *
 * @param input.zeroUsage for users that the panel does not reset by itself. Read the usage first, and again after a minute: the
 *   panel's minute task may write the old figure back.
 */
export function planUserRenew(input: {
  observed: Observed;
  term: { startDate: string; packageDays: number };
  zeroUsage?: boolean;
}): HiddifyStep[] {
  const observed = there(input.observed);
  const change: HiddifyUserChange = { ...input.term, ...(input.zeroUsage === true ? { usedBytes: 0 } : {}) };
  checkChange(change);
  const due = differencesOf(observed, change);
  // A term is one thing: its two halves never go apart.
  if ('packageDays' in due || 'startDate' in due) Object.assign(due, input.term);
  return updateWith(observed, due, 'renew');
}

/** The usage back to zero, for a new cycle of a user that the panel does not reset. No step when it is zero. */
export function planUserZeroUsage(input: { observed: Observed; why?: string }): HiddifyStep[] {
  const observed = there(input.observed);
  const isZero = observed.usedBytes === 0 && observed.odd?.usedBytes === undefined;
  return isZero ? [] : updateWith(observed, { usedBytes: 0 }, input.why ?? 'new-cycle');
}

/** Another product: limit, mode, days, owner, name. The switch is not touched: who is held stays held. */
export function planUserChangePackage(input: {
  observed: Observed;
  change: Omit<HiddifyUserChange, 'enabled' | 'usedBytes'>;
}): HiddifyStep[] {
  const observed = there(input.observed);
  checkChange(input.change);
  return updateWith(observed, differencesOf(observed, input.change), 'change-package');
}

/** The user gone from the panel. No step when it is gone. */
export function planUserTerminate(input: { observed: Observed }): HiddifyStep[] {
  return input.observed === null ? [] : [stepOf('delete-user', input.observed, 'terminate')];
}

function updateWith(observed: HiddifyUser, change: HiddifyUserChange, why: string): HiddifyStep[] {
  if (!hasDifferences(change)) return [];
  return [
    { type: 'update-user', target: targetOf(observed), agent: agentOf(observed.owner), prior: observed, why, change },
  ];
}

function stepOf(type: 'disable-user' | 'enable-user' | 'delete-user', observed: HiddifyUser, why: string): HiddifyStep {
  return { type, target: targetOf(observed), agent: agentOf(observed.owner), prior: observed, why };
}

function there(observed: Observed): HiddifyUser {
  if (observed !== null) return observed;
  throw new AgentTrafficError(
    'unknown_user',
    'The panel has no such user any more; nothing was changed. Create it, or mend the uuid.',
  );
}

function targetOf(observed: HiddifyUser): string {
  if (observed.uuid !== null) return observed.uuid;
  throw new AgentTrafficError(
    'unknown_user',
    `User "${observed.name}" has no usable uuid and cannot be changed over the API.`,
  );
}

function agentOf(owner: string | null | undefined): string | null {
  return owner === undefined || owner === SELF ? null : owner;
}
