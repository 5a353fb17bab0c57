import { describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { GB, HOUR } from '../bench/engine-bench.js';
import { flvxConfig, startFlvxBench } from '../bench/flvx-bench.js';
import { done } from '../bench/outcomes.js';
import { useOpened } from '../bench/each-test.js';

const [at, open] = useOpened(startFlvxBench);

const FAIR = `  fair: { panel: relay, quota: { total: 100GB }, flvx: { tunnelId: 1 }, limits: [
    { id: fair-use, window: day, allowance: 10GB, action: throttle }, { id: burst, window: week, allowance: 30GB, action: pause } ] }`;

interface Line {
  user: number;
  forward: number;
}

async function start(more = FAIR): Promise<Line> {
  await open(more);
  const user = await at.create(1, { product: 'fair' });
  return { user, forward: at.panel.addForward(user, at.tunnels.hk, { name: 'web' }) };
}

/** Polls an hour later, or at an instant. */
function poll(instant?: string): Promise<RunReport> {
  const { clock } = at.bench;
  clock.set(instant === undefined ? clock.now() + HOUR : Date.parse(instant));
  return done(at.poll());
}

const reasons = ({ services: [service] }: RunReport): string[] => service?.holds.map(({ reason }) => reason) ?? [];
const listLimits = ({ services: [service] }: RunReport): unknown[] =>
  (service?.limits ?? []).map(({ id, used, held }) => [id, used, held]);

describe('a limit of a product in bytes', () => {
  it('holds for what is used in a local day, with its own restriction, until the day ends', async () => {
    const { user, forward } = await start();
    at.panel.traffic(forward, 20 * GB);
    // Nothing is known of the time before the first reading.
    expect(listLimits(await poll())).toEqual([
      ['quota', 20 * GB, false],
      ['fair-use', null, false],
      ['burst', null, false],
    ]);
    at.panel.traffic(forward, 9 * GB);
    expect(reasons(await poll())).toEqual([]);
    at.panel.traffic(forward, GB);
    const held = await poll();
    expect(reasons(held)).toEqual(['fair-use']);
    expect(held.services[0]?.limits).toEqual([
      expect.objectContaining({ id: 'quota', unit: 'bytes', used: 30 * GB, allowed: 100 * GB, held: false }),
      {
        id: 'fair-use',
        window: { start: '2026-11-20T00:00:00.000Z', end: '2026-11-21T00:00:00.000Z' },
        unit: 'bytes',
        used: 10 * GB,
        allowed: 10 * GB,
        held: true,
      },
      expect.objectContaining({ id: 'burst', used: 10 * GB, held: false }),
    ]);
    expect(at.panel.permission(user, at.tunnels.hk)).toMatchObject({ status: 1, speedId: expect.any(Number) });
    expect(at.panel.runningForwards()).toContain(forward);

    expect(reasons(await poll('2026-11-20T23:50:00Z'))).toEqual(['fair-use']);
    expect((await poll('2026-11-21T00:05:00Z')).totals).toMatchObject({ released: 1, held: 0 });
    expect(at.panel.permission(user, at.tunnels.hk)?.speedId).toBeNull();
    expect((await at.sluice.services.show('svc-1')).limits[1]).toMatchObject({
      window: { start: '2026-11-21T00:00:00.000Z' },
      used: 0,
    });
  });

  it('keeps the stricter restriction until no hold needs it', async () => {
    const { user, forward } = await start();
    await poll();
    at.panel.traffic(forward, 31 * GB);
    expect(reasons(await poll())).toEqual(['fair-use', 'burst']);
    expect(at.panel.runningForwards()).not.toContain(forward);
    // No reading shows where the new day began, but nothing was used since the one before.
    expect(reasons(await poll('2026-11-21T00:10:00Z'))).toEqual(['burst']);
    expect(reasons(await poll('2026-11-21T00:25:00Z'))).toEqual(['burst']);
    expect(at.panel.runningForwards()).not.toContain(forward);
    expect(reasons(await poll('2026-11-22T23:50:00Z'))).toEqual(['burst']);
    expect(reasons(await poll('2026-11-23T00:10:00Z'))).toEqual([]);
    expect(at.panel.runningForwards()).toContain(forward);
    expect(at.panel.permission(user, at.tunnels.hk)?.speedId).toBeNull();
  });

  it('is counted from the stored readings of the day when it is new, and ends with its key', async () => {
    const plain = '  fair: { panel: relay, quota: { total: 100GB }, flvx: { tunnelId: 1 } }';
    const { forward } = await start(plain);
    for (const hour of [1, 2]) {
      at.panel.traffic(forward, 6 * GB);
      await poll(`2026-11-20T${12 + hour}:00:00Z`);
    }
    await at.bench.configure(flvxConfig(at.panel.url, FAIR));
    at.panel.traffic(forward, 5 * GB);
    // 6 GB since the first reading of the day, and 5 GB.
    expect(listLimits(await poll('2026-11-20T15:00:00Z'))).toContainEqual(['fair-use', 11 * GB, true]);
    await at.bench.configure(flvxConfig(at.panel.url, plain));
    const { totals, notices } = await poll('2026-11-20T16:00:00Z');
    expect([totals.released, notices.map(({ message }) => message)]).toEqual([
      1,
      ['svc-1 is released (fair-use: the product does not have the limit any more)'],
    ]);
  });

  it('goes on over the end of a cycle whose first reading fails', async () => {
    const { forward } = await start(
      '  fair: { panel: relay, quota: { total: 900GB }, flvx: { tunnelId: 1 }, limits: [{ id: fair-use, window: month, allowance: 50GB, action: pause }] }',
    );
    await poll('2026-12-02T00:00:00Z');
    at.panel.traffic(forward, 45 * GB);
    await poll('2026-12-14T23:00:00Z');
    at.panel.traffic(forward, 2 * GB);
    const restored = at.panel.server.inject({
      match: ({ method }) => method === 'POST',
      fault: { kind: 'status', status: 500 },
    });
    at.bench.clock.set('2026-12-15T01:00:00Z');
    await at.poll();
    restored();
    at.panel.traffic(forward, GB);
    expect(listLimits(await poll('2026-12-15T02:00:00Z'))).toContainEqual(['fair-use', 48 * GB, false]);
  });

  it('is lifted by a release until a date, and only shown in a dry run', async () => {
    const { forward } = await start();
    await poll();
    at.bench.clock.advance(HOUR);
    at.panel.traffic(forward, 12 * GB);
    expect((await at.sluice.plan()).services[0]?.wouldHold).toEqual(['fair-use']);
    expect((await at.sluice.services.show('svc-1')).holds).toEqual([]);
    expect(reasons(await poll())).toEqual(['fair-use']);
    await done(at.sluice.holds.release('svc-1', { until: '2026-11-22' }));
    const { services, notices } = await poll();
    expect(services[0]?.holds).toEqual([]);
    expect(notices.map(({ message }) => message)).toContain(
      'svc-1 is due to be held (fair-use), but the hold is released until 2026-11-22',
    );
  });
});
