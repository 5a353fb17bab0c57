import { describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench, toIds } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';

const TB = 1000 ** 4;

const at = useBench(startEasyDcimBench);

const service = (report: RunReport): RunReport['services'][number] | undefined => report.services[0];
const changing = (): string[] => at.panel.server.changingCalls().map(({ method, path }) => `${method} ${path}`);

/** Adds services on two ports of 1 Gbit/s that are known, and reads them. */
async function readOnce(...numbers: number[]): Promise<void> {
  for (const number of numbers) {
    await at.addService(number);
    at.panel.addTraffic(500 + number, { in: GB, out: GB });
  }
  at.bench.clock.advance(HOUR);
  await at.bench.sluice.reconcile();
  expect((await at.poll()).run.outcome).toBe('done');
  at.panel.server.clearCalls();
}

describe('a jump of 9 TB in seconds on two ports of 1 Gbit/s', () => {
  it('is doubted and disables nothing until the line could have carried it', async () => {
    await readOnce(1);
    at.panel.addTraffic(501, { in: 4.5 * TB, out: 4.5 * TB });
    const first = await at.pollAfter(3000);
    const doubted = { status: 'doubted', holds: [], error: { code: 'impossible_jump' } };
    expect(service(first)).toMatchObject({ ...doubted, actions: [] });
    expect(first.notices).toMatchObject([{ code: 'impossible_jump', service: 'svc-1' }]);
    const second = await at.pollAfter(15 * 60_000);
    expect(service(second)).toMatchObject(doubted);
    expect(second.notices).toEqual([]);
    expect(changing()).toEqual([]);
    const stored = await at.bench.store.cycles.newest(['svc-1']);
    expect(stored).toMatchObject([{ peakTotalBytes: 2 * GB, totalBytes: 2 * GB, thresholds: [] }]);
    const explained = await at.bench.sluice.explain('svc-1');
    expect(JSON.stringify(explained)).toContain('impossible_jump');

    expect(service(await at.pollAfter(8 * HOUR))).toMatchObject({ status: 'held', holds: [{ reason: 'quota' }] });
  });

  it('is counted from the last reading with the figures before, which was confirmed without a row', async () => {
    await readOnce(1);
    const instants: string[] = [];
    for (let poll = 0; poll < 2; poll++) {
      expect(service(await at.pollAfter(HOUR / 2))).toMatchObject({ status: 'ok', error: null });
      instants.push(new Date(at.bench.clock.now()).toISOString());
    }
    const [stored] = await at.bench.store.cycles.newest(['svc-1']);
    const [firstAt, confirmedAt] = instants;
    expect(stored?.readAt).toBe(confirmedAt);
    expect(JSON.stringify(stored?.counter)).not.toContain(firstAt);
    expect(JSON.stringify(stored?.counter)).not.toContain(confirmedAt);

    at.panel.addTraffic(501, { in: 10 * GB, out: GB });
    expect(service(await at.pollAfter(HOUR / 4))).toMatchObject({ status: 'ok', error: null });
    at.panel.addTraffic(501, { in: 6 * TB, out: 0 });
    const error = { code: 'impossible_jump', message: expect.stringContaining(`since ${confirmedAt}`) as unknown };
    expect(service(await at.pollAfter(HOUR / 4))).toMatchObject({ status: 'doubted', holds: [], error });
    expect(service(await at.pollAfter(3 * HOUR))).toMatchObject({ status: 'held', error: null });
  });

  it('is believed where mass changes are allowed', async () => {
    await readOnce(1);
    at.panel.addTraffic(501, { in: 4.5 * TB, out: 4.5 * TB });
    expect(service(await at.pollAfter(3000, { allowMass: true }))).toMatchObject({ status: 'held', error: null });
    expect(changing()).toHaveLength(2);
  });

  it('counts for the brake where the quota would hold the service', async () => {
    await readOnce(1, 2, 3);
    for (const number of [1, 2]) at.panel.addTraffic(500 + number, { in: 9 * TB, out: 0 });
    const report = await at.pollAfter(3000);
    expect(report.error).toMatchObject({ code: 'mass_change', details: { changing: 2 } });
    expect(changing()).toEqual([]);
  });

  it('is read again with the ports, which may be faster now', async () => {
    await readOnce(1);
    for (const index of [1, 2]) at.panel.setWiring(toIds(1).port(index), { speed: 100_000_000_000 });
    at.panel.addTraffic(501, { in: 9 * TB, out: 0 });
    expect(service(await at.pollAfter(60_000))).toMatchObject({ error: { code: 'impossible_jump' } });
    expect(service(await at.pollAfter(60_000))).toMatchObject({ status: 'held', error: null });
  });
});
