import { describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { GB, HOUR, MINUTE } from '../bench/engine-bench.js';

const at = useBench(() =>
  startEasyDcimBench(`poll: { maxOvershoot: 1GB, ceiling: 6h, doubt: { jump: off } }`, {
    panelMore: ', lineSpeed: 100Mbit/s',
    random: () => 0,
  }),
);

/** The next run of what is due, a minute after the last one. */
const due = (ms = MINUTE): Promise<RunReport> => at.pollAfter(ms, { due: true });
const held = async (): Promise<string[]> =>
  (await at.sluice.services.list({})).services.filter(({ holds }) => holds.length > 0).map(({ id }) => id);

async function addServices(count: number): Promise<void> {
  for (let number = 1; number <= count; number++) await at.addService(number);
}

describe('a run that reads a part of its panel', () => {
  it('counts for the brake all services of the panel, and what such runs have changed within an interval', async () => {
    await addServices(20);
    await due();
    // One after the other: each run alone changes one of twenty.
    const stopped: (string | null)[] = [];
    for (let number = 1; number <= 6; number++) {
      at.panel.addTraffic(500 + number, { in: 2 * GB, out: 0 });
      await at.sluice.overrides.set(`svc-${number}`, { quota: '1GB' });
      stopped.push((await due(2 * MINUTE)).error?.code ?? null);
    }
    expect(stopped).toEqual([null, null, null, null, 'mass_change', 'mass_change']);
    expect(await held()).toHaveLength(4);
    // After the interval the earlier ones do not count.
    expect((await due(15 * MINUTE)).error).toBeNull();
    expect(await held()).toHaveLength(6);
  });

  it('reads all of the panel where a reading fell, before it releases by that', async () => {
    await addServices(6);
    for (let number = 1; number <= 6; number++) at.panel.addTraffic(500 + number, { in: 20 * GB, out: 0 });
    at.panel.addTraffic(501, { in: 100 * GB, out: 0 });
    await due();
    expect(await held()).toEqual(['svc-1']);
    for (let number = 1; number <= 6; number++) at.panel.resetTraffic(500 + number);
    // Of the six only the held one is due.
    const report = await due(15 * MINUTE);
    expect(report.totals.read).toBe(6);
    expect(await held()).toEqual(['svc-1']);
    const next = await due();
    expect(await held()).toEqual(['svc-1']);
    expect(next.totals.read).toBeLessThan(6);
  });
});

describe('the adverse hour', () => {
  it('reads what a panel left unread as soon as it answers, and names who exceeded the bound meanwhile', async () => {
    await addServices(2);
    await due();
    const answer = at.panel.server.inject({ match: () => true, fault: { kind: 'status', status: 500 } });
    for (let run = 0; run < 3; run++) await due(HOUR);
    at.panel.addTraffic(501, { in: 120 * GB, out: 0 });
    answer();
    expect((await due()).totals.read).toBe(2);
    expect(await held()).toEqual(['svc-1']);
    const { exceeded } = await at.sluice.standing();
    expect(exceeded).toMatchObject([{ service: 'svc-1', panel: 'dcim' }]);
    expect(exceeded?.[0]?.message).toContain('20 GB more than limit quota');
    expect(exceeded?.[0]?.message).toMatch(/answered nothing since|could not be read since/);
  });

  it('reads again where the clock was set back, and where the config changed', async () => {
    await addServices(1);
    at.bench.clock.advance(40 * MINUTE);
    await due();
    at.bench.clock.advance(-30 * MINUTE);
    expect((await due()).totals.read).toBe(1);
    expect((await due()).totals.read).toBe(0);
    at.panel.addTraffic(501, { in: 10 * GB, out: 0 });
    await at.bench.edit('ports: { panel: dcim, quota: { total: 100GB }', 'ports: { panel: dcim, quota: { total: 1GB }');
    // By what was read last, the smaller quota could be exceeded in a minute and a half.
    expect((await due(2 * MINUTE)).totals.read).toBe(1);
    expect(await held()).toEqual(['svc-1']);
  });

  it('reads again what a run has read that was killed before it stored that', async () => {
    await addServices(1);
    const { nextReadings } = at.bench.store;
    await due();
    const [before] = await nextReadings.list({ panel: 'dcim', services: ['svc-1'] });
    at.bench.clock.advance(2 * HOUR);
    const broken = { ...at.bench.store, write: () => Promise.reject(new Error('killed')) };
    await at.bench.inAnother((sluice) => sluice.poll({ due: true }), { store: broken as never }).catch(() => undefined);
    expect(await nextReadings.list({ panel: 'dcim', services: ['svc-1'] })).toEqual([before]);
    expect((await due()).totals.read).toBe(1);
  });

  it('keeps two runs at once from reading twice', async () => {
    await addServices(3);
    const other = await at.bench.start();
    const results = await Promise.allSettled([at.poll({ due: true }), other.poll({ due: true })]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await at.bench.store.samples.list({ service: 'svc-1' })).length).toBe(1);
    expect((await due()).totals.read).toBe(0);
  });

  it('says when a service is read next and why, also while the panel is down', async () => {
    await addServices(2);
    await due();
    const next = async (): Promise<unknown> => (await at.sluice.explain('svc-1')).service.nextReading;
    expect(await next()).toMatchObject({ reason: 'report', at: '2026-11-20T12:58:15.973Z' });
    expect((await at.sluice.overview()).panels[0]?.nextReading).toMatchObject({ reason: 'report' });
    expect((await at.sluice.plan()).nextReadings).toMatchObject([{ panel: 'dcim', next: { reason: 'report' } }]);
    at.panel.server.inject({ match: () => true, fault: { kind: 'status', status: 500 } });
    await due(2 * HOUR);
    expect(await next()).toMatchObject({ reason: 'failed', message: expect.stringContaining('dcim') as unknown });
    const { checks } = await at.sluice.panels.doctor({});
    expect(checks.filter(({ name }) => name === 'next reading')).toHaveLength(1);
  });
});
