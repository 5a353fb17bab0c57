import {
  type Desired,
  type HoldInForce,
  type ItemError,
  type Observation,
  type Plan,
  sharerIds,
  type Step,
} from '@sluice/panel-kind';
import { type EvidenceRecord, formatBytes, localDateOf } from '@sluice/quota-core';
import {
  ACTION_TYPES,
  type CreatePayload,
  type HiddifyState,
  observedOf,
  priorIn,
  type UpdatePayload,
  USER_EVIDENCE,
  USER_REF,
  type UserPrior,
  WITH_AGENT,
  type ZeroPayload,
} from '../account/user-actions.js';
import { type HiddifyUser, SELF } from '../client/records.js';
import type { HiddifyUserChange } from '../client/types.js';
import { absence, cycleOf, type HiddifyMemo, isUndone, recall, remember, stateOf } from './checkpoint.js';
import { endOf, hiddifyOf, limitOf, modeOf, ownerOf, termOf } from './product.js';

/** A user that can be changed. */
type User = HiddifyUser & { uuid: string };

/**
 * Pure: the steps from what the panel shows of a user to what is desired of it. Somebody else's switch is never touched, and
 * nothing is written that is so already: every write costs the panel an apply run.
 */
export function planHiddify(desired: Desired, observation: Observation<HiddifyState>): Plan {
  const plan: Plan = { steps: [], problems: [], settle: [], moves: [], drift: [] };
  const { service, order, holds, evidence, sharers } = desired;
  const uuid = service.refs[USER_REF];
  const terminates = order?.verb === 'terminate';
  if (uuid === undefined) {
    if (terminates) dropAll(plan, evidence);
    return plan;
  }
  if (!observation.state) {
    // An order about a user that can't be looked at is not carried out, whatever it asks.
    const asks = desired.scope === 'order' || order !== null || holds.length > 0 || evidence.length > 0;
    if (asks) plan.problems.push(notSeen(observation));
    return plan;
  }
  const { user } = observation.state;
  if (terminates) planTermination(plan, desired, user);
  else if (sharers.length > 0) plan.problems.push(shared(desired));
  else if (user === null) planWithout(plan, desired, uuid);
  else if (user.uuid !== null) planUser(plan, desired, { ...user, uuid: user.uuid }, observation.at);
  return plan;
}

function planWithout(plan: Plan, desired: Desired, uuid: string): void {
  if (desired.order?.verb !== 'create') {
    // What was switched off is gone with the user: nothing is left to give back.
    dropAll(plan, desired.evidence);
    if (desired.scope !== 'hold' || desired.holds.length > 0)
      plan.problems.push(absence(desired.service, desired.seen, desired.recent));
    return;
  }
  const limitBytes = limitOf(desired);
  if (limitBytes === null || limitBytes === 0) {
    plan.problems.push(noQuota(desired));
    return;
  }
  const { service, product } = desired;
  const term = termOf(desired);
  const payload: CreatePayload = {
    wanted: {
      uuid,
      name: service.id,
      limitBytes,
      mode: modeOf(product),
      owner: ownerOf(service, product),
      comment: '',
      ...(term ?? { packageDays: hiddifyOf(product).packageDays }),
    },
  };
  plan.counts = true;
  plan.steps.push({ ...bare(ACTION_TYPES.create, uuid), payload });
  const [hold] = desired.holds;
  if (!hold) return;
  plan.again = true;
  plan.steps.push({ ...bare(ACTION_TYPES.disable, uuid), hold: hold.id, later: true });
}

function planTermination(plan: Plan, { service, evidence }: Desired, user: HiddifyUser | null): void {
  if (user === null) {
    dropAll(plan, evidence);
    plan.refs = { [USER_REF]: null };
    return;
  }
  if (!isOwn(service.ownRefs)) {
    plan.problems.push({
      code: 'not_ours',
      message: `user "${user.name}" was there before "${service.id}" and was not made by Sluice`,
    });
    return;
  }
  plan.counts = true;
  plan.steps.push({
    ...bare(ACTION_TYPES.delete, user.uuid ?? ''),
    prior: observedOf(user),
    ends: evidence.map((item) => item.id),
  });
}

