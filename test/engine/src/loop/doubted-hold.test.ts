import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AlarmView, Check, RunReport } from '@sluice/engine';
import { type EasyDcimBench, startEasyDcimBench, toIds } from '../bench/easydcim-bench.js';
import { HOUR } from '../bench/engine-bench.js';

const TB = 1000 ** 4;
const SECOND = 1000;
const POLL = HOUR / 4;

const service = (report: RunReport): RunReport['services'][number] | undefined => report.services[0];

let at: EasyDcimBench;
afterEach(() => at.close());

async function pollAfter(ms: number): Promise<RunReport> {
  at.bench.clock.advance(ms);
  return at.poll();
}

const HELD = { status: 'held', holds: [{ reason: 'quota' }], error: null };
const DOUBTED = { status: 'doubted', holds: [], error: { code: 'impossible_jump' } };

describe('a hold by a reading that is found impossible later', () => {
  beforeEach(async () => {
    at = await startEasyDcimBench('poll: { interval: 15m }');
    at.panel.behaviour.speedWhenDown = null;
    const [up, down] = [1, 2].map(toIds(1).port);
    await at.addService(1, {
      ports: [
        { id: up ?? 0, name: 'eth0' },
        { id: down ?? 0, name: 'eth1', adminState: 'down' },
      ],
    });
    await at.poll();
    at.panel.addTraffic(501, { in: 9 * TB, out: 0 });
    expect(service(await pollAfter(5 * SECOND))).toMatchObject(DOUBTED);
    expect(service(await pollAfter(POLL))).toMatchObject(HELD);
    at.panel.staffEnablePort(down ?? 0);
    await at.bench.sluice.reconcile();
    at.bench.clock.advance(POLL);
  });

  const alarms = async (): Promise<AlarmView[]> =>
    (await at.bench.sluice.notices.alarms()).alarms.filter(({ code }) => code === 'hold_doubted');
  const checks = async (): Promise<Check[]> =>
    (await at.bench.sluice.panels.doctor()).checks.filter(({ code }) => code === 'hold_doubted');

  it('is an alarm until it is released', async () => {
    const report = await at.poll();
    expect(service(report)).toMatchObject({
      status: 'doubted',
      holds: [{ reason: 'quota' }],
      doubted: { holds: ['quota'] },
    });
    expect(report.notices.map(({ code }) => code)).toContain('hold_doubted');
    expect(await alarms()).toMatchObject([{ service: 'svc-1', event: 'attention' }]);
    expect(await checks()).toMatchObject([{ object: 'svc-1', status: 'failed' }]);
    const { service: detail } = await at.bench.sluice.explain('svc-1');
    expect(detail).toMatchObject({ status: 'held', doubted: { holds: ['quota'] } });

    await at.bench.sluice.holds.release('svc-1', { until: '2026-12-01' });
    await pollAfter(POLL);
    expect(await alarms()).toEqual([]);
    expect(await checks()).toEqual([]);
  });
});
