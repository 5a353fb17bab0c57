import {
  type AccountCommand,
  type ItemError,
  newPlan,
  type Observation,
  type Plan,
  type TargetState,
} from '@sluice/panel-kind';
import { sharerIds, waitsForEnded } from '@sluice/panel-kind';
import type { EvidenceRecord, ServiceRecord } from '@sluice/quota-core';
import { type Subscriber, TelephonyError } from '@sluice/quota-core/telephony';
import { refuseReseller } from '../account/check-owner.js';
import { planLine, planUpdate, refuseHalfMade } from '../account/plan-line.js';
import { planTerminate } from '../account/plan-states.js';
import { LineRefusal } from '../account/refusal.js';
import type { LinePlan } from '../account/step.js';
import type { LineSystem } from '../account/system.js';
import { planRepairs } from './plan-repairs.js';
import { findMadeLine, passwordStep, planLostPassword } from './plan-password.js';
import { isSuspendedByUs, planDidCommand, toNumberSteps } from './plan-did.js';
import { noteCredit } from './credit.js';
import { findForeignReference, toKnownTarget, toLineTarget } from './line-target.js';
import { GIVING_UP, type LineState } from './state.js';
import { LINE_REF, USERNAME_REF } from './settings.js';
import { DID_EVIDENCE, LINE_EVIDENCE, noteAll, toStep } from './steps.js';
import { isMissing, planStates, type PresentLine, reportMissing } from './plan-holds.js';

/** A line that is to be made. */
interface Creation extends TargetState {
  command: Extract<AccountCommand, { verb: 'create' }>;
}

/** What lines are planned for. */
export interface PlanContext {
  system: LineSystem;
  country: string;
}

/**
 * Plans the steps from what the panel shows of a line to its target state. What somebody else suspended stays suspended, and only
 * numbers that Sluice suspended are reactivated.
 */
export function planService(
  context: PlanContext,
  target: TargetState,
  { state, error, at }: Observation<LineState>,
): Plan {
  const plan = newPlan();
  const { command, holds, evidence, scope } = target;
  if (state === null) {
    const isNeeded = scope === 'command' || command !== null || holds.length > 0 || evidence.length > 0;
    if (isNeeded) plan.problems.push(error ?? { code: 'not_observed', message: 'the line was not read' });
    return plan;
  }
  try {
    planState(context, plan, target, state);
    if (state.line !== null && target.service.status !== 'terminated')
      noteCredit(plan, target.service.id, state.line, at);
  } catch (refusal) {
    const problem = toProblem(refusal, target.service);
    return { ...plan, steps: [], problems: [problem], endedEvidence: [] };
  }
  return plan;
}

function planState(context: PlanContext, plan: Plan, target: TargetState, state: LineState): void {
  const { command, service, sharers } = target;
  if (sharers.length > 0) {
    const message = `"${service.id}" names the same line as ${sharerIds(target).join(', ')}, but a line belongs to one service: nothing was changed; correct ${LINE_REF}`;
    plan.problems.push(waitsForEnded(target) ?? { code: 'shared_line', message });
    return;
  }
  if (command?.verb === 'terminate') planTermination(context, plan, target, state);
  else if (command?.verb === 'create') planCreation(context, plan, { ...target, command }, state);
  else if (command?.verb === 'did') planDidCommand(context.system, plan, { target, state, command });
  else if (state.line === null) planAbsent(plan, target);
  else planPresent(context, plan, target, { ...state, line: state.line });
}

/** Returns the error of a refusal. */
function toProblem(error: unknown, { id }: Pick<ServiceRecord, 'id'>): ItemError {
  if (error instanceof TelephonyError) return { code: error.code, message: `"${id}": ${error.message}` };
  if (!(error instanceof LineRefusal)) throw error;
  const codes: Record<LineRefusal['code'], string> = {
    conflict: 'line_conflict',
    foreign: 'foreign_line',
    unproven: 'line_unproven',
    of_reseller: 'line_of_reseller',
    other_addon: 'did_of_other',
    ambiguous: 'ambiguous_line',
    not_found: 'line_not_found',
    no_number: 'no_number',
    invalid: 'line_invalid',
    inactive: 'plan_inactive',
    unsupported: 'unsupported',
  };
  return { code: codes[error.code], message: `"${id}": ${error.message}` };
}

