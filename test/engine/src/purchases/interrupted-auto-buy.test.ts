import { expect, it } from '@jest/globals';
import { openWorld, type World } from './world.js';

const RULE = { enabled: true, package: 'extra', thresholdGb: 10, maxPerCycle: 5 };

/** Opens a world in which a purchase of auto-buy is stored, and its run was killed before the charge. */
async function openInterrupted(): Promise<World> {
  for (let write = 1; ; write++) {
    const world = await openWorld(RULE);
    await world.books.addCredit('100.00');
    world.use(5);
    await world.sluice.poll();
    world.use(90);
    await world.killedAt(write, (sluice) => sluice.poll());
    const [row] = await world.store.purchases.list();
    if (row?.status === 'pending' && row.invoice === null && (await world.books.invoices()).length === 0) return world;
    await world.close();
  }
}

const statuses = async ({ store }: World): Promise<string[]> =>
  (await store.purchases.list()).map(({ status, actor }) => `${status} ${actor}`);

it('an interrupted automatic purchase is not charged once nothing is to be bought any more', async () => {
  const world = await openInterrupted();
  await world.sluice.overrides.set('svc-1', { quota: '1000GB' });
  world.clock.advance(3_600_000);
  await world.sluice.poll();
  expect(await statuses(world)).toEqual(['failed auto']);
  expect(await world.books.invoices()).toEqual([]);
  await world.close();
});

it('an interrupted automatic purchase is charged once while it is still needed', async () => {
  const world = await openInterrupted();
  world.clock.advance(3_600_000);
  await world.sluice.poll();
  expect((await statuses(world)).filter((status) => !status.startsWith('failed'))).toEqual(['paid auto']);
  expect(await world.problems()).toEqual([]);
  await world.close();
});