function planUser(plan: Plan, desired: Desired, user: User, at: string): void {
  const { order, service } = desired;
  if (order?.verb === 'create' && !isOwn(service.ownRefs)) {
    if (!order.adopt && user.name !== service.id) {
      plan.problems.push(accountExists(desired, user));
      return;
    }
    plan.refs = { [USER_REF]: user.uuid };
  }
  const memo = recall(desired, user, at, limitOf(desired));
  noteUnclear(plan, desired, user, at);
  const [hold] = desired.holds;
  if (hold) restrict(plan, desired, user, hold);
  const change = desired.scope === 'hold' ? {} : changeFor(plan, desired, user, memo);
  const zero = zeroFor(plan, desired, user, memo);
  if (Object.keys(change).length > 0 || zero !== null) {
    const payload: UpdatePayload = zero === null ? { change } : { change: { ...change, usedBytes: 0 }, zero };
    plan.steps.push({ ...bare(ACTION_TYPES.update, user.uuid), prior: observedOf(user), payload });
  }
  if (!hold) for (const item of desired.evidence) release(plan, desired, user, item);
  plan.stops = stopsOf(desired, { ...user, ...change, ...(zero === null ? {} : { usedBytes: 0 }) });
}

/** By what the panel stops a user that Sluice has not switched off. */
function stopsOf({ evidence, now, timeZone }: Desired, user: User): string[] {
  if (evidence.length > 0) return [];
  const what = `user "${user.name}"`;
  if (!user.enabled) return [`${what} is disabled, and not by Sluice`];
  const end = endOf(user);
  if (end !== null && end < localDateOf(now, timeZone)) return [`${what}: its days on the panel ended on ${end}`];
  return user.usedBytes >= user.limitBytes ? [`${what} has used up its limit on the panel`] : [];
}

function restrict(plan: Plan, desired: Desired, user: User, hold: HoldInForce): void {
  const ours = desired.evidence.find((item) => item.kind === USER_EVIDENCE && item.target === user.uuid);
  if (user.enabled) {
    if (ours) plan.drift.push(`user "${user.name}" is enabled and should be disabled`);
    const prior: UserPrior = { name: user.name, enabled: true, owner: user.owner, restriction: hold.restriction };
    plan.steps.push({
      ...bare(ACTION_TYPES.disable, user.uuid),
      hold: hold.id,
      prior,
      begins: ours ? null : { kind: USER_EVIDENCE, target: user.uuid, prior },
    });
  }
  for (const item of desired.evidence) {
    if (!desired.holds.some(({ id }) => id === item.hold)) plan.moves.push({ evidence: item.id, hold: hold.id });
  }
}

function isWithAgent({ restriction, reason }: Partial<UserPrior>): boolean {
  return restriction === WITH_AGENT || reason === 'agent-limit';
}

/** Gives back what a hold that has ended had switched off, and nothing else. */
function release(plan: Plan, { service, product }: Desired, user: User, item: EvidenceRecord): void {
  const prior = priorIn(item);
  if (item.target !== user.uuid) {
    plan.problems.push({
      code: 'user_changed',
      message: `"${service.id}" names another user than the one that was disabled for it: enable that one in the panel, or set ${USER_REF} back`,
    });
  } else if (user.enabled) {
    plan.settle.push({ evidence: item.id, outcome: 'dropped' });
  } else if (isWithAgent(prior) && prior.owner !== user.owner && user.owner !== ownerOf(service, product)) {
    plan.settle.push({ evidence: item.id, outcome: 'dropped' });
    (plan.notices ??= []).push({
      code: 'agent_user_moved',
      key: `agent_user_moved:${item.id}`,
      message: `${service.id}: user "${user.name}", which was disabled for its agent's limit, has another owner now; it was left disabled`,
    });
  } else {
    plan.steps.push({
      ...bare(ACTION_TYPES.enable, user.uuid),
      hold: item.hold,
      prior: observedOf(user),
      ends: [item.id],
    });
  }
}

