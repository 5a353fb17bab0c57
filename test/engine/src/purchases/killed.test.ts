import { describe, expect, it } from '@jest/globals';
import { GB, openWorld, type World } from './world.js';

/** Kills `work` at each write in turn, in a world of its own, until it ends by itself. */
async function killAtEach(
  autoBuy: object,
  work: (sluice: World['sluice']) => Promise<unknown>,
  look: (world: World, write: number) => Promise<void>,
): Promise<number> {
  for (let write = 1; ; write++) {
    const world = await openWorld(autoBuy);
    try {
      world.use(10);
      await world.sluice.poll();
      await world.books.addCredit('20.00');
      world.use(100);
      if (!(await world.killedAt(write, work))) return write - 1;
      await expectCounted(world);
      await look(world, write);
    } finally {
      await world.close();
    }
  }
}

/** What is paid counts in what is stored, before the next run. */
async function expectCounted({ store }: World): Promise<void> {
  const paid = (await store.purchases.list()).filter(({ status }) => status === 'paid').length;
  const [decision] = await store.decisions.latest(['svc-1']);
  expect(decision?.allowance).toMatchObject({ allowedBytes: (100 + 50 * paid) * GB });
}

/** Each purchase that was paid is reported once. */
async function expectTold({ store }: World): Promise<void> {
  const told = (await store.notices.list()).filter(({ code }) => code === 'purchase').map(({ key }) => key);
  const paid = (await store.purchases.list()).filter(({ status }) => status === 'paid');
  expect(told.sort()).toEqual(paid.map(({ id }) => `purchase:${id}:paid`).sort());
}

describe('a kill at any write', () => {
  it('of a purchase ends with none or one, and a repeat with its reference with one', async () => {
    const counts: number[] = [];
    const buy = (sluice: World['sluice']): Promise<unknown> =>
      sluice.purchases.create('svc-1', 'extra', { ref: 'once' });
    const writes = await killAtEach({ enabled: false }, buy, async (world) => {
      const intents = (await world.store.purchases.list()).length;
      await world.sluice.poll();
      expect(await world.problems()).toEqual([]);
      const paid = (await world.store.purchases.list()).filter(({ status }) => status === 'paid').length;
      expect(paid).toBe(intents);
      counts.push(paid);
      await buy(world.sluice);
      expect(await world.problems()).toEqual([]);
      expect(await world.store.purchases.list()).toMatchObject([{ status: 'paid' }]);
      await world.sluice.poll();
      const { services } = await world.sluice.poll();
      expect(services[0]).toMatchObject({ status: 'ok', allowance: { allowedBytes: 150 * GB } });
    });
    expect(writes).toBeGreaterThan(3);
    expect(new Set(counts)).toEqual(new Set([0, 1]));
  });

  it('of a poll that buys ends with what is needed, and never with more than the maximum', async () => {
    const autoBuy = { enabled: true, package: 'extra', thresholdGb: 45, maxPerCycle: 2 };
    const writes = await killAtEach(
      autoBuy,
      (sluice) => sluice.poll(),
      async (world) => {
        await world.sluice.poll();
        expect(await world.problems()).toEqual([]);
        expect((await world.store.purchases.list()).map(({ status, actor }) => [status, actor])).toEqual([
          ['paid', 'auto'],
          ['paid', 'auto'],
        ]);
        await expectTold(world);
        expect(world.panel.snapshot().ports['7001']).toMatchObject({ adminState: 'up' });
      },
    );
    expect(writes).toBeGreaterThan(4);
  });

  it('of the first poll of a cycle that buys ends with the maximum of it', async () => {
    const counts: number[] = [];
    for (let write = 1; ; write++) {
      const world = await openWorld({ enabled: true, package: 'extra', thresholdGb: 150, maxPerCycle: 1 });
      try {
        await world.sluice.poll();
        await world.books.addCredit('20.00');
        world.clock.set('2026-12-15T00:30:00Z');
        if (!(await world.killedAt(write, (sluice) => sluice.poll()))) break;
        counts.push((await world.store.purchases.list({ status: 'paid' })).length);
        for (let poll = 0; poll < 2; poll++) await world.sluice.poll();
        expect(await world.problems()).toEqual([]);
        expect(await world.store.purchases.list({ status: 'paid' })).toHaveLength(1);
      } finally {
        await world.close();
      }
    }
    expect(new Set(counts)).toEqual(new Set([0, 1]));
  });

  it('of a poll that ends a purchase of an earlier cycle reports it once', async () => {
    const buy = (sluice: World['sluice']): Promise<unknown> => sluice.purchases.create('svc-1', 'extra');
    for (let write = 1; ; write++) {
      const world = await openWorld({ enabled: false });
      const { store, clock, sluice } = world;
      try {
        await sluice.poll();
        await world.books.addCredit('20.00');
        for (let moment = 1; (await store.purchases.list()).length === 0; moment++) await world.killedAt(moment, buy);
        clock.set('2026-12-15T00:30:00Z');
        const wasKilled = await world.killedAt(write, (engine) => engine.poll());
        await sluice.poll();
        const [row] = await store.purchases.list();
        expect(row).toMatchObject({ status: 'failed', invoice: null });
        const told = (await store.notices.list()).filter(({ code }) => code === 'purchase_ended');
        expect([write, told.map(({ key }) => key)]).toEqual([write, [`purchase:${row!.id}:failed`]]);
        if (!wasKilled) break;
      } finally {
        await world.close();
      }
    }
  });
});
