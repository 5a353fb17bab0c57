import { expect, it } from '@jest/globals';
import type { Decided } from '../kernel/subject/stages.js';
import { planAll } from './plan.js';
import { CYCLE, makePlanned, makeRun, makeStep, PLAN, SEEN, SERVICE } from '../test/subjects.js';

/** Plans services whose panel shows each, in a run that observes all or only those with something to do. */
async function planFor(facts: Partial<Decided>[], { observeAll = true, panel = {} } = {}) {
  const observed: string[][] = [];
  const observe = (services: { id: string }[]) => {
    observed.push(services.map(({ id }) => id));
    return Promise.resolve(new Map(services.map(({ id }) => [id, { ...SEEN, service: id }])));
  };
  const plan = ({ service }: { service: { id: string } }) => ({ ...PLAN, steps: [makeStep({ target: service.id })] });
  const on = { ...makeRun({ observe, plan, ...panel }), request: { observeAll } };
  const decided = facts.map((more, n) => {
    const work = makePlanned({ service: { ...SERVICE, id: `svc-${n + 1}` }, ...(more as object) });
    return { ...work, stage: 'decided' } as unknown as Decided;
  });
  return { planned: await planAll(on, decided), observed };
}
const steps = ({ planned }: Awaited<ReturnType<typeof planFor>>) =>
  planned.map(({ plan }) => plan?.steps.map(({ target }) => target) ?? null);

it('a run plans what it observes', async () => {
  const found = await planFor([{}, { skipped: 'pending' }]);
  expect([found.observed, steps(found)]).toEqual([[['svc-1']], [['svc-1'], null]]);
  expect(found.planned).toMatchObject([
    { stage: 'planned', observation: { service: 'svc-1' }, drafts: [] },
    { observation: null },
  ]);
  expect((await planFor([])).planned).toEqual([]);
});

it('a run that observes only what it has to leaves the others unplanned', async () => {
  const found = await planFor([{}, {}], { observeAll: false });
  expect([found.observed, steps(found)]).toEqual([[[]], [null, null]]);
});

it('what was seen of the speed of a line is kept with the counter, by which the next reading is judged', async () => {
  const asked: unknown[] = [];
  const bounds = (observation: { service: string }, counter: unknown) => {
    asked.push(observation.service, counter);
    return { speed: 7 };
  };
  const cycle = { ...CYCLE, counter: { source: { panel: 'dcim' } } };
  const { planned } = await planFor([{ cycle }, { cycle: null }, { cycle, skipped: 'pending' }], {
    panel: { plausibility: { bounds } },
  });
  expect(planned.map((work) => work.cycle?.counter)).toEqual([
    { speed: 7, source: { panel: 'dcim' } },
    undefined,
    cycle.counter,
  ]);
  expect(asked).toEqual(['svc-1', cycle.counter, 'svc-2', null]);
  const without = await planFor([{ cycle }], { panel: { plausibility: { bounds: () => undefined } } });
  expect(without.planned[0]?.cycle).toBe(cycle);
});
