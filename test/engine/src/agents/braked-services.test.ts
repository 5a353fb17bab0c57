import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ServiceDetail } from '@sluice/engine';
import { useBench } from '../bench/each-test.js';
import { GB, HOUR, MINUTE } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const at = useBench(startHiddifyBench);

/** Starts with a service below agent north, which is over its limit, as is agent south. */
beforeEach(async () => {
  const south = at.panel.addAgent(undefined, { name: 'south' });
  const user = await at.create(1, { product: 'agency' });
  const other = at.panel.addUser({ agent: south, usageLimit: 100 * GB });
  await at.poll();
  await at.check();
  for (const name of ['north', 'south']) await at.limit(name, 2);
  at.panel.use(user, 3 * GB);
  at.panel.use(other, 3 * GB);
});

const listed = async (): Promise<string[]> =>
  (await at.bench.sluice.services.list({ status: 'would-be-held' })).services.map(({ id }) => id);
const show = async (): Promise<ServiceDetail> => (await at.bench.sluice.explain('svc-1')).service;

const WOULD = { status: 'over', wouldHold: ['agent-limit'], holds: [] };

describe('a service that a check of agents would hold', () => {
  it('is listed and explained while the brake stops the check, also after a poll', async () => {
    const { error, notices } = await at.check();
    expect(error).toMatchObject({ code: 'mass_change' });
    expect(notices.map(({ code }) => code)).toContain('would_hold');
    expect(await listed()).toEqual(['svc-1']);
    expect(await show()).toMatchObject(WOULD);
    expect((await at.bench.sluice.overview()).totals).toMatchObject({ wouldHold: 1 });
    const report = await at.poll();
    expect([report.totals.wouldHold, report.services]).toMatchObject([1, [WOULD]]);
    expect(await listed()).toEqual(['svc-1']);
    expect((await at.bench.sluice.explain('svc-1')).brake).toMatchObject({ subjects: 'agents' });
  });

  it('is reported once a day, not by each check', async () => {
    for (let check = 0; check < 3; check++) {
      await at.check();
      at.bench.clock.advance(5 * MINUTE);
    }
    const told = async (): Promise<number> =>
      (await at.bench.store.notices.list({ service: 'svc-1' })).filter(({ code }) => code === 'would_hold').length;
    expect(await told()).toBe(1);
    at.bench.clock.advance(24 * HOUR);
    await at.check();
    expect(await told()).toBe(2);
  });

  it('is not any more once it is held, and once its agent is within its limit', async () => {
    await at.check();
    await at.check({ allowMass: true });
    expect(await show()).toMatchObject({ status: 'held', wouldHold: [], holds: [{ reason: 'agent-limit' }] });
    expect(await listed()).toEqual([]);
  });

  it('is not any more once its agent has a higher limit', async () => {
    await at.check();
    await at.limit('north', 20);
    await at.check();
    expect(await show()).toMatchObject({ status: 'ok', wouldHold: [], holds: [] });
    await at.poll();
    expect(await listed()).toEqual([]);
  });

  it('stays as it is by a dry run', async () => {
    await at.check({ dryRun: true });
    expect(await listed()).toEqual([]);
  });
});
