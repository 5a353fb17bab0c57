import type { AccountCommand, Plan, TargetState } from '@sluice/panel-kind';
import type { Did } from '@sluice/telephony';
import { planLink, planUnlink } from '../account/plan-did.js';
import { LineRefusal } from '../account/refusal.js';
import { type LineStep, stateStep } from '../account/step.js';
import { type LineSystem, need } from '../account/system.js';
import { DID_EVIDENCE, toStep } from './steps.js';
import type { LineState } from './state.js';

/** A command about a number of a service. */
export interface DidRequest {
  target: TargetState;
  state: LineState;
  command: Extract<AccountCommand, { verb: 'did' }>;
}

/** Plans a command about one number of a line. What an operator does to a number by name is not undone by a hold. */
export function planDidCommand(system: LineSystem, plan: Plan, request: DidRequest): void {
  const { command, state, target } = request;
  if (command.operation === 'link') {
    const { number, carrier, channels } = command;
    const wanted = {
      number,
      ...(carrier === undefined ? {} : { carrier }),
      ...(channels === undefined ? {} : { channels }),
    };
    const { steps } = planLink(system, { line: state.line, dids: state.number, carriers: state.carriers }, wanted);
    const [first, ...rest] = steps;
    if (first === undefined) return;
    plan.steps.push(toStep(first), ...rest.map((step) => ({ ...toStep(step), later: true })));
    plan.again = rest.length > 0;
    return;
  }
  const did = requireOwn(request);
  const evidence = target.evidence.filter((item) => item.kind === DID_EVIDENCE && item.target === did.id);
  const ends = evidence.map(({ id }) => id);
  const [step] = planOperation(system, did, request);
  if (step !== undefined) plan.steps.push({ ...toStep(step), ends });
  else if (command.operation !== 'set') {
    for (const id of ends) plan.endedEvidence.push({ evidence: id, outcome: 'dropped' });
  }
}

function planOperation(system: LineSystem, did: Did, { command, target }: DidRequest): LineStep[] {
  const change = (
    type: 'suspend-did' | 'unsuspend-did' | 'terminate-did',
    operation: 'suspend' | 'unsuspend' | 'terminate',
  ) => {
    need(system, 'dids', operation);
    return [stateStep(type, did.id)];
  };
  switch (command.operation) {
    case 'unlink':
      return planUnlink(system, [did], did.number).steps;
    case 'suspend':
      return did.status === 'suspended' ? [] : change('suspend-did', 'suspend');
    case 'unsuspend':
      if (target.holds.some(({ restriction }) => restriction === 'suspend-with-dids')) {
        throw new LineRefusal('conflict', `${did.number} is suspended with its line, which is held`, [did.id]);
      }
      return did.status === 'active' ? [] : change('unsuspend-did', 'unsuspend');
    case 'release':
      return change('terminate-did', 'terminate');
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

function requireOwn({ state, command: { number } }: DidRequest): Did {
  const did = state.number.find(({ subscriberId }) => subscriberId !== null && subscriberId === state.line?.id);
  if (did !== undefined) return did;
  throw new LineRefusal('not_found', `the line has no number ${number}`);
}
