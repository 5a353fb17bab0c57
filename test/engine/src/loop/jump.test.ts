import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Check, RunOptions, RunReport } from '@sluice/engine';
import { easyDcimConfig, startEasyDcimBench } from '../bench/easydcim-bench.js';
import { GB, HOUR, MINUTE } from '../bench/engine-bench.js';
import { addUnknownLine, DOUBTED, HELD } from './doubts.js';
import { pollLater, firstService } from './polls.js';
import { useOpened } from '../bench/each-test.js';

const [at, open] = useOpened(startEasyDcimBench);
const changing = (): string[] => at.panel.server.changingCalls().map(({ method, path }) => `${method} ${path}`);

const isBandwidth = ({ path }: { path: string }): boolean => path.includes('bandwidth');

/** Starts with a service of 100 GB on a line of unknown speed, 40 GB of which were read. */
async function startRead(more: string): Promise<void> {
  await open(more);
  await addUnknownLine(at);
  await addPoll(40 * GB);
  at.panel.server.clearCalls();
}

async function addPoll(bytes: number, options?: RunOptions): Promise<RunReport> {
  at.panel.addTraffic(501, { in: bytes, out: 0 });
  return (await pollLater(at, HOUR, options)).report;
}

describe('a hold that one jump would begin', () => {
  beforeEach(() => startRead('poll: { interval: 1h }'));

  it('waits for the next run, which confirms the reading', async () => {
    const first = await addPoll(60 * GB);
    const doubted = { at: first.run.startedAt, inBytes: 100 * GB, outBytes: 0, totalBytes: 100 * GB };
    expect(firstService(first)).toMatchObject({ ...DOUBTED, actions: [], doubted });
    expect(first.totals).toMatchObject({ read: 0, unreadable: 0, doubted: 1, held: 0 });
    expect(first.notices).toMatchObject([{ code: 'impossible_jump', service: 'svc-1' }]);
    const stored = await at.bench.store.cycles.newest(['svc-1']);
    expect(stored).toMatchObject([{ peakTotalBytes: 40 * GB, totalBytes: 40 * GB, thresholds: [] }]);
    expect(changing()).toEqual([]);
    expect(firstService(await addPoll(GB))).toMatchObject(HELD);
  });

  it('is not doubted again while the brake stops the runs that it was confirmed in', async () => {
    await at.bench.configure(easyDcimConfig(at.panel.url, 'poll: { brake: { share: 1%, atLeast: 1 }, interval: 1h }'));
    expect(firstService(await addPoll(60 * GB))).toMatchObject(DOUBTED);
    for (let run = 0; run < 3; run += 1) {
      const braked = await addPoll(GB);
      expect([braked.error?.code, braked.totals.doubted, braked.totals.wouldHold]).toEqual(['mass_change', 0, 1]);
    }
    expect(firstService(await addPoll(0, { allowMass: true }))).toMatchObject(HELD);
  });

  it('does not begin where the next reading is as low as before', async () => {
    at.panel.answers.bandwidth.factor = 10;
    expect(firstService(await addPoll(0))).toMatchObject(DOUBTED);
    at.panel.answers.bandwidth.factor = 1;
    expect(firstService(await addPoll(GB))).toMatchObject({ status: 'ok', holds: [], error: null });
    at.panel.answers.bandwidth.factor = 10;
    expect(firstService(await addPoll(0))).toMatchObject(DOUBTED);
  });

  it('waits again where the next reading is a lower jump', async () => {
    at.panel.answers.bandwidth.factor = 10;
    expect(firstService(await addPoll(0))).toMatchObject(DOUBTED);
    at.panel.answers.bandwidth.factor = 5;
    expect(firstService(await addPoll(0))).toMatchObject(DOUBTED);
    expect(firstService(await addPoll(0))).toMatchObject(HELD);
  });

  it('is reported by doctor once it has waited for more than three polls', async () => {
    const doubts = async (): Promise<Check[]> =>
      (await at.sluice.panels.doctor()).checks.filter(({ name }) => name === 'doubted');
    for (const [factor, found] of [
      [40, []],
      [20, []],
      [10, []],
      [5, [{ object: 'svc-1', status: 'warning' }]],
    ] as const) {
      at.panel.answers.bandwidth.factor = factor;
      expect(firstService(await addPoll(0))).toMatchObject(DOUBTED);
      expect(await doubts()).toMatchObject(found);
    }
  });

  it('begins at once where mass changes are allowed, by steps of up to half of the allowance, and without an earlier reading', async () => {
    await at.addService(2);
    at.panel.addTraffic(502, { in: 200 * GB, out: 0 });
    const report = await addPoll(60 * GB, { allowMass: true });
    expect(report.services).toMatchObject([HELD, HELD]);
  });

  it('begins at once by steps of up to half of the allowance', async () => {
    await addPoll(20 * GB);
    expect(firstService(await addPoll(45 * GB))).toMatchObject(HELD);
  });

  it.each([
    [
      'read nothing',
      () => at.panel.server.inject({ match: isBandwidth, times: 1, fault: { kind: 'status', status: 500 } }),
    ],
    [
      'doubted its reading',
      () => {
        at.panel.addTraffic(501, { in: 120 * GB, out: 0 });
      },
    ],
  ])('waits for a run that confirms it in a cycle whose first run %s', async (_what, spoil) => {
    at.bench.clock.set('2026-12-15T00:30:00Z');
    spoil();
    const first = (await pollLater(at)).service;
    expect(first.cycle?.start).toBe('2026-12-15T00:00:00.000Z');
    expect(await at.bench.store.cycles.newest(['svc-1'])).toMatchObject([{ readAt: null, start: first.cycle?.start }]);
    if (first.doubted === null) at.panel.addTraffic(501, { in: 120 * GB, out: 0 });
    expect((await pollLater(at, 30_000)).service).toMatchObject(DOUBTED);
    expect((await pollLater(at, MINUTE)).service).toMatchObject(HELD);
  });

  it('counts for the brake', async () => {
    await at.addService(2);
    at.panel.addTraffic(502, { in: 40 * GB, out: 0 });
    await addPoll(0);
    at.panel.addTraffic(502, { in: 90 * GB, out: 0 });
    const report = await addPoll(90 * GB);
    expect(report.error).toMatchObject({ code: 'mass_change', details: { changing: 2 } });
    expect(changing()).toEqual([]);
  });
});

describe('poll.doubt.jump', () => {
  it('is a share of the allowance', async () => {
    await startRead('poll: { doubt: { jump: 70% } }');
    expect(firstService(await addPoll(65 * GB))).toMatchObject(HELD);
  });

  it('is off where each hold begins at once', async () => {
    await startRead('poll: { doubt: { jump: off } }');
    expect(firstService(await addPoll(900 * GB))).toMatchObject(HELD);
  });
});
