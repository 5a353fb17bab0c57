import {
  type ItemError,
  mayBeDone,
  newPlan,
  type Observation,
  type Plan,
  sharerIds,
  type TargetState,
  waitsForEnded,
} from '@sluice/panel-kind';
import { type FlvxAccount, type FlvxHistory, listOwnPermissions, toHistory } from '../account/history/history.js';
import { type AccountStop, listClosed, listStops, stopsPart } from '../account/describe.js';
import { observeHistory } from '../account/history/observed-history.js';
import { planAccount, planTerminate } from '../account/plan/plan-account.js';
import { planEnsureUser } from '../account/plan/plan-ensure-user.js';
import type { FlvxStep } from '../account/plan/step.js';
import type { FlvxAccountTarget } from '../account/plan/target.js';
import { FlvxRefusedError } from '../account/refused-error.js';
import { type FlvxSpeedLimit, FlvxValueError, UNLIMITED_QUOTA } from '../client/records.js';
import { withByOthers } from './by-others.js';
import { isUnchanged, toPast } from './checkpoint.js';
import { toNotices } from './notices.js';
import type { ServiceObservation } from './observation.js';
import { describeMissingAccount, describeRenamed, isReplaced, toPanelQuota } from './usage.js';
import { toFirstExpiry, toFlvxProduct, findLimitKey, chooseTunnels } from './product.js';
import type { FlvxDefaults } from './product.js';
import { EVIDENCE, parseSpeedPrior } from './restrictions.js';
import { speedPlan } from './speed.js';
import { failedPlan, resolveEvidence, toPlan } from './steps.js';
import { toPlanInput, type PlanInput } from './plan-input.js';
import { planTarget } from './target.js';
import { findUnproven } from './unproven.js';

const passwordOnly: FlvxAccountTarget = {
  setsPassword: true,
  permissions: new Map(),
  forwards: new Map(),
};

const NO_STEPS = newPlan();

/** The target of an account that stays as it is. */
const AS_OBSERVED: FlvxAccountTarget = { permissions: new Map(), forwards: new Map() };

/** Plans the steps from an observation to the target state of a service. Pure. */
export function planService(
  defaults: FlvxDefaults,
  target: TargetState,
  observation: Observation<ServiceObservation>,
): Plan {
  const { state } = observation;
  if (state === null) {
    return failedPlan(observation.error ?? { code: 'not_observed', message: 'the panel was not read' });
  }
  if (isUnchanged(target, state)) return withByOthers(target, state, NO_STEPS);
  try {
    return withByOthers(target, state, planCommand(defaults, target, state));
  } catch (error) {
    if (error instanceof FlvxRefusedError || error instanceof FlvxValueError) {
      const code = error instanceof FlvxRefusedError ? error.code : 'bad_value';
      return failedPlan({ code, message: error.message });
    }
    throw error;
  }
}

function planCommand(defaults: FlvxDefaults, target: TargetState, state: ServiceObservation): Plan {
  const { command, service } = target;
  if (command?.verb === 'create') return planCreate(defaults, target, state);
  const { account } = state;
  const waits = waitsForEnded(target);
  if (waits !== null) return failedPlan(waits);
  const renamed = findRenamed(target, account);
  if (target.endsLift === true) return planLiftEnd(target, state, renamed !== null);
  if (renamed !== null) return failedPlan(renamed);
  // Of a service that has ended, the run knows whether its account is another's now.
  const hasEnded = target.scope === 'hold' && (service.status === 'vanished' || service.status === 'terminated');
  const sharedWith = [...new Set([...sharerIds(target), ...(hasEnded ? [] : state.sharers)])];
  if (sharedWith.length > 0) return failedPlan(sharedAccount(service.id, sharedWith));
  if (command?.verb === 'terminate') {
    const unproven = findUnproven(target, account);
    if (unproven !== null) return failedPlan(unproven);
    const speedKey = findLimitKey(service, account.user?.id);
    return toPlan(planTerminate(account, { speedKey, speedNames: state.oldLimitNames }), null);
  }
  if (account.user === null) return planWithoutAccount(target);
  if (command?.verb === 'change-password') return toPlan(planAccount(account, passwordOnly), null);
  return planExisting(defaults, target, state, { account });
}

