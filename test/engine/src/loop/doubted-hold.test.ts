import { beforeEach, describe, expect, it } from '@jest/globals';
import type { AlarmView, Check, RunReport } from '@sluice/engine';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { HOUR, GB, MINUTE } from '../bench/engine-bench.js';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { addUnknownLine, DOUBTED, HELD, SECOND, TB } from './doubts.js';
import { pollLater, firstService } from './polls.js';
import { useOpened } from '../bench/each-test.js';

const POLL = HOUR / 4;

const [at, open] = useOpened(startEasyDcimBench);

const pollAfter = async (ms: number): Promise<RunReport> => (await pollLater(at, ms)).report;

describe('a hold by a reading that is found impossible later', () => {
  beforeEach(async () => {
    await open('poll: { interval: 15m }');
    const down = await addUnknownLine(at);
    await at.poll();
    at.panel.addTraffic(501, { in: 9 * TB, out: 0 });
    expect(firstService(await pollAfter(5 * SECOND))).toMatchObject(DOUBTED);
    expect(firstService(await pollAfter(POLL))).toMatchObject(HELD);
    at.panel.staffEnablePort(down);
    await at.sluice.reconcile();
    at.bench.clock.advance(POLL);
  });

  const alarms = async (): Promise<AlarmView[]> =>
    (await at.sluice.notices.alarms()).alarms.filter(({ code }) => code === 'hold_doubted');
  const checks = async (): Promise<Check[]> =>
    (await at.sluice.panels.doctor()).checks.filter(({ code }) => code === 'hold_doubted');

  it('is an alarm until it is released', async () => {
    const report = await at.poll();
    expect(firstService(report)).toMatchObject({
      status: 'doubted',
      holds: [{ reason: 'quota' }],
      doubted: { holds: ['quota'] },
    });
    expect(report.notices.map(({ code }) => code)).toContain('hold_doubted');
    expect(await alarms()).toMatchObject([{ service: 'svc-1', event: 'attention' }]);
    expect(await checks()).toMatchObject([{ object: 'svc-1', status: 'failed' }]);
    const { service: detail } = await at.sluice.explain('svc-1');
    expect(detail).toMatchObject({ status: 'held', doubted: { holds: ['quota'] } });

    await at.sluice.holds.release('svc-1', { until: '2026-12-01' });
    await pollAfter(POLL);
    expect(await alarms()).toEqual([]);
    expect(await checks()).toEqual([]);
  });
});

describe('a jump of a counter', () => {
  const at = useFlvxBench('poll: { interval: 15m }');

  it('is confirmed by a run a minute or more later, not by one at once', async () => {
    const user = await at.create(1);
    const forward = at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
    await at.poll();
    at.panel.traffic(forward, GB);
    await pollLater(at);
    at.panel.traffic(forward, 120 * GB);
    const doubted = { status: 'doubted', holds: [] };
    expect((await pollLater(at)).service).toMatchObject(doubted);
    expect((await pollLater(at, 2000)).service).toMatchObject(doubted);
    expect((await pollLater(at, MINUTE)).service).toMatchObject({ status: 'held', holds: [{ reason: 'quota' }] });
  });
});
