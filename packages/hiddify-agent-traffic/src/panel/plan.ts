import {
  findTermEnd,
  type HoldInForce,
  mayLowerLimit,
  newPlan,
  newStep,
  type Observation,
  type Plan,
  sharerIds,
  type TargetState,
  waitsForEnded,
} from '@sluice/panel-kind';
import { type EvidenceRecord, toLocalDate } from '@sluice/quota-core';
import {
  ACTION_TYPES,
  type AddressableUser,
  type CreatePayload,
  isAddressable,
  toObservedUser,
  type UpdatePayload,
  USER_EVIDENCE,
  type UserPrior,
} from '../account/user-actions.js';
import { MOST_BYTES } from '../client/check-user.js';
import { UNFINISHED } from '../client/compare-user.js';
import { type HiddifyUser, SELF } from '../client/records.js';
import type { HiddifyUserChange } from '../client/types.js';
import { listByOthers } from './by-others.js';
import { toAbsence, updateCheckpoint, type UserCheckpoint } from './checkpoint.js';
import type { HiddifyState } from './lists.js';
import { findEndDate, toLift, toLimit, toOwner, toProtectedTerm, toTerm } from './product.js';
import { toHiddifyProduct, USER_REF } from './settings.js';
import { listUpdates, waitForRoom } from './updates.js';
import { noteZeroing, planZeroing } from './zeroing.js';

/**
 * Plans the steps from what the panel shows of a user to its target state. Changes of other tools are never undone, and nothing is
 * written that is so already, because every write starts an apply run on the panel.
 */
export function planUser(target: TargetState, observation: Observation<HiddifyState>): Plan {
  const plan = newPlan();
  const { service, command, holds, evidence, sharers } = target;
  const uuid = service.refs[USER_REF];
  const terminates = command?.verb === 'terminate';
  if (uuid === undefined) {
    if (terminates) dropAll(plan, evidence);
    return plan;
  }
  if (!observation.state) {
    // A command about a user that can't be read is not carried out.
    const isNeeded = target.scope === 'command' || command !== null || holds.length > 0 || evidence.length > 0;
    const problem = observation.error ?? { code: 'not_observed', message: 'the user was not read' };
    if (isNeeded) plan.problems.push(problem);
    return plan;
  }
  const { user } = observation.state;
  if (sharers.length > 0 && !(terminates && user === null)) {
    const message = `"${service.id}" names the same user as ${sharerIds(target).join(', ')}, but a user belongs to one service: nothing was changed; correct ${USER_REF}`;
    plan.problems.push(waitsForEnded(target) ?? { code: 'shared_user', message });
  } else if (terminates) planTermination(plan, target, user);
  else if (user === null) planAbsent(plan, target, uuid);
  else if (isAddressable(user)) {
    planPresent(plan, target, user, observation.at);
    const byOthers = command === null ? listByOthers(target, user) : [];
    if (byOthers.length > 0) plan.byOthers = byOthers;
  }
  return plan;
}

/** One answer without a user proves little: one that was disabled is enabled when it is there again, unless its service is terminated. */
function planAbsent(plan: Plan, target: TargetState, uuid: string): void {
  const { service, product, command, scope, holds, evidence } = target;
  if (command?.verb !== 'create') {
    const isTerminated = service.status === 'terminated';
    if (isTerminated) dropAll(plan, evidence);
    const isKept = evidence.length > 0 && !isTerminated;
    if (scope !== 'hold' || holds.length > 0 || isKept)
      plan.problems.push(toAbsence(service, target.checkpoint, target.recent));
    return;
  }
  // A lift waits for the next run: what is created is what is sold.
  const limitBytes =
    target.allowance?.lifted === true ? (target.allowance.soldBytes ?? toLimit(target)) : toLimit(target);
  if (limitBytes === null || limitBytes === 0) {
    plan.problems.push({
      code: 'no_quota',
      message: `"${service.id}" has no quota (or one of 0), but every user on the panel needs a limit: set quota: { total: SIZE } (or unlimited) in its product`,
    });
    return;
  }
  const { mode, packageDays } = toHiddifyProduct(product);
  const owner = toOwner(service, product);
  const payload: CreatePayload = {
    wanted: { uuid, name: service.id, limitBytes, mode, owner, comment: '', ...(toTerm(target) ?? { packageDays }) },
  };
  plan.counts = true;
  plan.steps.push({ ...newStep(ACTION_TYPES.create, uuid), payload });
  const [hold] = holds;
  if (!hold) return;
  plan.again = true;
  plan.steps.push({ ...newStep(ACTION_TYPES.disable, uuid), hold: hold.id, later: true });
}