/** What of the user is not as desired and may be written in this scope. */
function changeFor(plan: Plan, desired: Desired, user: User, memo: HiddifyMemo): HiddifyUserChange {
  const { scope, service, product } = desired;
  const change: HiddifyUserChange = {};
  const limitBytes = limitOf(desired);
  const shownLimit = user.odd?.limitBytes ?? user.limitBytes;
  if (limitBytes !== null && limitBytes !== shownLimit) {
    if (limitBytes > shownLimit || mayLower(desired, memo)) {
      change.limitBytes = limitBytes;
      if (limitBytes < shownLimit) plan.counts = true;
    } else {
      plan.drift.push(`the limit that another tool has set stands until the next cycle`);
    }
  }
  const takesTerm = scope === 'order' || (scope === 'reconcile' && isOwn(service.ownRefs));
  const term = termOf(desired);
  const end = endOf(user);
  if (term !== null && end !== service.nextDueDate) {
    if (takesTerm) {
      Object.assign(change, term);
      if (end !== null && end > (service.nextDueDate ?? '')) plan.counts = true;
    } else
      plan.drift.push(
        `the user's days end on ${end ?? 'no day yet'}, the service is due on ${service.nextDueDate ?? ''}`,
      );
  }
  const mode = modeOf(product);
  const owner = ownerOf(service, product);
  if (scope === 'order') {
    if (user.mode !== mode && product.hiddify !== undefined) change.mode = mode;
    if (user.owner !== owner && owner !== SELF) change.owner = owner;
    const { packageDays } = hiddifyOf(product);
    if (term === null && user.startDate === null && user.packageDays !== packageDays) change.packageDays = packageDays;
  } else if (scope === 'reconcile') {
    if (user.mode !== mode) plan.drift.push(`the user is reset ${String(user.mode)}, the product says ${mode}`);
    if (user.owner !== owner && owner !== SELF)
      plan.drift.push('the user belongs to another agent than the product says');
  }
  return change;
}

/** May a limit below the panel's be written? One that another tool has set stands until the next cycle. */
function mayLower(desired: Desired, memo: HiddifyMemo): boolean {
  if (memo.ownLimit || desired.scope === 'order') return true;
  const cycle = cycleOf(desired);
  return memo.firstCycle !== null && cycle !== null && memo.firstCycle !== cycle;
}

/** With `no_reset` the usage is Sluice's to zero: once when a cycle opens, and only after it was read in it. */
function zeroFor(plan: Plan, desired: Desired, user: User, memo: HiddifyMemo): ZeroPayload | null {
  const { cycle, scope, product } = desired;
  if (scope !== 'poll' && scope !== 'reconcile') return null;
  const id = cycleOf(desired);
  if (modeOf(product) !== 'no_reset' || user.mode !== 'no_reset' || id === null) return null;
  if (isUndone(memo)) {
    plan.drift.push('the panel has written back the usage that was zeroed');
    const { from, tries } = memo.zeroing;
    // A reading that was taken since has counted what is above the old figure, and goes on from there.
    const isTaken = (desired.counted?.counterBytes ?? 0) >= from;
    return { cycle: id, counted: isTaken ? 0 : from, tries: tries + 1 };
  }
  if (cycle?.readAt == null || memo.zeroedCycle === null || memo.zeroedCycle === id) return null;
  return { cycle: id, counted: 0, tries: 1 };
}

/** Names a figure that counts in full although the old one may be in it. */
function noteUnclear(plan: Plan, { service, seen, recent, timeZone }: Desired, user: User, at: string): void {
  const { zeroing } = remember(seen, recent, user);
  if (zeroing === null || stateOf(zeroing, { at, user, timeZone }) !== 'unclear') return;
  (plan.notices ??= []).push({
    code: 'zeroing_unclear',
    key: `zeroing_unclear:${service.id}:${zeroing.at}`,
    message: `${service.id}: its usage was zeroed at ${zeroing.at} and read too late to tell whether the panel wrote ${formatBytes(zeroing.from)} back: all that it shows counts`,
  });
}

function isOwn(ownRefs: readonly string[]): boolean {
  return ownRefs.includes(USER_REF);
}

function dropAll(plan: Plan, evidence: readonly EvidenceRecord[]): void {
  for (const item of evidence) plan.settle.push({ evidence: item.id, outcome: 'dropped' });
}

function bare(type: string, target: string): Step {
  return { type, target, hold: null, prior: null, payload: null, ends: [], begins: null };
}

function notSeen({ error }: Observation<HiddifyState>): ItemError {
  return error ?? { code: 'not_observed', message: 'the user was not read' };
}

function shared(desired: Desired): ItemError {
  const { service } = desired;
  return {
    code: 'shared_user',
    message: `"${service.id}" names the same user as ${sharerIds(desired).join(', ')}: a user belongs to one service, nothing was done; correct ${USER_REF}`,
  };
}

function accountExists({ service }: Desired, user: User): ItemError {
  return {
    code: 'account_exists',
    message: `the panel has a user "${user.name}" with the ${USER_REF} of "${service.id}", and it can't be told whether it is this service's`,
  };
}

function noQuota({ service }: Desired): ItemError {
  return {
    code: 'no_quota',
    message: `"${service.id}" has no quota (or one of 0), and the panel has no user without a limit: set quota: { total: SIZE } (or unlimited) in its product`,
  };
}
