import { describe, expect, it } from '@jest/globals';
import type { Check } from '@sluice/engine';
import type { CycleRecord } from '@sluice/state-store';
import { GB } from '../bench/engine-bench.js';
import { addPaid } from '../purchases/paid.js';
import { CYCLE, expectRightNextRun, isDown, openConfirmed } from './confirmed-world.js';
import { useBench } from '../bench/each-test.js';

const at = useBench(openConfirmed);

const readCycles = (id: string): Promise<CycleRecord[]> => at.bench.store.cycles.ofService(id);

describe('a recorded cycle that lies in the future', () => {
  const FUTURE = { start: '2026-12-15T00:00:00.000Z', end: '2027-01-15T00:00:00.000Z' };

  /** Leaves the store as a run by a clock that was 40 days ahead did: released, and with the next cycle open. */
  async function recordFuture(): Promise<CycleRecord> {
    await at.sluice.overrides.set('svc-1', { unlimited: true });
    expect((await at.poll()).run.outcome).toBe('done');
    await at.sluice.overrides.clear('svc-1');
    expect(isDown(at, 1)).toBe(false);
    const [present] = await readCycles('svc-1');
    if (present === undefined) throw new Error('no cycle');
    const openedAt = '2026-12-31T12:00:00.000Z';
    await at.bench.store.cycles.put([
      { ...present, closedAt: openedAt },
      { ...present, id: 'cyc-future', ...FUTURE, openedAt, inBytes: 0, outBytes: 0, totalBytes: 0 },
    ]);
    return present;
  }

  it('is named by doctor and mended by the next run, which holds again whom it had freed', async () => {
    const present = await recordFuture();
    const cycleChecks = async (): Promise<Check[]> =>
      (await at.sluice.panels.doctor()).checks.filter(({ name }) => name === 'cycle');
    expect(await cycleChecks()).toMatchObject([
      { name: 'cycle', object: 'svc-1', status: 'failed', message: expect.stringContaining(FUTURE.start) as unknown },
    ]);
    const { services, notices } = await at.poll();
    expect(services.map(({ status, cycle }) => [status, cycle])).toEqual([
      ['held', CYCLE],
      ['ok', CYCLE],
    ]);
    expect(notices.filter(({ code }) => code === 'cycle_mended')).toHaveLength(1);
    expect(isDown(at, 1)).toBe(true);
    const [mended, ...others] = await readCycles('svc-1');
    expect(others).toEqual([]);
    expect(mended).toMatchObject({ id: present.id, ...CYCLE, closedAt: null, totalBytes: 200 * GB });
    expect(await cycleChecks()).toEqual([]);
    await expectRightNextRun(at);
  });

  it('gives what was bought for it to the cycle that runs', async () => {
    const present = await recordFuture();
    await addPaid(at.bench, { id: 'buy-1', cycle: 'cyc-future', bytes: 500 * GB });
    const { services } = await at.poll();
    expect(services[0]).toMatchObject({ status: 'ok', cycle: CYCLE });
    expect(isDown(at, 1)).toBe(false);
    const bought = await at.bench.store.purchases.list({ service: 'svc-1' });
    expect(bought.map(({ cycle }) => cycle)).toEqual([present.id]);
    expect((await at.poll()).services[0]?.status).toBe('ok');
  });

  it('stays as it is while the service can not be read and in a dry run', async () => {
    await recordFuture();
    // The allowance is that of the last decision, read or not.
    const cycles = async (): Promise<unknown[]> =>
      (await readCycles('svc-1')).map((cycle) => ({ ...cycle, allowance: null }));
    const before = await cycles();
    const silent = at.panel.server.inject({ fault: { kind: 'cut' } });
    await at.poll();
    expect(await cycles()).toEqual(before);
    silent();
    const plan = await at.sluice.plan();
    expect(plan.services[0]).toMatchObject({ status: 'over', wouldHold: ['quota'], cycle: CYCLE });
    expect(await cycles()).toEqual(before);
  });

  it('is brought to the present where it is the only one', async () => {
    await recordFuture();
    const [present] = await at.bench.store.cycles.ofService('svc-1');
    await at.bench.store.cycles.remove([present?.id ?? '']);
    const { services } = await at.poll();
    expect(services[0]).toMatchObject({ status: 'held', cycle: CYCLE });
    expect(await readCycles('svc-1')).toMatchObject([{ id: 'cyc-future', ...CYCLE }]);
  });
});