function planTermination(plan: Plan, { service, evidence }: TargetState, user: HiddifyUser | null): void {
  if (user === null) {
    dropAll(plan, evidence);
    plan.refs = { [USER_REF]: null };
    return;
  }
  if (!isOwn(service.ownRefs)) {
    const message = `user "${user.name}" existed before "${service.id}" and was not created by Sluice`;
    plan.problems.push({ code: 'not_ours', message });
    return;
  }
  plan.counts = true;
  plan.steps.push({
    ...newStep(ACTION_TYPES.delete, user.uuid ?? ''),
    prior: toObservedUser(user),
    ends: evidence.map((item) => item.id),
  });
}

function planPresent(plan: Plan, target: TargetState, user: AddressableUser, at: string): void {
  const { command, service } = target;
  if (command?.verb === 'create' && !isOwn(service.ownRefs)) {
    if (!command.adopt && user.name !== service.id) {
      plan.problems.push({
        code: 'account_exists',
        message: `the panel has a user "${user.name}" with the ${USER_REF} of "${service.id}", which may belong to another service`,
      });
      return;
    }
    plan.refs = { [USER_REF]: user.uuid };
  }
  const checkpoint = updateCheckpoint(target, user, at, toLimit(target));
  noteZeroing(plan, target, user, { at, checkpoint });
  const [hold] = target.holds;
  if (hold) restrict(plan, target, user, hold);
  const change =
    target.endsLift === true
      ? endLift(plan, target, user, checkpoint)
      : target.scope === 'hold'
        ? giveLimitBack(target, user, checkpoint)
        : planChange(plan, target, user, checkpoint);
  const zero = planZeroing(plan, target, user, checkpoint);
  const payload: UpdatePayload = zero === null ? { change } : { change: { ...change, usedBytes: 0 }, zero };
  if (Object.keys(payload.change).length > 0) plan.steps.push(...listUpdates(user, payload, toLift(target)));
  if (!hold) for (const item of target.evidence) release(plan, target, user, item);
  const isReleased = plan.steps.some(({ type }) => type === ACTION_TYPES.enable);
  plan.stops = listStops(target, { ...user, ...payload.change, enabled: user.enabled || isReleased });
  if (plan.steps.length > 0) plan.stopsNow = listStops(target, user);
}

/** Returns what stops a user that Sluice has not disabled. */
function listStops({ holds, evidence, disabledForAgent, now, timeZone }: TargetState, user: AddressableUser): string[] {
  if ((holds.length > 0 && evidence.length > 0) || disabledForAgent === true) return [];
  const what = `user "${user.name}"`;
  if (!user.enabled) return [`${what} is disabled, but not by Sluice`];
  const end = findEndDate(user);
  if (end !== null && end < toLocalDate(now, timeZone)) return [`${what}: its days on the panel ended on ${end}`];
  return user.usedBytes >= user.limitBytes ? [`${what} has used up its limit on the panel`] : [];
}

function restrict(plan: Plan, target: TargetState, user: AddressableUser, hold: HoldInForce): void {
  const own = target.evidence.find((item) => item.kind === USER_EVIDENCE && item.target === user.uuid);
  if (user.enabled) {
    if (own) plan.drift.push(`user "${user.name}" is enabled and should be disabled`);
    const prior: UserPrior = { name: user.name, enabled: true, owner: user.owner, restriction: hold.restriction };
    plan.steps.push({
      ...newStep(ACTION_TYPES.disable, user.uuid),
      hold: hold.id,
      prior,
      begins: own ? null : { kind: USER_EVIDENCE, target: user.uuid, prior },
    });
  }
  for (const item of target.evidence) {
    if (!target.holds.some(({ id }) => id === item.hold)) plan.moves.push({ evidence: item.id, hold: hold.id });
  }
}

/**
 * Undoes what a hold that has ended had changed, and nothing else. Who owns the user by now does not matter: a service that an
 * agent above the new owner restricts is still held.
 */
function release(plan: Plan, { service }: TargetState, user: AddressableUser, item: EvidenceRecord): void {
  if (item.target !== user.uuid) {
    plan.problems.push({
      code: 'user_changed',
      message: `"${service.id}" does not name the user that was disabled for it: enable that user on the panel, or restore ${USER_REF}`,
    });
  } else if (user.enabled) {
    plan.endedEvidence.push({ evidence: item.id, outcome: 'dropped' });
  } else {
    plan.steps.push({
      ...newStep(ACTION_TYPES.enable, user.uuid),
      hold: item.hold,
      prior: toObservedUser(user),
      ends: [item.id],
      ...waitForRoom(plan.steps),
    });
  }
}

/**
 * Returns the limit of a user without a hold: if everything is given back, that of the other tool which Sluice had overwritten, unless
 * it is used up; else the highest, where the panel would stop a user who is given back or lifted.
 */
