import { describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { DAY, GB, MINUTE } from '../bench/engine-bench.js';
import { useFlvxBench } from '../bench/flvx-bench.js';

const at = useFlvxBench('poll: { maxOvershoot: 1GB, ceiling: 30m, doubt: { jump: off } }');

/** What a limit of 50 Mbit/s lets through in both directions at most, in bytes per second, as the panel may round it. */
const RATE = 2 * Math.ceil((50 / 8 + 0.05) * 2 ** 20);

const due = (ms = MINUTE): Promise<RunReport> => {
  at.bench.clock.advance(ms);
  return at.poll({ due: true });
};

/** The row of the lists, after a run in which they were read. */
async function planned(): Promise<{ reason: string; dueAt: string; at: string; details: unknown }> {
  const [row] = await at.bench.store.nextReadings.list({ panel: 'relay', services: [''] });
  if (row === undefined) throw new Error('nothing was planned');
  return row;
}

const LIMITED = { isHighest: true, source: 'limits', rate: RATE };
const UNKNOWN = { isHighest: false, source: null };

describe('the speed limits that Sluice has set on an FLVX panel', () => {
  it('bound what a service uses until it is read again, in both directions', async () => {
    await at.create(1, { product: 'slow' });
    await at.sluice.overrides.set('svc-1', { quota: '5GB' });
    await due();
    const row = await planned();
    expect(row).toMatchObject({ reason: 'limit', details: LIMITED });
    const waitMs = Date.parse(row.dueAt) - Date.parse(row.at);
    const latestMs = ((5 + 1) * GB * 1000) / RATE;
    expect(waitMs).toBeLessThanOrEqual(latestMs);
    expect(waitMs).toBeGreaterThan(latestMs * 0.89);
    const { service } = await at.sluice.explain('svc-1');
    expect(service.nextReading?.message).toContain('at most (by the speed limits that Sluice has set on the panel)');
  });

  it('count for each entry node of each tunnel, by the factor of the tunnel', async () => {
    const tunnel = at.panel.world.tunnels.get(at.tunnels.jp);
    Object.assign(tunnel ?? {}, { trafficRatio: 2 });
    await at.create(1, { product: 'big' });
    await due();
    expect((await planned()).details).toMatchObject({ ...LIMITED, rate: 2 * Math.ceil((3 * RATE) / 2) });
  });

  it('are less than the lineSpeed of the config', async () => {
    await at.create(1, { product: 'slow' });
    await at.bench.edit('relay: { kind: flvx', 'relay: { lineSpeed: 100Mbit/s, kind: flvx');
    await due();
    expect((await planned()).details).toMatchObject({ isHighest: true, source: 'config', rate: 25_000_000 });
  });

  it('say nothing of a service without one', async () => {
    await at.create(1);
    await due();
    expect((await planned()).details).toMatchObject(UNKNOWN);
  });

  it('say nothing once somebody has removed the limit', async () => {
    const user = await at.create(1, { product: 'slow' });
    await due();
    expect((await planned()).details).toMatchObject(LIMITED);
    const [permission] = at.panel.world.permissions.all().filter((row) => row.userId === user);
    Object.assign(at.panel.world.permissions.get(permission!.id)!, { speedId: null });
    await due(DAY / 24);
    expect((await planned()).details).toMatchObject(UNKNOWN);
  });

  it('count a day after they were changed, since connections keep their first speed', async () => {
    await at.create(1);
    await at.sluice.provision.changePackage('svc-1', 'slow');
    await due();
    expect((await planned()).details).toMatchObject(UNKNOWN);
    at.bench.clock.advance(DAY);
    await at.sluice.reconcile();
    await due();
    expect((await planned()).details).toMatchObject(LIMITED);
  });

  it('do not count while more is counted than they let through', async () => {
    const user = await at.create(1, { product: 'slow' });
    const forward = at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
    await due();
    expect((await planned()).details).toMatchObject(LIMITED);
    at.panel.traffic(forward, { in: 40 * GB, out: 0 });
    await due(30 * MINUTE);
    expect((await planned()).details).toMatchObject(UNKNOWN);
  });
});