/** One answer without a line proves little: what was suspended of it is released when it is there again, unless its service is terminated. */
function planAbsent(plan: Plan, { service, evidence, holds, scope }: TargetState): void {
  const isTerminated = service.status === 'terminated';
  if (isTerminated) dropAll(plan, evidence);
  if (scope === 'hold' && holds.length === 0 && (isTerminated || evidence.length === 0)) return;
  const line = service.refs[LINE_REF];
  plan.problems.push(
    line === undefined
      ? { code: 'no_account', message: `"${service.id}" has no line on the panel yet` }
      : { code: 'line_gone', message: `the panel has no line ${line} of "${service.id}" any more` },
  );
}

function planCreation(context: PlanContext, plan: Plan, target: Creation, state: LineState): void {
  const { service, product, command } = target;
  const named = service.refs[LINE_REF];
  if (named !== undefined && [...state.byReference, ...state.byUsername].some(({ id }) => id === named)) {
    // An earlier run made it, which became known only now: it is read by its id.
    plan.again = true;
    return;
  }
  if (state.line !== null) {
    refuseHalfMade(state.line);
    refuseReseller(state.line);
    refuseOther(service, state.line);
  }
  // What was suspended of the line before is forgotten once the service has another one.
  const former = state.line === null ? target.evidence.filter(({ kind }) => kind === LINE_EVIDENCE) : [];
  const made =
    state.line === null
      ? planLine(context.system, state, toLineTarget({ service, product, country: context.country, command }))
      : planOwn(context, { line: state.line, plans: state.plans }, target);
  noteAll(plan, service, made);
  if (made.line !== undefined) {
    const { id, username } = made.line;
    const password = planLostPassword(context.system, target, made.line);
    if (password.problem !== null) {
      plan.problems.push(password.problem);
      return;
    }
    if (service.refs[LINE_REF] !== id || !service.ownRefs.includes(LINE_REF)) {
      plan.refs = { [LINE_REF]: id, [USERNAME_REF]: username };
      plan.hasReference = state.byReference.some((line) => line.id === id);
    }
    dropAll(plan, former);
    plan.steps.push(...made.steps.map((step) => toStep(step)));
    // An account that is found is read by its id before its password is set.
    plan.steps.push(...password.steps.map((step) => (state.line === null ? { ...step, later: true } : step)));
    if (state.line === null) plan.again = true;
    else planStates(context.system, plan, target, { ...state, line: state.line });
    return;
  }
  plan.counts = true;
  const [first, ...rest] = made.steps;
  if (first === undefined) return;
  // The id of a new customer is read back before the line is created.
  plan.again = true;
  const ends = first.type === 'create-subscriber' ? former.map(({ id }) => id) : [];
  plan.steps.push({ ...toStep(first), ends }, ...rest.map((step) => ({ ...toStep(step), later: true })));
}

/** Plans what differs of a line that the service names. */
function planOwn(
  { system }: PlanContext,
  { line, plans }: Pick<PresentLine, 'line' | 'plans'>,
  { service, product }: Pick<TargetState, 'service' | 'product'>,
): LinePlan {
  return planUpdate(system, { line, plans }, toKnownTarget({ service, product }));
}

/** Refuses a line that is of somebody else, or has ended. */
function refuseOther(service: ServiceRecord, line: PresentLine['line']): void {
  refuseForeign(service, line);
  if (line.status === 'terminated') {
    throw new LineRefusal('conflict', `line ${line.id} is terminated and never comes back`, [line.id]);
  }
}

function refuseForeign(service: ServiceRecord, line: PresentLine['line']): void {
  const conflict = findForeignReference(service, line);
  if (conflict !== null) throw new LineRefusal('conflict', conflict, [line.id]);
}