/**
 * Returns the problem with an account whose id may be another account's now. Customers can rename themselves, which alone only
 * prevents a removal: that can't be undone, and an import can put another customer on the id (docs/panels/flvx.md, 8.2).
 */
function findRenamed({ service, checkpoint, command }: TargetState, { user }: FlvxAccount): ItemError | null {
  if (user === null) return null;
  const { flvx_username: name } = service.refs;
  const isOther = name !== undefined && service.ownRefs.includes('flvx_username') && name !== user.name;
  const isReason = command?.verb === 'terminate' && isOther;
  if (!isReason && !isReplaced(service, user, checkpoint)) return null;
  return { code: 'account_renamed', message: describeRenamed(service, user) };
}

/** Plans a service without an account: a problem where it should have one. */
function planWithoutAccount({ service, holds, evidence, scope }: TargetState): Plan {
  const { flvx_user_id: id } = service.refs;
  if (id !== undefined) {
    return failedPlan({ code: 'account_missing', message: describeMissingAccount(service.id, id) });
  }
  const needed = holds.length > 0 || evidence.length > 0 || (scope !== 'hold' && service.status !== 'pending');
  if (!needed) return NO_STEPS;
  return failedPlan({ code: 'no_account', message: `"${service.id}" has no account on the panel yet` });
}

function sharedAccount(service: string, sharedWith: string[]): ItemError {
  return {
    code: 'shared_account',
    message: `"${service}" names the same FLVX user as ${sharedWith.join(', ')}: a user can belong to one service only; correct flvx_user_id`,
  };
}

/** Plans a create: the account is created, or adopted where that is proved or requested; then it is planned as any other. */
function planCreate(defaults: FlvxDefaults, target: TargetState, state: ServiceObservation): Plan {
  const { service, command } = target;
  if (command?.verb !== 'create') return NO_STEPS;
  const account = state.account.user === null && command.adopt ? (state.adoptable ?? state.account) : state.account;
  const { user } = account;
  const waits = waitsForEnded(target);
  if (waits !== null) return failedPlan(waits);
  if (target.sharers.length > 0) {
    return failedPlan({
      code: 'account_exists',
      message: `the account that "${service.id}" names on the panel belongs to ${sharerIds(target).join(', ')}: choose another flvx_username or flvx_user_id`,
    });
  }
  if (user === null) return planNew(defaults, target, state, command.adopt);
  const { createdUserId } = toHistory(account).run;
  const renamed = findRenamed(target, account);
  if (renamed !== null && !command.adopt) return failedPlan(renamed);
  const isOwn = service.ownRefs.includes('flvx_user_id') || createdUserId === user.id;
  const proved = (isOwn && renamed === null) || (account.scope.nameIsOurs === true && account.scope.name === user.name);
  if (!proved && !command.adopt) {
    return failedPlan({
      code: 'account_exists',
      message: `the panel already has the account "${user.name}" (id ${user.id}) of "${service.id}", but Sluice did not create it`,
    });
  }
  // With its present values, only the removal of second accounts of the name is planned.
  const first = account.duplicates.length === 0 ? [] : planEnsureUser(account, user);
  // Only for an account that an interrupted command created: an adopted one keeps its password.
  const setsPassword = command.setPassword && wasCreated(target, account) && createdUserId === null;
  const plan = planExisting(defaults, target, state, { account, first, setsPassword });
  const refs = { flvx_user_id: String(user.id), ...(proved ? {} : { flvx_username: user.name }) };
  return withRefs(plan, target, { ...refs, ...plan.refs });
}

