import {
  type Adoption,
  type ApplyContext,
  callAgeMs,
  type Clock,
  failedStep,
  IN_PROGRESS_MS,
  inDoubt,
  isoNow,
  notDone,
  type Observation,
  type Step,
  type StepOutcome,
  toItemError,
  toOutcome,
} from '@sluice/panel-kind';
import type { ActionRecord, ServiceRecord } from '@sluice/quota-core';
import {
  listOwnForwards,
  listOwnPermissions,
  observeAccount,
  toHistory,
  type FlvxAccount,
} from '../account/history/history.js';
import { describeNotInForce } from '../account/describe.js';
import type { FlvxStep } from '../account/plan/step.js';
import { parsePayload, parseStep, type StepPayload, toFlvxStep } from '../account/history/journaled-step.js';
import { listRestarted, type ZeroedCounters } from '../account/history/record-step.js';
import { performStep, type FlvxStepOutcome } from '../account/run/perform-step.js';
import { resolveStep } from '../account/run/resolve-step.js';
import { sumBytes } from '../account/rules.js';
import type { FlvxClient } from '../client/client.js';
import type { FlvxPermission, FlvxUser } from '../client/records.js';
import type { ServiceObservation } from './observation.js';
import { toScope } from './product.js';
import { EVIDENCE, type ForwardPrior } from './restrictions.js';

/** A step to apply, and what it was planned from. */
export interface StepToApply {
  service: ServiceRecord;
  state: ServiceObservation;
  step: Step;
}

/** The outcome of a step, and the account as it was read afterwards. */
export interface Applied {
  outcome: StepOutcome;
  account: FlvxAccount;
}

/** Applies one step: calls the panel, reads back, and waits after a lost answer. */
export async function applyStep(
  { client, clock }: { client: FlvxClient; clock: Clock },
  { service, state, step }: StepToApply,
  context: ApplyContext,
): Promise<Applied> {
  const flvxStep = toFlvxStep(step);
  let account = adopted(state, step);
  account = { ...account, scope: { ...toScope(service), ...account.scope } };
  if (flvxStep.type === 'reset-user') {
    // The panel does not report what it zeroes: the counters are read directly before.
    try {
      const options = { tag: service.id, since: account, parts: ['user' as const, 'quotas' as const] };
      account = await observeAccount(client, account.scope, toHistory(account), options);
    } catch (error) {
      const { code, message } = toItemError(error);
      return { outcome: failedStep(code, message), account };
    }
  }
  const counters = flvxStep.type === 'reset-user' ? account.user : null;
  const permissions = listOwnPermissions(account);
  const password = step.needsPassword === true ? context.password : null;
  const { calling, signal } = context;
  const options = { calling, repeating: calling, password, tag: service.id, signal };
  const done = await performStep(client, account, flvxStep, options);
  const outcome = toStepOutcome({ ...done, observed: withFound(done) }, step, state.nodes);
  if (outcome.state !== 'applied') return { outcome, account: done.account };
  const zeroed = { at: isoNow(clock), inBytes: counters?.inBytes ?? null, outBytes: counters?.outBytes ?? null };
  const refs = { ...refsAfter(flvxStep, done.account.user?.id ?? null), ...toLimitRefs(service, flvxStep) };
  const observed = counters === null ? outcome.observed : withZeroed(outcome.observed, counters, permissions);
  return {
    outcome: { ...outcome, observed, refs: ownRefs(service, refs), ...(zeroes(flvxStep) ? { zeroed } : {}) },
    account: done.account,
  };
}

/** Returns what was observed of a step with what else it showed, which the journal keeps. */
function withFound({ observed, mayRun, restarted }: FlvxStepOutcome): unknown {
  if (restarted !== undefined) return { forwards: observed, restarted };
  return mayRun === true ? { ...(observed as object | null), mayRun } : observed;
}

/** Returns what was observed of a step with the counters that it zeroed: they show whether the panel had stopped the account. */
function withZeroed(observed: unknown, user: FlvxUser, permissions: readonly FlvxPermission[]): object {
  const rows = permissions.map((row) => [row.id, { bytes: sumBytes(row) }] as const);
  const zeroed: ZeroedCounters = { user: { bytes: sumBytes(user) }, permissions: Object.fromEntries(rows) };
  return { ...(observed as object | null), zeroed };
}

/** Returns the step's account, which may be one that the operator adopts. */
function adopted({ account, adoptable }: ServiceObservation, step: Step): FlvxAccount {
  return account.user === null && adoptable !== null && step.type !== 'create-user' ? adoptable : account;
}

function toStepOutcome(
  { state, error, observed, overtaken, unplanned, account }: FlvxStepOutcome,
  step: Step,
  nodes: ServiceObservation['nodes'],
): StepOutcome {
  const { begins } = step.payload as StepPayload;
  if (state === 'in-doubt') {
    const message = error === null ? `the outcome of ${step.type} ${step.target} is unknown` : error.message;
    return inDoubt(message, observed);
  }
  if (state === 'failed') {
    if (error?.code !== 'speed_not_in_force') return { state, observed, error };
    return failedStep(error.code, describeNotInForce(toFlvxStep(step), account, nodes), observed);
  }
  if (overtaken === true) return { state: 'unneeded', observed, error: null, again: true };
  // The step was needed when it was planned: "unneeded" does not mean that others made the change.
  return { state: 'applied', observed, error: null, begins, ...(unplanned === true && { again: true as const }) };
}

