import { staffText } from '@sluice/messages/staff';
import type { HoldInForce, Plan, TargetState } from '@sluice/panel-kind';
import type { EvidenceRecord } from '@sluice/quota-core';
import type { Subscriber } from '@sluice/quota-core/telephony';
import { planSuspend, planUnsuspend } from '../account/plan-states.js';
import type { LineSystem } from '../account/system.js';
import type { LineState } from './state.js';
import { DID_EVIDENCE, LINE_EVIDENCE, toStep } from './steps.js';
import { isSuspendedByOthers } from './suspended.js';

/** A line that the panel has, with its numbers. */
export type PresentLine = LineState & { line: Subscriber };

/** Plans to suspend a line for the holds in force, or to undo what a hold that has ended had changed. */
export function planStates(system: LineSystem, plan: Plan, target: TargetState, state: PresentLine): void {
  const [hold] = target.holds;
  const wide = target.holds.find(({ restriction }) => restriction === 'suspend-with-dids');
  if (hold === undefined) {
    release(system, plan, target, state);
    return;
  }
  restrict(system, plan, target, { state, hold: wide ?? hold, withDids: wide !== undefined });
  for (const item of target.evidence) {
    if (!target.holds.some(({ id }) => id === item.hold) && (item.kind === LINE_EVIDENCE || wide !== undefined)) {
      plan.moves.push({ evidence: item.id, hold: (wide ?? hold).id });
    }
  }
  // The numbers were suspended for a hold that has ended.
  if (wide === undefined) releaseDids(system, plan, target, state);
}

function restrict(
  system: LineSystem,
  plan: Plan,
  { evidence }: TargetState,
  { state, hold, withDids }: { state: PresentLine; hold: HoldInForce; withDids: boolean },
): void {
  for (const step of planSuspend(system, state, withDids).steps) {
    const kind = step.type === 'suspend-did' ? DID_EVIDENCE : LINE_EVIDENCE;
    const number = kind === DID_EVIDENCE ? state.dids.find(({ id }) => id === step.target)?.number : undefined;
    const prior = { status: 'active', ...(number !== undefined && { number }) };
    const own = evidence.find((item) => item.kind === kind && item.target === step.target);
    if (own) plan.drift.push(`${kind} ${step.target} is active and should be suspended`);
    plan.steps.push({
      ...toStep(step),
      hold: hold.id,
      prior,
      begins: own ? null : { kind, target: step.target, prior },
    });
  }
}

/** Undoes what a hold that has ended had changed, and nothing else; by command also what somebody else suspended. */
function release(system: LineSystem, plan: Plan, target: TargetState, state: PresentLine): void {
  const { evidence, command } = target;
  const { line } = state;
  const own = evidence.find(({ kind, target: id }) => kind === LINE_EVIDENCE && id === line.id);
  const isOurs = own !== undefined && !isSuspendedByOthers(own, line);
  if (line.status === 'suspended' && (isOurs || command?.verb === 'unsuspend')) {
    const [step] = planUnsuspend(system, state, []).steps;
    const payload = command?.verb === 'unsuspend' ? step?.payload : { id: line.id, was: line.statusValue };
    if (step)
      plan.steps.push({
        ...toStep({ ...step, payload }),
        hold: own?.hold ?? null,
        ends: own === undefined ? [] : [own.id],
      });
  } else {
    if (own !== undefined) plan.endedEvidence.push({ evidence: own.id, outcome: 'dropped' });
    if (line.status === 'suspended') reportSuspended(plan, target, line, own);
  }
  for (const item of evidence) {
    if (item.kind === LINE_EVIDENCE && item !== own) plan.endedEvidence.push({ evidence: item.id, outcome: 'dropped' });
  }
  releaseDids(system, plan, target, state);
}

/** Reports a line that stays suspended; `own`: what Sluice had suspended, before somebody else did it in another way. */
function reportSuspended(plan: Plan, { scope }: TargetState, { id, username }: Subscriber, own?: EvidenceRecord): void {
  const message = staffText('staff.line.suspended', { line: id, username });
  plan.stops = [message];
  if (scope === 'hold') plan.problems.push({ code: SUSPENDED_ELSEWHERE, message });
  else if (own !== undefined) note(plan, own, message);
}

const SUSPENDED_ELSEWHERE = 'suspended_elsewhere';

function note(plan: Plan, { id, service }: EvidenceRecord, message: string): void {
  const said = staffText('staff.ofService', { service, what: message });
  (plan.notices ??= []).push({ code: SUSPENDED_ELSEWHERE, key: `${SUSPENDED_ELSEWHERE}:${id}`, message: said });
}

/** Sluice does not know who has the number now, so that it changes nothing of it. */
function noteMoved(plan: Plan, item: EvidenceRecord): void {
  const { id, service } = item;
  const what = staffText('staff.line.numberMoved', { number: nameNumber(item) });
  const message = staffText('staff.ofService', { service, what });
  (plan.notices ??= []).push({ code: 'line_warning', key: `line_warning:${id}`, message });
}

function nameNumber({ target, prior }: EvidenceRecord): string {
  const { number = staffText('staff.line.numberById', { id: target }) } = prior as { number?: string };
  return number;
}

/** Whether it is not known what became of a number that Sluice suspended: the list of the line lacks it, and that shows nothing. */
export function isMissing({ dids, left }: Pick<LineState, 'dids' | 'left'>, { target }: EvidenceRecord): boolean {
  return !dids.some(({ id }) => id === target) && !left.includes(target);
}

/** Reports a number that can't be released, since the panel does not show it. */
export function reportMissing(plan: Plan, item: EvidenceRecord): void {
  const message = `number ${nameNumber(item)}, which Sluice suspended with the line, is not shown by the panel: it is made active when it is there again`;
  plan.problems.push({ code: 'number_missing', message: `"${item.service}": ${message}` });
}

function releaseDids(system: LineSystem, plan: Plan, { evidence }: TargetState, state: PresentLine): void {
  const items = evidence.filter(({ kind }) => kind === DID_EVIDENCE);
  const foreign = new Map(
    items.flatMap((item) => {
      const did = state.dids.find(({ id }) => id === item.target);
      return did !== undefined && isSuspendedByOthers(item, did) ? [[item, did] as const] : [];
    }),
  );
  const ids = items.flatMap((item) => (foreign.has(item) ? [] : [item.target]));
  const steps = planUnsuspend(system, state, ids).steps.filter(({ type }) => type === 'unsuspend-did');
  for (const item of items) {
    const step = steps.find(({ target }) => target === item.target);
    if (step !== undefined) {
      plan.steps.push({ ...toStep(step), hold: item.hold, ends: [item.id] });
      continue;
    }
    if (isMissing(state, item)) {
      reportMissing(plan, item);
      continue;
    }
    plan.endedEvidence.push({ evidence: item.id, outcome: 'dropped' });
    const did = foreign.get(item);
    if (state.left.includes(item.target)) noteMoved(plan, item);
    else if (did) note(plan, item, staffText('staff.line.numberSuspended', { number: did.number }));
  }
}