function wasCreated({ recent, command }: TargetState, { scope, user }: FlvxAccount): boolean {
  if (scope.nameIsOurs === true && scope.name === user?.name) return true;
  const earlier = command?.verb === 'create' ? (command.earlier ?? []) : [];
  return [...earlier, ...recent].some(
    (row) => row.type === 'create-user' && mayBeDone(row) && row.target === user?.name,
  );
}

/** Plans an account that does not exist yet. */
function planNew(defaults: FlvxDefaults, target: TargetState, state: ServiceObservation, adopt: boolean): Plan {
  const { service, product } = target;
  const { tunnels, problem } = chooseTunnels(target, defaults, state);
  if (problem !== null) return failedPlan(problem);
  const { maxForwards, resetDay } = toFlvxProduct(product);
  // The counter of a new account begins at zero.
  const counted = target.counted && { ...target.counted, counterBytes: 0 };
  const values = {
    quota: toPanelQuota({ ...target, counted }) ?? UNLIMITED_QUOTA,
    maxForwards,
    resetDay,
    expiresAt: toFirstExpiry(target),
  };
  const name = service.refs['flvx_username'] ?? '';
  // When the operator adopts, two accounts of the name are refused as ambiguous.
  const scope = { ...state.account.scope, adopt };
  const create = planEnsureUser({ ...state.account, scope }, { name, ...values });
  // These steps are only a preview: they are planned again when the account exists.
  const follow = planAccount(state.account, {
    permissions: new Map((tunnels ?? []).map((id) => [id, { values, whenNew: { status: 1 } }])),
    forwards: new Map(),
  });
  const plan = toPlan([...create, ...follow], null);
  return { ...plan, again: true, counts: true };
}

/** Plans values, speed, permissions, restrictions and forwards of an existing account. */
function planExisting(
  defaults: FlvxDefaults,
  target: TargetState,
  state: ServiceObservation,
  what: { account: FlvxAccount; first?: readonly FlvxStep[]; setsPassword?: boolean },
): Plan {
  const { account, first = [], setsPassword = false } = what;
  const now = observeHistory(account, toPast(target, state));
  if (now === null || account.user === null) return NO_STEPS;
  const full = target.scope === 'reconcile' || target.scope === 'command';
  const { problem, ...chosen } = chooseTunnels(target, defaults, state);
  const known = state.partial ? withKnownLimits(target, account, now.history.speeds) : account;
  const input = toPlanInput({ target, defaults, state, account: known, user: account.user, ...chosen }, now);
  const speed = speedPlan(input);
  const problems = [full ? problem : null, speed.problem].filter((item) => item !== null);
  const [worst] = problems;
  // Only a creation waits for the tunnels and the speed of its product: a renewal does what it can.
  if (worst && target.command?.verb === 'create') return failedPlan(worst);
  const accountTarget = { ...planTarget(input, speed), setsPassword };
  const plan = resolveEvidence(input, toPlan([...first, ...planAccount(withHistory(input), accountTarget)], input));
  const closed = listClosed(input, accountTarget);
  const stops = [...closed, ...listStops(input, accountTarget, account.at)];
  const whole: Plan = {
    ...plan,
    problems: [...plan.problems, ...problems],
    drift: [...plan.drift, ...toTexts(closed)],
    stops: toTexts(stops),
    ...(stopsPart(input, stops) && { stopsPart: true as const }),
    ...(plan.steps.length > 0 && { stopsNow: toTexts([...closed, ...listStops(input, AS_OBSERVED, account.at)]) }),
    ...toNotices(input, plan.steps),
  };
  return withRefs(whole, target, toRefs(input));
}

function toTexts(stops: readonly AccountStop[]): string[] {
  return stops.map(({ text }) => text);
}

