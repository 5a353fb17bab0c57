import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { describeBrake } from '@sluice/engine/words';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { CANNOT_CARRY, DOUBTED, HELD, SECOND, TB } from './doubts.js';
import { pollLater, firstService } from './polls.js';
import { useOpened } from '../bench/each-test.js';

const POLL = HOUR / 4;

const [at, open] = useOpened(startEasyDcimBench);

const changing = (): string[] => at.panel.server.changingCalls().map(({ method, path }) => `${method} ${path}`);

const pollAfter = async (ms: number): Promise<RunReport> => (await pollLater(at, ms)).report;

describe('a jump on a line of known speed', () => {
  beforeEach(async () => {
    await open('poll: { interval: 15m }');
    await at.addService(1);
    at.panel.addTraffic(501, { in: GB, out: GB });
    await at.sluice.reconcile();
    expect(firstService(await pollAfter(5 * 60 * SECOND))).toMatchObject({ status: 'ok', error: null });
    at.panel.server.clearCalls();
  });

  it('waits for the next run where only a lag of the figures explains it', async () => {
    at.panel.addTraffic(501, { in: 3 * TB, out: 3 * TB });
    expect(firstService(await pollAfter(5 * SECOND))).toMatchObject(DOUBTED);
    expect(changing()).toEqual([]);
    expect(firstService(await pollAfter(POLL))).toMatchObject(HELD);
  });

  it('begins a hold at once where the line carried it since the last reading', async () => {
    at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
    expect(firstService(await pollAfter(POLL))).toMatchObject(HELD);
  });

  it('is impossible where it would be impossible with the next reading', async () => {
    at.panel.addTraffic(501, { in: 4.17 * TB, out: 4.17 * TB });
    expect(firstService(await pollAfter(5 * SECOND))).toMatchObject({ ...DOUBTED, ...CANNOT_CARRY });
    expect(firstService(await pollAfter(60 * SECOND))).toMatchObject({ ...DOUBTED, ...CANNOT_CARRY });
    expect(changing()).toEqual([]);
  });
});

describe('a confirmation by the next run', () => {
  it('counts from a minute after the reading was first doubted', async () => {
    await open('poll: { interval: 15m }');
    await at.addService(1);
    await at.sluice.reconcile();
    at.panel.addTraffic(501, { in: 3 * TB, out: 0 });
    const first = await pollAfter(5 * SECOND);
    const { doubted } = firstService(first);
    expect(doubted).toMatchObject({ at: first.run.startedAt, since: first.run.startedAt });
    for (const ms of [2 * SECOND, 40 * SECOND]) {
      const again = await pollAfter(ms);
      expect(firstService(again)).toMatchObject({ ...DOUBTED, doubted: { since: first.run.startedAt } });
    }
    expect(firstService(await pollAfter(20 * SECOND))).toMatchObject(HELD);
  });
});

describe('a jump before the first reconcile', () => {
  it('is compared with the speed of the line, which the same run reads', async () => {
    await open('poll: { interval: 15m }');
    await at.addService(1);
    await at.poll();
    at.panel.server.clearCalls();
    at.panel.addTraffic(501, { in: 8.8 * TB, out: 0 });
    expect(firstService(await pollAfter(5 * SECOND))).toMatchObject({ ...DOUBTED, ...CANNOT_CARRY });
    expect(firstService(await pollAfter(2 * SECOND))).toMatchObject(DOUBTED);
    expect(firstService(await pollAfter(POLL))).toMatchObject(DOUBTED);
    await at.sluice.reconcile();
    expect(changing()).toEqual([]);
  });

  it('begins a hold at once where the line carried it', async () => {
    await open('poll: { interval: 15m }');
    await at.addService(1);
    await at.poll();
    at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
    expect(firstService(await pollAfter(POLL))).toMatchObject(HELD);
  });
});

describe('the brake', () => {
  it('says how many services would be changed, and how many only by a doubted reading', async () => {
    await open('poll: { interval: 15m, brake: { share: 50%, atLeast: 2 } }');
    for (const number of [1, 2, 3, 4]) await at.addService(number);
    await at.sluice.reconcile();
    at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
    for (const id of [502, 503]) at.panel.addTraffic(id, { in: 9 * TB, out: 0 });
    const { error } = await pollAfter(POLL);
    expect(error).toMatchObject({
      code: 'mass_change',
      message: expect.stringMatching(
        /^dcim: 1 of 4 services, and 2 more if their doubted readings are right, would be held, .* at once; /,
      ),
      details: { changing: 3, active: 4, doubted: 2 },
    });
    const { panels } = await at.sluice.panels.list();
    const brake = panels[0]?.brake ?? null;
    expect(brake).toMatchObject({ changing: 3, doubted: 2 });
    expect(brake && describeBrake(brake, 'noon')).toContain(
      'the last run would have changed 1 of 4 services at once, and 2 more if their doubted readings are right, and the brake',
    );
  });
});
