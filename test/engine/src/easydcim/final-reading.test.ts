import { beforeEach, describe, expect, it } from '@jest/globals';
import type { FaultRule } from '@sluice/fake-panels';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { DAY, GB, HOUR } from '../bench/engine-bench.js';

const END = Date.parse('2026-12-15T00:00:00Z');

const at = useBench(startEasyDcimBench);
beforeEach(async () => {
  await at.addService(1, { product: 'free' });
  at.panel.addTraffic(501, { in: 10 * GB, out: 2 * GB });
  advanceTo(END - HOUR);
  expect((await at.poll()).run.outcome).toBe('done');
  at.panel.addTraffic(501, { in: 4 * GB, out: GB, at: END - 60_000 });
  advanceTo(END + HOUR);
  at.panel.addTraffic(501, { in: GB, out: 0, at: END + 60_000 });
  at.panel.server.clearCalls();
});

function advanceTo(instant: number): void {
  at.bench.clock.advance(instant - at.bench.clock.now());
}

const readTotals = async (): Promise<(number | null)[]> => {
  const { cycles } = await at.bench.sluice.usage.history('svc-1');
  return cycles.map(({ usage }) => (usage?.totalBytes == null ? null : usage.totalBytes / GB));
};
const isOfEnded = ({ body }: { body: string }): boolean => body.includes('2026-12-14 23:59:59');
const readings = (): boolean[] =>
  at.panel.server.calls.filter(({ endpoint }) => endpoint.endsWith('/bandwidth')).map(isOfEnded);

describe('a cycle that has ended', () => {
  it('is read once more, with the traffic after its last poll', async () => {
    expect((await at.poll()).run.outcome).toBe('done');
    expect(await readTotals()).toEqual([1, 17]);
    expect(readings().sort()).toEqual([false, true]);
    await at.pollAfter(HOUR);
    expect(readings().filter(Boolean)).toHaveLength(1);
    expect(await readTotals()).toEqual([1, 17]);
  });

  it('is read in the run that opens the next, however late', async () => {
    const silent = at.panel.server.inject({ fault: { kind: 'cut' } });
    await at.poll();
    silent();
    expect((await at.pollAfter(40 * DAY)).run.outcome).toBe('done');
    expect(await readTotals()).toEqual([0, 17]);
  });

  it('is not stored by a preview', async () => {
    await at.bench.sluice.plan();
    expect(await readTotals()).toEqual([12]);
  });

  const UNFIT: [string, FaultRule['fault']][] = [
    ['that fails', { kind: 'status', status: 500 }],
    ['that is not understood', { kind: 'body', body: { label: 'none' } }],
    ['that has fallen by more than half', { kind: 'body', body: { data: { in: GB, out: GB, total: 2 * GB } } }],
  ];
  it.each(UNFIT)('keeps its last figures after a reading %s', async (_, fault) => {
    at.panel.server.inject({ match: isOfEnded, fault });
    expect((await at.poll()).run.outcome).toBe('done');
    expect(await readTotals()).toEqual([1, 12]);
  });
});