function toLimitRefs({ refs }: ServiceRecord, step: FlvxStep): Record<string, null> {
  const isOurs = step.type === 'delete-speed-limit' && step.target === refs['speed_limit_id'];
  return isOurs ? { speed_limit_id: null } : {};
}

/** Removes changes of refs that the operator has set. */
function ownRefs(service: ServiceRecord, refs: Record<string, string | null>): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(refs).filter(
      ([key, value]) => value !== null || key === 'flvx_user_id' || service.ownRefs.includes(key),
    ),
  );
}

/**
 * Returns the outcome of an action that is planned or in doubt, from what the panel shows; null while its call may still be in
 * progress, unless the panel shows all of its effect, which is not proven for a pause: the panel's own rules pause too. The panel
 * completes each request, and waits 12 seconds for a node that does not answer (docs/panels/flvx.md, *After a killed command*). A change that is not shown is planned again where it is still
 * needed: every step but a create can be repeated, and a second account of an unguessable name is removed when the creation
 * continues. Pure.
 */
export function resolveAction(
  action: ActionRecord,
  { state, at }: Observation<ServiceObservation>,
): StepOutcome | null {
  const step = parseStep(action);
  if (state === null || step === null) return null;
  const { account } = state;
  const sight = resolveStep(step, account);
  const isComplete = sight === 'done' && step.type !== 'pause-forward' && listRestarted(step).length === 0;
  if (!isComplete && callAgeMs(action, Date.parse(at)) < IN_PROGRESS_MS) return null;
  if (sight === 'unseen') return failedStep('not_told', `the panel does not show whether ${step.id} was done`);
  if (sight === 'not-done') return notDone(`the panel does not show the effect of ${step.id}`);
  const user = step.type === 'create-user' ? findCreated(account, step.payload.name) : account.user;
  if (step.type === 'create-user' && user === null) {
    return failedStep(
      'account_unproven',
      `the panel has an account "${step.payload.name}" now, and nothing proves that this command created it`,
    );
  }
  const done = doneOutcome(action, step, at, user?.id ?? null);
  if (done.zeroed === undefined || user === null) return done;
  const { inBytes, outBytes } = user;
  return { ...done, zeroed: { ...done.zeroed, shown: { inBytes, outBytes } } };
}

/** Returns the service's account of this name; an id that was set meanwhile may be that of another account. */
function findCreated({ user, duplicates }: FlvxAccount, name: string): FlvxAccount['user'] {
  return [user, ...duplicates].find((row) => row?.name === name) ?? null;
}

/** Returns the outcome of an action that an operator marks as done. The next observation shows the id of a new account. Pure. */
export function outcomeWhenDone(action: ActionRecord, at: string): StepOutcome {
  const step = parseStep(action);
  return step === null ? toOutcome('applied') : doneOutcome(action, step, at, null);
}

/** Adopts forwards of the service that another tool paused. The release of the hold starts them. */
export const adoption: Adoption<ServiceObservation> = {
  adopt({ id }, { state }, { forwards, ports, order }) {
    const own = new Map((state === null ? [] : listOwnForwards(state.account)).map((row) => [String(row.id), row]));
    const rows = forwards.map((target) => ({ target, row: own.get(target) }));
    const refusals = rows.flatMap(({ target, row }) => {
      if (row === undefined) return [`forward ${target} does not belong to "${id}"`];
      return row.status === 1 ? [`the panel shows that forward ${target} (${row.name}) is running`] : [];
    });
    if (ports.length > 0 || order) refusals.push('FLVX has no ports or orders: name forwards');
    return {
      targets: rows.flatMap(({ target, row }) => {
        const prior: ForwardPrior | null = row === undefined ? null : { name: row.name, wasRunning: true };
        return prior === null ? [] : [{ kind: EVIDENCE.forward, target, prior }];
      }),
      problems: refusals.map((message) => ({ code: 'not_restricted', message })),
    };
  },
  restricted(_service, { state }) {
    if (state === null) return null;
    const paused = listOwnForwards(state.account).filter(({ status }) => status !== 1);
    return { ports: [], order: false, forwards: paused.map(({ id }) => String(id)) };
  },
};

function doneOutcome(action: ActionRecord, step: FlvxStep, at: string, userId: number | null): StepOutcome {
  const { begins = [] } = parsePayload(action) ?? {};
  return {
    state: 'applied',
    observed: { settled: 'by looking' },
    error: null,
    refs: refsAfter(step, userId),
    begins,
    // The counters before the reset are unknown.
    ...(zeroes(step) ? { zeroed: { at, inBytes: null, outBytes: null } } : {}),
  };
}

/** Whether the account's counters start at zero with this step. */
function zeroes(step: FlvxStep): boolean {
  return step.type === 'create-user' || step.type === 'reset-user';
}

/** Refs that are set or removed by a step. */
function refsAfter(step: FlvxStep, userId: number | null): Record<string, string | null> {
  if (step.type === 'create-user') return userId === null ? {} : { flvx_user_id: String(userId) };
  if (step.type === 'delete-user') return { flvx_user_id: null, flvx_tunnel_id: null, flvx_user_tunnel_id: null };
  return {};
}
