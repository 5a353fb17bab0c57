import type { AccountCommand, Plan, Step, TargetState } from '@sluice/panel-kind';
import type { EvidenceRecord } from '@sluice/quota-core';
import type { Did, DidDestination } from '@sluice/quota-core/telephony';
import { planLink, planUnlink, refuseOtherAddon } from '../account/plan-did.js';
import { planRelease, restore } from '../account/plan-states.js';
import { addonReference, toReference } from '../account/reference.js';
import { LineRefusal } from '../account/refusal.js';
import { findPassedNumber, type LineStep, stateStep } from '../account/step.js';
import { type LineSystem, need } from '../account/system.js';
import { DID_EVIDENCE, noteAll, toStep } from './steps.js';
import type { LineState } from './state.js';
import { isSuspendedByName } from './suspended.js';

/** A command about a number of a service. */
export interface DidRequest {
  target: TargetState;
  state: LineState;
  command: Extract<AccountCommand, { verb: 'did' }>;
}

/** Plans a command about one number of a line. What an operator does to a number by name is not undone by a hold. */
export function planDidCommand(system: LineSystem, plan: Plan, request: DidRequest): void {
  const { command, target } = request;
  refuseOtherNumber(request);
  if (command.operation === 'link') {
    addLink(system, plan, request);
    return;
  }
  if (isReleased(request)) return;
  const did = requireOwn(request);
  if (command.addon !== undefined) refuseOtherAddon(did, addonReference(command.addon));
  const evidence = target.evidence.filter((item) => item.kind === DID_EVIDENCE && item.target === did.id);
  const steps = toNumberSteps(planOperation(system, did, request), evidence);
  plan.steps.push(...steps);
  if (command.operation === 'set') return;
  // What an operator does to a number by name ends what a suspension had recorded of it.
  const ended = new Set(steps.flatMap(({ ends }) => ends));
  const left = evidence.flatMap(({ id }) => (ended.has(id) ? [] : [id]));
  const last = steps.at(-1);
  if (last === undefined) plan.endedEvidence.push(...left.map((id) => ({ evidence: id, outcome: 'dropped' as const })));
  else last.ends.push(...left);
}

/** An addon has one number: after a change of it in the billing system, the one before would stay linked, and nobody would end it. */
function refuseOtherNumber({ state, command: { addon, number } }: DidRequest): void {
  if (addon === undefined) return;
  const isOther = (did: Did): boolean => did.number !== number && did.status !== 'terminated';
  const other = state.dids.find((did) => isOther(did) && toReference(did.externalRef) === addonReference(addon));
  if (other === undefined) return;
  const message = `addon ${addon} still has number ${other.number} of this line: release that first`;
  throw new LineRefusal('other_addon', message, [other.id]);
}

function addLink(system: LineSystem, plan: Plan, { state, command, target }: DidRequest): void {
  const { number, carrier, channels, areaCode, addon, values } = command;
  const destination = values?.['destination'] as DidDestination | undefined;
  const externalRef = addon === undefined ? undefined : addonReference(addon);
  const { line, number: dids, otherForms, carriers } = state;
  const observed = { line, dids, otherForms, carriers };
  const wanted = { number, carrier, channels, areaCode, destination, externalRef };
  const { steps, warnings } = planLink(system, observed, wanted);
  noteAll(plan, target.service, { steps, warnings });
  const [first, ...rest] = steps;
  if (first === undefined) return;
  plan.steps.push(toStep(first), ...rest.map((step) => ({ ...toStep(step), later: true })));
  plan.again = rest.length > 0;
}

/**
 * Whether a number has no line any more, as after an earlier release. One that is not shown, or that is of no addon, was released only by
 * the journal.
 */
function isReleased({ target, state, command: { operation, addon, number } }: DidRequest): boolean {
  if (operation !== 'release') return false;
  if (state.number.some(({ status, subscriberId }) => status !== 'terminated' && subscriberId !== null)) return false;
  if (addon !== undefined && state.number.length > 0) return true;
  const last = findLastPassed(target, number);
  return addon === undefined ? last?.type === 'terminate-did' : last?.has === false;
}

/** Returns the last change of a number that the journal has as made, and whether the line had the number after it. */
function findLastPassed({ recent }: TargetState, number: string): { type: string; has: boolean } | undefined {
  const passed = recent.flatMap(({ type, target, state, payload: row }) => {
    const { payload = {} } = (row ?? {}) as { payload?: unknown };
    const found = state === 'applied' ? findPassedNumber({ type, target, payload }) : null;
    return found?.number === number ? [{ type, has: found.has }] : [];
  });
  return passed.at(-1);
}

/** Returns the steps of numbers, each after the one before it for the same number; a restored number ends its evidence. */
export function toNumberSteps(steps: readonly LineStep[], evidence: readonly EvidenceRecord[]): Step[] {
  const before = new Map<string, string>();
  return steps.map((step) => {
    const { type, target } = step;
    const previous = before.get(target);
    const id = `${type}-${target}`;
    before.set(target, id);
    const isOwn = (item: EvidenceRecord): boolean => item.kind === DID_EVIDENCE && item.target === target;
    const own = type === 'unsuspend-did' ? evidence.find(isOwn) : undefined;
    const planned = { ...toStep(step), id, hold: own?.hold ?? null, ends: own === undefined ? [] : [own.id] };
    return previous === undefined ? planned : { ...planned, needs: [previous] };
  });
}

function planOperation(system: LineSystem, did: Did, { command, target }: DidRequest): LineStep[] {
  const change = (type: 'suspend-did' | 'unsuspend-did', operation: 'suspend' | 'unsuspend') => {
    need(system, 'dids', operation);
    return [stateStep(type, did.id)];
  };
  const isOurs = isSuspendedByUs(target, did);
  switch (command.operation) {
    case 'unlink':
      return [...restore(system, did, isOurs), ...planUnlink(system, [did], did.number).steps];
    case 'suspend':
      return did.status === 'suspended' ? [] : change('suspend-did', 'suspend');
    case 'unsuspend':
      if (target.holds.some(({ restriction }) => restriction === 'suspend-with-dids')) {
        throw new LineRefusal('conflict', `${did.number} is suspended with its line, which is held`, [did.id]);
      }
      return did.status === 'active' ? [] : change('unsuspend-did', 'unsuspend');
    case 'release':
      return planRelease(system, did, isOurs).steps;
    default: {
      need(system, 'dids', 'update');
      const changes = { ...command.values };
      const prior = Object.fromEntries(
        Object.keys(changes).map((name) => [name, (did as unknown as Record<string, unknown>)[name] ?? null]),
      );
      return [{ type: 'update-did', target: did.id, payload: { id: did.id, changes, prior } }];
    }
  }
}

/** Whether Sluice suspended a number: for a hold, or by a command that named it. */
export function isSuspendedByUs({ evidence, recent }: Pick<TargetState, 'evidence' | 'recent'>, did: Did): boolean {
  return (
    evidence.some(({ kind, target }) => kind === DID_EVIDENCE && target === did.id) || isSuspendedByName(recent, did)
  );
}

function requireOwn({ state, command: { number } }: DidRequest): Did {
  const did = state.number.find(({ subscriberId }) => subscriberId !== null && subscriberId === state.line?.id);
  if (did !== undefined) return did;
  throw new LineRefusal('no_number', `the line has no number ${number}`);
}