function planTermination({ system }: PlanContext, plan: Plan, target: TargetState, state: LineState): void {
  const { service, evidence } = target;
  const { line, dids } = state;
  if (service.refs[LINE_REF] === undefined) {
    planUnnamed(plan, target, state);
    return;
  }
  const conflict = line === null ? null : findForeignReference(service, line);
  if (conflict !== null) {
    plan.problems.push({ code: 'not_ours', message: conflict });
    return;
  }
  const isLost = (item: EvidenceRecord): boolean => isMissing(state, item) && !wasGivenUpSince(target, item);
  const missing = evidence.filter((item) => item.kind === DID_EVIDENCE && isLost(item));
  for (const item of missing) reportMissing(plan, item);
  if (line === null && !state.isGone && !wasEnded(target)) plan.problems.push(toUnseen(service));
  if (plan.problems.length > 0) return;
  const ours = dids.filter((did) => isSuspendedByUs(target, did)).map(({ id }) => id);
  const { steps } = planTerminate(system, { line, dids }, true, ours);
  if (steps.length === 0) dropAll(plan, evidence);
  plan.counts = true;
  const numbers = toNumberSteps(
    steps.filter(({ type }) => type.endsWith('-did')),
    evidence,
  );
  const ended = new Set(numbers.flatMap(({ ends }) => ends));
  const left = evidence.flatMap(({ id }) => (ended.has(id) ? [] : [id]));
  const needs = numbers.flatMap(({ id }) => id ?? []);
  const ofLine = steps.filter(({ type }) => !type.endsWith('-did'));
  plan.steps.push(...numbers, ...ofLine.map((step) => ({ ...toStep(step), needs, ends: left })));
}

/** Names the line that an interrupted creation has made, so that it is ended; another one with the service's reference is left. */
function planUnnamed(plan: Plan, { service, command, evidence }: TargetState, state: LineState): void {
  const isLiving = ({ status }: Subscriber): boolean => status !== 'terminated';
  const earlier = command?.verb === 'terminate' ? (command.earlier ?? []) : [];
  const shown = [...state.byReference, ...state.byUsername].filter(isLiving);
  const made = shown.find((line) => earlier.some((row) => findMadeLine(row, line) === line.id));
  const referring = state.byReference.find(isLiving);
  if (made !== undefined) {
    plan.refs = { [LINE_REF]: made.id, [USERNAME_REF]: made.username };
    plan.again = true;
  } else if (referring === undefined) dropAll(plan, evidence);
  else {
    const message = `the panel has line ${referring.id} with the reference of "${service.id}", but nothing shows that it was made for it: nothing was changed; name it with ${LINE_REF}=${referring.id}, or remove it on the panel`;
    plan.problems.push({ code: 'not_ours', message });
  }
}

/** Whether Sluice itself has ended the line. */
function wasEnded({ service, recent }: TargetState): boolean {
  const line = service.refs[LINE_REF];
  return recent.some(
    ({ type, target, state }) => type === 'terminate-subscriber' && target === line && state === 'applied',
  );
}

/** Whether Sluice itself has taken a number from the line since it suspended it. */
function wasGivenUpSince({ recent }: TargetState, { target: did, since }: EvidenceRecord): boolean {
  return recent.some(
    ({ type, target, state, plannedAt }) =>
      GIVING_UP.has(type) && target === did && state === 'applied' && plannedAt >= since,
  );
}

function toUnseen({ id, refs }: ServiceRecord): ItemError {
  const message = `the panel does not show line ${refs[LINE_REF] ?? ''} of "${id}" by its id, which alone does not show that it is gone: nothing was changed`;
  return { code: 'line_missing', message };
}

function planPresent(context: PlanContext, plan: Plan, target: TargetState, state: PresentLine): void {
  const { scope, command, service } = target;
  // A release undoes what Sluice did, also to a line that is of another service now.
  if (target.holds.length > 0) refuseForeign(service, state.line);
  if (command?.verb === 'change-password') {
    refuseForeign(service, state.line);
    plan.steps.push(passwordStep(state.line.id));
    return;
  }
  if (scope === 'command' || scope === 'reconcile') {
    refuseOther(service, state.line);
    planValues(context, plan, target, state);
  }
  planStates(context.system, plan, target, state);
}

/** Plans the values of a line. Why they can't be changed is a problem beside: its state does not wait for that. */
function planValues(context: PlanContext, plan: Plan, target: TargetState, state: PresentLine): void {
  const { scope, service } = target;
  try {
    const made = planOwn(context, state, target);
    noteAll(plan, service, made);
    if (scope === 'command') plan.steps.push(...made.steps.map((step) => toStep(step)));
    else planRepairs(plan, service, state.line, made.steps);
  } catch (refusal) {
    plan.problems.push(toProblem(refusal, service));
  }
}

function dropAll(plan: Plan, evidence: readonly EvidenceRecord[]): void {
  for (const item of evidence) plan.endedEvidence.push({ evidence: item.id, outcome: 'dropped' });
}