function giveLimitBack(
  { allowance, holds, givesBack = false }: TargetState,
  user: AddressableUser,
  checkpoint: UserCheckpoint,
): HiddifyUserChange {
  if (allowance?.lifted !== true || holds.length > 0) return {};
  const isUsed = user.usedBytes >= user.limitBytes;
  const limitBefore = givesBack ? (checkpoint.limitBefore ?? null) : null;
  if (limitBefore !== null && limitBefore > user.usedBytes) return { limitBytes: limitBefore };
  return isUsed || limitBefore !== null ? { limitBytes: MOST_BYTES } : {};
}

/** Returns the limit of a user whose service has ended while it was lifted: what it was before the lift, at most. */
function endLift(
  plan: Plan,
  target: TargetState,
  user: AddressableUser,
  { ownLimit }: UserCheckpoint,
): HiddifyUserChange {
  const sold = toLimit(target);
  if (sold === null || sold >= MOST_BYTES || user.limitBytes < MOST_BYTES || !ownLimit) return {};
  const { countedBytes = null } = target;
  plan.counts = true;
  return { limitBytes: countedBytes === null || countedBytes === 0 ? sold : Math.min(sold, countedBytes) };
}

/** Whether a user without a limit counts as one with a limit under those of its agents. */
function isUncounted({ countedBytes = null }: TargetState): boolean {
  return countedBytes !== null && countedBytes > 0 && countedBytes < MOST_BYTES;
}

/** Returns the changes that may be written in this scope; reports the others as drift. */
function planChange(
  plan: Plan,
  target: TargetState,
  user: AddressableUser,
  checkpoint: UserCheckpoint,
): HiddifyUserChange {
  const { scope, service, product } = target;
  const change: HiddifyUserChange = {};
  const limitBytes = toLimit(target);
  const shownLimit = user.odd?.limitBytes ?? user.limitBytes;
  if (limitBytes !== null && limitBytes !== shownLimit) {
    const { ownLimit, firstCycle } = checkpoint;
    if (limitBytes > shownLimit || mayLowerLimit(target, { isOwn: ownLimit, firstCycle })) {
      change.limitBytes = limitBytes;
      if (limitBytes < shownLimit) plan.counts = true;
    } else plan.drift.push(`the limit that another tool has set stays until the next cycle`);
  } else if (limitBytes === MOST_BYTES && !toLift(target).lifted && isUncounted(target)) {
    // A lift has ended with a product without a limit, for which there was no room: it has to fit as any raise.
    change.limitBytes = limitBytes;
  }
  const term = toTerm(target) ?? toProtectedTerm(target, user);
  const end = findEndDate(user);
  const due = findTermEnd(service) ?? service.protectedUntil ?? '';
  if (term !== null && end !== due) {
    const isCutShort = due !== service.nextDueDate && end !== null && end < due;
    const isPlanned = scope === 'reconcile' || (scope === 'poll' && isCutShort);
    if (scope === 'command' || (isPlanned && isOwn(service.ownRefs))) {
      Object.assign(change, term);
      if (end !== null && end > due) plan.counts = true;
    } else {
      const ends = due === service.nextDueDate ? 'due on' : 'protected until';
      const command = `provision change-package ${service.id} ${service.product}`;
      const stays = isOwn(service.ownRefs) ? '' : `, and stays so until "${command}" writes it`;
      plan.drift.push(`the last day of the user is ${end ?? 'not set yet'}, but the service is ${ends} ${due}${stays}`);
    }
  }
  const { mode, packageDays } = toHiddifyProduct(product);
  const owner = toOwner(service, product);
  const hasOtherOwner = user.owner !== owner && owner !== SELF;
  if (scope === 'command') {
    // A creation that was interrupted on the panel is completed.
    if (target.command?.verb === 'create' && user.name === UNFINISHED.name && isOwn(service.ownRefs))
      change.name = service.id;
    if (user.mode !== mode && product.hiddify !== undefined) change.mode = mode;
    if (hasOtherOwner) change.owner = owner;
    if (term === null && user.startDate === null && user.packageDays !== packageDays) change.packageDays = packageDays;
  } else if (scope === 'reconcile') {
    if (user.mode !== mode)
      plan.drift.push(`the reset mode of the user is ${String(user.mode)}, but ${mode} in the product`);
    if (hasOtherOwner) plan.drift.push("the user's owner is not the agent of the product");
  }
  return change;
}

const isOwn = (ownRefs: readonly string[]): boolean => ownRefs.includes(USER_REF);

function dropAll(plan: Plan, evidence: readonly EvidenceRecord[]): void {
  for (const item of evidence) plan.endedEvidence.push({ evidence: item.id, outcome: 'dropped' });
}
