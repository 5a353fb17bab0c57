import { expect, it } from '@jest/globals';
import { startFlvxBench } from '../bench/flvx-bench.js';
import { useOpened } from '../bench/each-test.js';

const [at, open] = useOpened(startFlvxBench);

const LATE = '  late: { panel: relay, quota: { total: 100GB }, flvx: { tunnelId: 1, graceDays: 2 } }';

/** What is decided about the service at an instant: its status, and why it is held. */
async function decideAt(instant: string): Promise<unknown[]> {
  at.bench.clock.set(Date.parse(instant));
  const { services } = await at.sluice.poll({ allowMass: true });
  const [service] = services;
  return [service?.status, service?.holds.map(({ reason }) => reason)];
}

it('is held for being overdue when the days of grace after its due date are over, as its account ends', async () => {
  await open(LATE);
  await at.bench.edit('poll: {', 'poll: { overdue: hold,');
  await at.create(1, { product: 'late' });
  const { nextDueDate } = await at.sluice.services.show('svc-1');
  expect(nextDueDate).toBe('2026-12-15');
  for (const day of ['15', '16']) expect(await decideAt(`2026-12-${day}T20:00:00Z`)).toEqual(['ok', []]);
  expect(await decideAt('2026-12-17T00:00:00Z')).toEqual(['held', ['billing']]);
});

it('is read until then where overdue services are left as they are', async () => {
  await open(LATE);
  await at.bench.edit('poll: {', 'poll: { overdue: ignore,');
  await at.create(1, { product: 'late' });
  expect(await decideAt('2026-12-16T20:00:00Z')).toEqual(['ok', []]);
  expect(await decideAt('2026-12-17T00:00:00Z')).toEqual(['skipped', []]);
});
