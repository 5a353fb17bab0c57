import { beforeEach, describe, expect, it } from '@jest/globals';
import { describeHold, findNextDecision } from '@sluice/engine/words';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { useBench } from '../bench/each-test.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { kill } from '../bench/killed-call.js';

const at = useBench(startEasyDcimBench);

/** Usage above the quota, and one of the two ports refuses to be disabled. */
async function restrictPartly(): Promise<void> {
  await at.addService(1);
  await at.poll();
  at.use(1, 120);
  at.panel.setDefect(7012, 'refuse');
  await at.poll();
}

const HALF = [{ reason: 'quota', since: expect.any(String), partly: true }];

describe('a hold of which the panel took only a part', () => {
  beforeEach(restrictPartly);

  it('is restricted in part wherever it is shown, until the rest is there', async () => {
    const { sluice } = at.bench;
    const show = async () => sluice.services.show('svc-1');
    expect(at.panel.port(7011).adminState).toBe('down');
    const shown = await show();
    expect([shown.status, shown.holds]).toEqual(['held', HALF]);
    expect(shown.holds.map(describeHold)).toEqual(['quota (restricted in part)']);
    expect((await sluice.holds.list()).holds).toMatchObject([{ reason: 'quota', partly: true }]);
    expect((await sluice.explain('svc-1')).holds).toMatchObject([{ reason: 'quota', partly: true }]);
    const { services, holds } = await sluice.overview();
    expect(services.items).toMatchObject([{ status: 'held', holds: ['quota'], restricting: [] }]);
    expect(holds).toMatchObject([{ reason: 'quota', restricting: false }]);
    const { checks } = await sluice.panels.doctor();
    expect(checks.filter(({ code }) => code === 'hold_pending')).toMatchObject([
      { object: 'svc-1', message: 'a hold began, but only a part of its restriction is on the panel' },
    ]);
    const polled = await at.poll();
    expect(polled.services).toMatchObject([{ holds: HALF }]);
    at.panel.setDefect(7012, null);
    await at.poll();
    expect((await show()).holds).toEqual([{ reason: 'quota', since: expect.any(String) }]);
  });

  it('was read: its figures are those of that run', async () => {
    const { usage, error, unread } = await at.bench.sluice.services.show('svc-1');
    expect(error).not.toBeNull();
    expect([usage?.totalBytes, unread]).toEqual([120 * GB, undefined]);
    at.panel.server.inject({ fault: { kind: 'status', status: 503 } });
    await at.poll();
    const after = await at.bench.sluice.services.show('svc-1');
    expect([after.usage?.totalBytes, after.unread]).toEqual([120 * GB, true]);
  });
});

describe('a hold whose run is killed at its first change', () => {
  beforeEach(async () => {
    await at.addService(1);
    await at.poll();
    at.use(1, 120);
    at.bench.clock.advance(HOUR);
    await kill(at, (sluice) => sluice.poll(), { endpoint: /disable/, land: () => Promise.resolve() });
  });

  it('has the reading that it began by wherever it is shown', async () => {
    const { sluice } = at.bench;
    const used = { usage: { totalBytes: 120 * GB }, holds: [{ reason: 'quota', restricting: true }] };
    expect(await sluice.services.show('svc-1')).toMatchObject(used);
    expect((await sluice.explain('svc-1')).service).toMatchObject(used);
    const { services } = await sluice.overview();
    expect(services.items).toMatchObject([{ usedBytes: 120 * GB, remainingBytes: 0, status: 'held' }]);
    const { metrics } = await sluice.metrics();
    const usage = metrics.find(({ name }) => name === 'sluice_service_usage_bytes');
    expect(usage?.samples.map(({ value }) => value)).toContain(120 * GB);
  });
});

describe('a quota hold whose allowance was raised', () => {
  it('has room again where the next reading ends it, and not before', async () => {
    await at.addService(1);
    await at.poll();
    at.use(1, 120);
    await at.poll();
    const { sluice } = at.bench;
    const hasRoom = async (quota: string): Promise<boolean> => {
      await sluice.overrides.set('svc-1', { quota });
      const found = await sluice.explain('svc-1');
      return found.holds.some((hold) => findNextDecision(found, hold) === 'room');
    };
    expect([await hasRoom('110GB'), await hasRoom('121GB'), await hasRoom('122GB')]).toEqual([false, false, true]);
  });
});
