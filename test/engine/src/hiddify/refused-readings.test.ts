import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RunOptions } from '@sluice/engine';
import { GB, HOUR } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { useBench } from '../bench/each-test.js';
import { pollLater } from '../loop/polls.js';

/** The brake stops each run in which a hold would begin, unless it is allowed. */
const at = useBench(() =>
  startHiddifyBench({ more: 'poll: { interval: 1h, doubt: { jump: off }, brake: { share: 1%, atLeast: 1 } }' }),
);

/** The outcome of a poll, and what it read of each service, in GB, or why it read nothing. */
async function poll(ms = HOUR, how?: RunOptions): Promise<(number | string | null)[]> {
  const { services, run } = (await pollLater(at, ms, how)).report;
  return [run.outcome, ...services.map(({ usage, error }) => error?.code ?? (usage?.totalBytes ?? 0) / GB)];
}

/** Adds the last service, which has used up its allowance: the brake stops the runs from now on. */
async function useUp(number: number): Promise<void> {
  at.panel.use(await at.create(number), 60 * GB);
}

describe('the counters of a panel that was restored from a backup', () => {
  let uuids: string[] = [];
  const show = (gigabytes: number): void => {
    for (const uuid of uuids) at.panel.changeUser(uuid, { currentUsage: gigabytes * GB });
  };
  const FELL = ['counter_fell', 'counter_fell', 'counter_fell'];

  beforeEach(async () => {
    uuids = [await at.create(1), await at.create(2), await at.create(3)];
    show(40);
    expect(await poll()).toEqual(['done', 40, 40, 40]);
  });

  it('count with all that they grew by while the brake stopped the runs', async () => {
    await useUp(4);
    show(10);
    expect(await poll()).toEqual(['brake', ...FELL, 60]);
    show(12);
    expect(await poll()).toEqual(['brake', ...FELL, 60]);
    show(15);
    expect(await poll(HOUR, { allowMass: true })).toEqual(['done', 45, 45, 45, 60]);
    show(16);
    expect(await poll()).toEqual(['done', 46, 46, 46, 60]);
  });

  it('count so in the cycle that opened meanwhile, before they are zeroed for it', async () => {
    show(10);
    await poll();
    show(12);
    await poll();
    at.bench.clock.set('2026-12-15T00:30:00Z');
    show(13);
    expect(await poll()).toEqual(['failed', ...FELL]);
    expect(at.panel.user(uuids[0] ?? '').currentUsage).toBe(13 * GB);
    show(14);
    expect(await poll(HOUR, { allowMass: true })).toEqual(['done', 4, 4, 4]);
    expect(at.panel.user(uuids[0] ?? '').currentUsage).toBe(0);
    show(1);
    expect(await poll()).toEqual(['done', 5, 5, 5]);
  });
});

describe('a counter that the panel has reset while the brake stopped the runs', () => {
  it('counts from zero, although it has outgrown its old figure', async () => {
    await at.addProduct('daily', { gb: 50, mode: 'daily' });
    const uuid = await at.create(1, { product: 'daily' });
    at.panel.use(uuid, 2 * GB);
    expect(await poll()).toEqual(['done', 2]);
    await useUp(2);
    expect(await poll()).toEqual(['brake', 2, 60]);
    at.bench.clock.set('2026-11-21T00:01:00Z');
    at.panel.resetUsage(uuid);
    at.panel.use(uuid, GB);
    expect(await poll()).toEqual(['brake', 3, 60]);
    at.panel.use(uuid, 2 * GB);
    expect(await poll()).toEqual(['brake', 5, 60]);
    expect(await poll(HOUR, { allowMass: true })).toEqual(['done', 5, 60]);
    at.panel.use(uuid, GB);
    expect(await poll()).toEqual(['done', 6, 60]);
  });
});
