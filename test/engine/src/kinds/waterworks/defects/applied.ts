import type { StepOutcome } from '@sluice/panel-kind';
import type { Defect, MeterPanel } from './defect.js';

/** A panel whose changes end differently. */
const ends =
  (change: (outcome: StepOutcome, again: () => Promise<StepOutcome>) => StepOutcome | Promise<StepOutcome>) =>
  ({ apply }: MeterPanel): Partial<MeterPanel> => ({
    apply: async (...given) => change(await apply(...given), () => apply(...given)),
  });

const done = (outcome: StepOutcome): StepOutcome => ({ ...outcome, state: 'applied', error: null });

/** Defects in what is called, and in what its outcome is taken for. */
export const APPLIED: Defect[] = [
  {
    name: 'a time-out counts as done',
    hazard: 'docs/panels/easydcim.md#h10-no-answer-to-a-change',
    story: 'ends the same whichever call fails: a poll that releases',
    ways: ['cut before'],
    spoil: ends((outcome) => (outcome.state === 'in-doubt' ? done(outcome) : outcome)),
  },
  {
    name: 'a lost answer repeats the call at once',
    hazard: 'docs/panels/flvx.md#h6-lost-answers',
    story: 'ends the same whichever call fails: a poll that holds',
    ways: ['cut after'],
    spoil: ({ apply }) => ({
      apply: async (service, step, context) => {
        const first = await apply(service, step, context);
        // It knows of no earlier call.
        return first.state === 'in-doubt'
          ? apply(service, step, { ...context, earlier: () => Promise.resolve([]) })
          : first;
      },
    }),
  },
  {
    name: 'what is shut already counts as ours',
    hazard: 'docs/panels/easydcim.md#h8-changes-by-others',
    story: 'leaves stopped what staff stop while a run reads',
    spoil: ends((outcome) => (outcome.state === 'unneeded' ? done(outcome) : outcome)),
  },
  {
    name: 'a success proves that it was done',
    hazard: 'docs/panels/flvx.md#h1-code-0-proves-nothing',
    story: 'ends the same whichever call fails: a poll that releases',
    ways: ['a success without effect'],
    spoil: ends((outcome) => (outcome.error?.code === 'not_done' ? done(outcome) : outcome)),
  },
  {
    name: 'the change is read back from a list of before',
    hazard: 'docs/panels/hiddify.md#h6-users-change-between-list-and-write',
    story: 'is held, and gets back what it had',
    spoil: ends((outcome) =>
      outcome.state === 'applied'
        ? { state: 'failed', observed: null, error: { code: 'not_changed', message: 'The list shows no change.' } }
        : outcome,
    ),
  },
  {
    name: 'the call is made before the journal has it',
    hazard: 'docs/panels/flvx.md#after-a-killed-command',
    story: 'ends the same wherever its process is killed: a poll that holds',
    spoil: ({ apply }) => ({
      apply: async (service, step, context) => {
        const outcome = await apply(service, step, { ...context, calling: () => Promise.resolve() });
        await context.calling();
        return outcome;
      },
    }),
  },
  {
    name: "a step is applied to another customer's object too",
    hazard: 'docs/panels/easydcim.md#h9-shared-servers-and-orders',
    story: 'is held, and gets back what it had',
    spoil: ({ apply }) => ({
      apply: async (service, step, context) => {
        await apply(service, { ...step, target: step.target.replace(/^m-\d+/, 'm-1') }, context);
        return apply(service, step, context);
      },
    }),
  },
];
