import { beforeEach, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { DAY, GB } from '../bench/engine-bench.js';

const at = useBench(() => startEasyDcimBench());
const CYCLE = { start: '2026-11-15T00:00:00.000Z', end: '2026-12-15T00:00:00.000Z' };
const ENDED = '2026-11-20T13:00:00.000Z';

/** Client A has used 90 GB with its service on the panel until an hour after the start. */
beforeEach(async () => {
  await at.addService(1, { values: { client: 'A' } });
  at.use(1, 90);
  await at.poll();
  await at.sluice.services.set('svc-1', { status: 'terminated' });
});

async function refsOf(id: string): Promise<Record<string, string>> {
  return (await at.bench.store.services.get(id))?.refs ?? {};
}

async function addFor(client: string): Promise<void> {
  const own = { panel: 'dcim', product: 'ports', client, status: 'active', next_due_date: '2026-12-15' };
  await at.sluice.services.add('svc-99', { ...own, billing_cycle: 'monthly', ...(await refsOf('svc-1')) });
}

async function readCycle(id: string) {
  const { cycle, usage, holds } = await at.sluice.services.show(id);
  return { cycle, used: (usage?.totalBytes ?? 0) / GB, holds: holds.map(({ reason }) => reason) };
}

it('counts nothing of what another client used in the same period', async () => {
  at.bench.clock.advance(DAY);
  await addFor('B');
  at.use(1, 20);
  await at.poll();
  const own = { cycle: { ...CYCLE, start: ENDED }, used: 20, holds: [] };
  expect(await readCycle('svc-99')).toEqual(own);
  await at.pollAfter(DAY);
  expect(await readCycle('svc-99')).toEqual(own);
  at.bench.clock.advance(25 * DAY);
  await at.poll();
  expect((await readCycle('svc-99')).cycle).toEqual({ start: CYCLE.end, end: '2027-01-15T00:00:00.000Z' });
});

it('counts what the same client used with its earlier service', async () => {
  await addFor('A');
  at.use(1, 20);
  await at.poll();
  expect(await readCycle('svc-99')).toEqual({ cycle: CYCLE, used: 110, holds: ['quota'] });
});

it('counts for a service that is moved to it only what came after the other client', async () => {
  await at.addService(2, { values: { client: 'B' } });
  at.use(2, 5);
  await at.poll();
  expect(await readCycle('svc-2')).toEqual({ cycle: CYCLE, used: 5, holds: [] });
  await at.sluice.services.set('svc-2', await refsOf('svc-1'));
  at.use(1, 20);
  await at.poll();
  expect(await readCycle('svc-2')).toEqual({ cycle: { ...CYCLE, start: ENDED }, used: 20, holds: [] });
});
