import {
  callAgeMs,
  IN_PROGRESS_MS,
  LATEST_CALL_MS,
  newPlan,
  newStep,
  notDone,
  type Observation,
  type Plan,
  type Step,
  type StepOutcome,
  type TargetState,
} from '@sluice/panel-kind';
import type { ActionRecord } from '@sluice/quota-core';
import type { MeterRow } from './client.js';

/** The meter of a service: null where there is none; `isForeign` where its id is another meter's now. */
export interface MeterState {
  meter: MeterRow | null;
  isForeign: boolean;
}

/** Plans the steps from the observed meter to the target state. */
export function planMeter(target: TargetState, { state, error }: Observation<MeterState>): Plan {
  const plan = newPlan();
  const { service, command, evidence, product } = target;
  if (state === null) {
    if (target.holds.length + evidence.length > 0 || command !== null)
      plan.problems.push(error ?? { code: 'not_observed', message: 'the panel was not read' });
    return plan;
  }
  const { pipe = 'wide' } = (product['waterworks'] ?? {}) as { pipe?: string };
  const { meter, isForeign } = state;
  if (meter === null || isForeign) {
    if (command?.verb === 'create' && meter === null) {
      const name = service.refs['meter_name'] ?? '';
      plan.steps.push(newStep('create-meter', name, { payload: { name, pipe } }));
    } else if (command?.verb !== 'terminate' && service.refs['meter_id'] !== undefined) {
      plan.problems.push({ code: 'no_meter', message: `the meter of "${service.id}" is gone, or another customer's` });
    }
    plan.endedEvidence.push(...evidence.map(({ id }) => ({ evidence: id, outcome: 'dropped' as const })));
    return plan;
  }
  if (command?.verb === 'terminate') {
    plan.steps.push(newStep('delete-meter', meter.id, { prior: meter, ends: evidence.map(({ id }) => id) }));
    return plan;
  }
  const changesPipe = target.scope === 'reconcile' || target.scope === 'command';
  if (changesPipe && meter.pipe !== pipe) plan.steps.push(newStep('set-pipe', meter.id, { payload: { pipe } }));
  planValves(plan, target, meter);
  return plan;
}

function planValves(plan: Plan, { holds, evidence }: TargetState, { id, valves }: MeterRow): void {
  const [hold] = holds;
  for (const [name, state] of Object.entries(valves)) {
    const target = `${id}/${name}`;
    const own = evidence.find((row) => row.target === target);
    if (hold !== undefined) {
      const prior = { state };
      if (own !== undefined && !holds.some((one) => one.id === own.hold))
        plan.moves.push({ evidence: own.id, hold: hold.id });
      if (state === 'shut') continue;
      if (own !== undefined) plan.drift.push(`valve ${target} is open and should be shut`);
      const begins = own === undefined ? { kind: 'valve', target, prior } : null;
      plan.steps.push(newStep('shut-valve', target, { hold: hold.id, prior, begins }));
    } else if (own !== undefined && state === 'shut') {
      plan.steps.push(newStep('open-valve', target, { hold: own.hold, prior: { state }, ends: [own.id] }));
    } else if (own !== undefined) {
      plan.endedEvidence.push({ evidence: own.id, outcome: 'dropped' });
    }
  }
}

/** Returns the outcome of a change by the meter after it. */
export function toOutcome(
  { type, target }: Pick<Step, 'type' | 'target'>,
  payload: unknown,
  meter: MeterRow | null,
): StepOutcome {
  const valve = meter?.valves[target.split('/')[1] ?? ''];
  const { pipe } = (payload ?? {}) as { pipe?: string };
  const isDone =
    type === 'delete-meter'
      ? meter === null
      : type === 'create-meter'
        ? meter !== null
        : type === 'set-pipe'
          ? meter?.pipe === pipe
          : valve === (type === 'shut-valve' ? 'shut' : 'open');
  if (!isDone) return notDone(`${type} ${target} was not done`, meter);
  const refs = type === 'create-meter' && meter !== null ? { refs: { meter_id: meter.id } } : {};
  return { state: 'applied', observed: meter, error: null, ...refs };
}

/** Finds out how an action in doubt ended. */
export function resolveAction(action: ActionRecord, { at, state }: Observation<MeterState>): StepOutcome | null {
  if (state === null) return null;
  const { payload } = (action.payload ?? {}) as { payload?: unknown };
  const outcome = toOutcome(action, payload, state.isForeign ? null : state.meter);
  const graceMs = action.type === 'create-meter' ? LATEST_CALL_MS : IN_PROGRESS_MS;
  return outcome.state === 'failed' && callAgeMs(action, Date.parse(at)) < graceMs ? null : outcome;
}

/** Whether a change repeats the last one of its target, whose answer was lost. */
export function isRepeat({ type, target }: Step, earlier: readonly ActionRecord[]): boolean {
  const last = earlier.findLast((row) => row.calledAt !== null && row.target === target);
  return last?.type === type && (last.endedAt === null || last.errorCode === 'not_done');
}
