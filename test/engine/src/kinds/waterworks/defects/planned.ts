import { newStep, type Plan, type Step, type TargetState } from '@sluice/panel-kind';
import type { MeterState } from '../plan.js';
import type { Defect, MeterPanel } from './defect.js';

/** A panel that plans differently. */
const plans =
  (change: (plan: Plan, target: TargetState, state: MeterState | null) => Plan) =>
  ({ plan }: MeterPanel): Partial<MeterPanel> => ({
    plan: (target, observation) => change(plan(target, observation), target, observation.state),
  });

/** Steps that switch valves of the observed meter. */
function switches(type: 'shut-valve' | 'open-valve', { meter }: MeterState, hold: string | null): Step[] {
  const from = type === 'shut-valve' ? 'open' : 'shut';
  return Object.entries(meter?.valves ?? {})
    .filter(([, state]) => state === from)
    .map(([name]) => newStep(type, `${meter?.id ?? ''}/${name}`, { hold, prior: { state: from } }));
}

const toIds = (rows: TargetState['evidence'], { target }: Step): string[] =>
  rows.filter((row) => row.target === target).map(({ id }) => id);

/** Defects in what is planned. */
export const PLANNED: Defect[] = [
  {
    name: 'a release opens what staff shut',
    hazard: 'docs/panels/easydcim.md#h8-changes-by-others',
    story: 'leaves stopped what staff stopped before the hold',
    spoil: plans((plan, { holds, evidence }, state) => {
      if (holds.length > 0 || evidence.length === 0 || state === null) return plan;
      const planned = new Set(plan.steps.map(({ target }) => target));
      const more = switches('open-valve', state, evidence[0]?.hold ?? null);
      return { ...plan, steps: [...plan.steps, ...more.filter(({ target }) => !planned.has(target))] };
    }),
  },
  {
    name: 'evidence without the state before',
    hazard: 'docs/panels/flvx.md#what-the-end-of-a-hold-starts',
    story: 'is held, and gets back what it had',
    spoil: plans((plan) => ({ ...plan, steps: plan.steps.map((step) => ({ ...step, begins: null })) })),
  },
  {
    name: 'one of several holds ends, and the service is released',
    hazard: 'docs/panels/easydcim.md#h9-shared-servers-and-orders',
    story: 'stays restricted while one of two holds is open',
    spoil: plans((plan, { evidence }, state) => {
      const ended = plan.moves.flatMap(({ evidence: id }) => evidence.filter((row) => row.id === id));
      if (ended.length === 0 || state === null) return plan;
      const steps = switches('open-valve', state, ended[0]?.hold ?? null);
      return { ...plan, moves: [], steps: steps.map((step) => ({ ...step, ends: toIds(ended, step) })) };
    }),
  },
  {
    name: 'what was opened by hand stays open',
    hazard: 'docs/panels/flvx.md#what-starts-a-held-forward-again',
    story: 'is restricted again when staff free it while it is held',
    spoil: plans((plan, { evidence }) => ({
      ...plan,
      drift: [],
      steps: plan.steps.filter(
        ({ type, target }) => type !== 'shut-valve' || !evidence.some((row) => row.target === target),
      ),
    })),
  },
  {
    name: 'a restriction is repeated in every run',
    hazard: 'docs/panels/hiddify.md#h5-writes-cost',
    story: 'is held, and gets back what it had',
    spoil: plans((plan, { holds: [hold] }, state) => {
      if (hold === undefined || state?.meter == null || plan.steps.length > 0) return plan;
      const open = Object.fromEntries(Object.keys(state.meter.valves).map((name) => [name, 'open' as const]));
      return { ...plan, steps: switches('shut-valve', { ...state, meter: { ...state.meter, valves: open } }, hold.id) };
    }),
  },
  {
    name: 'only the first object is restricted',
    hazard: 'docs/panels/flvx.md#h7-half-done-work',
    story: 'is held, and gets back what it had',
    spoil: plans((plan) => ({ ...plan, steps: plan.steps.slice(0, 1) })),
  },
  {
    name: 'a removed account can never be terminated',
    hazard: 'docs/panels/flvx.md#h8-order-of-removal',
    story: 'ends the same whichever call fails: terminate',
    ways: ['cut after'],
    spoil: plans((plan, { command }, state) => {
      if (command?.verb !== 'terminate' || state === null || state.meter !== null) return plan;
      return { ...plan, problems: [{ code: 'no_meter', message: 'There is no meter to remove.' }] };
    }),
  },
  {
    name: 'a change of package restores the service',
    hazard: 'docs/panels/flvx.md#h2-updates-overwrite',
    story: 'has an account from its creation to its end',
    spoil: plans((plan, { holds: [hold] }, state) => {
      if (hold === undefined || state === null || !plan.steps.some(({ type }) => type === 'set-pipe')) return plan;
      return { ...plan, steps: [...plan.steps, ...switches('open-valve', state, hold.id)] };
    }),
  },
];