/** Plans the quota of an account whose service has ended while it was lifted. Of an account that is gone or another's, nothing is left. */
function planLiftEnd(target: TargetState, state: ServiceObservation, isOthers: boolean): Plan {
  const { account } = state;
  const { user } = account;
  const now = user === null || isOthers ? null : observeHistory(account, toPast(target, state));
  if (user === null || now?.history.ownQuota !== true) return NO_STEPS;
  const quota = toPanelQuota(target) ?? UNLIMITED_QUOTA;
  const isLifted = (row: { quota: number }): boolean => row.quota === UNLIMITED_QUOTA;
  const lifted = listOwnPermissions(account).filter(isLifted);
  const steps = planAccount(withHistory({ account, history: now.history }), {
    user: isLifted(user) ? { quota } : {},
    permissions: new Map(lifted.map((row) => [row.tunnelId, { values: { quota } }])),
    forwards: new Map(),
  });
  return { ...toPlan(steps, null), counts: steps.length > 0 };
}

/** Returns the account with its history of earlier runs and of this run. */
function withHistory({ account, history }: Pick<PlanInput, 'account' | 'history'>): FlvxAccount {
  const live = toHistory(account);
  const restarted = [...new Set([...live.restarted, ...history.restarted])];
  return { ...account, history: { ...history, run: live.run, restarted } };
}

/** Adds the speed limits of a throttle from its evidence, since a partial observation has none. */
function withKnownLimits(target: TargetState, account: FlvxAccount, speeds: FlvxHistory['speeds']): FlvxAccount {
  const speedLimits = target.evidence.flatMap((item): FlvxSpeedLimit[] => {
    const [, tunnel = ''] = item.target.split(':');
    const id = speeds[tunnel] ?? null;
    const { name } = parseSpeedPrior(item);
    const speed = Number(/:(\d+)M$/.exec(name)?.[1] ?? 0) as FlvxSpeedLimit['speed'];
    if (item.kind !== EVIDENCE.speed || id === null) return [];
    const { at } = account;
    return [{ id, name, speed, tunnelId: Number(tunnel), tunnelName: '', status: 1, createdAt: at, updatedAt: null }];
  });
  return { ...account, speedLimits };
}

/** Returns the panel's ids as refs of the service. */
function toRefs({ full, tunnels, user, permissions, account, target }: PlanInput): Record<string, string | null> {
  if (!full || tunnels === null) return {};
  const permission = permissions.find((row) => row.tunnelId === tunnels[0]);
  const { speedMbit } = toFlvxProduct(target.product);
  const own = account.speedLimits.find((row) => row.id === permission?.speedId);
  const speed = speedMbit !== null && own ? String(own.id) : null;
  const id = String(user.id);
  const { refs, ownRefs } = target.service;
  // An account that was found by its name may have another id now.
  const userId = refs['flvx_user_id'] === id ? {} : { flvx_user_id: id };
  // An imported account does not need them: a run does not store thousands of refs.
  const isStored = target.scope === 'command' || ownRefs.includes('flvx_user_tunnel_id');
  if (!isStored) return userId;
  return {
    ...userId,
    ...(permission === undefined
      ? {}
      : { flvx_tunnel_id: String(permission.tunnelId), flvx_user_tunnel_id: String(permission.id) }),
    speed_limit_id: target.evidence.some((item) => item.kind === EVIDENCE.speed)
      ? (refs['speed_limit_id'] ?? null)
      : speed,
  };
}

/** Adds refs that differ, except those that the operator has set. */
function withRefs(plan: Plan, { service }: TargetState, refs: Record<string, string | null>): Plan {
  const changed = Object.entries(refs).filter(([key, value]) => {
    const has = service.refs[key];
    const isOwn = service.ownRefs.includes(key);
    if (key === 'flvx_user_id') return value !== null && (!isOwn || has !== value);
    return (has ?? null) !== value && (has === undefined || isOwn || key === 'flvx_username');
  });
  return changed.length === 0 ? plan : { ...plan, refs: Object.fromEntries(changed) };
}
