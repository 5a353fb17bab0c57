import { beforeEach, describe, expect, it } from '@jest/globals';
import type { SampleGraph } from '@sluice/engine';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { DAY, GB, HOUR } from '../bench/engine-bench.js';
import { useBench } from '../bench/each-test.js';
import { addPaid } from '../purchases/paid.js';

const at = useBench(startEasyDcimBench);
let start: number;

/** A service of 100 GB that is read once a day: 4 GB on each of the first days, then 6, 2, 10 and 8. */
beforeEach(async () => {
  await at.addService(1);
  start = at.bench.clock.now();
  for (const bytes of [4, 4, 4, 6, 2, 10, 8]) await nextDay(bytes);
});

async function nextDay(gb: number): Promise<void> {
  // Its traffic is of one more hour.
  at.bench.clock.advance(DAY - HOUR);
  at.use(1, gb);
  await at.poll();
}

const readGraph = (options: { points?: number; reader?: string } = {}): Promise<SampleGraph> =>
  at.sluice.usage.graph('svc-1', 'cycle', options);
const time = (days: number): string => new Date(start + days * DAY).toISOString();

describe('the graph of a service', () => {
  it('says where its cycle goes, as a range, whatever number of readings is asked for', async () => {
    const { projection, thresholds, at: now } = await readGraph();
    expect([thresholds, now]).toEqual([[80, 90], time(7)]);
    // Of 4, 4, 6, 2, 10 and 8 GB the least and the most do not count.
    expect(projection).toMatchObject({
      outlook: 'runs-out',
      readAt: time(7),
      usedBytes: 38 * GB,
      perDayBytes: 5.5 * GB,
      lowPerDayBytes: 4 * GB,
      highPerDayBytes: 7 * GB,
    });
    expect(Date.parse(projection?.at ?? '')).toBeCloseTo(start + (7 + 62 / 5.5) * DAY, -2);
    expect(Date.parse(projection?.earliest ?? '')).toBeCloseTo(start + (7 + 62 / 7) * DAY, -2);
    expect(Date.parse(projection?.latest ?? '')).toBeCloseTo(start + (7 + 62 / 4) * DAY, -2);
    expect((await readGraph({ points: 3 })).projection).toEqual(projection);
    const week = await at.sluice.usage.graph('svc-1', '7d');
    expect([week.projection, week.lastCycle, week.allowances]).toEqual([null, null, []]);
  });

  it('has what was used before the service was read apart, since nobody knows on which days', async () => {
    const { window, bars, beforeFirst, series } = await readGraph();
    expect(window.start < time(0)).toBe(true);
    expect(beforeFirst).toEqual({ until: time(1), inBytes: 4 * GB, outBytes: 0, totalBytes: 4 * GB });
    expect(bars.filter(({ end }) => end <= time(1)).map(({ totalBytes, known }) => [totalBytes, known])).toEqual(
      bars.filter(({ end }) => end <= time(1)).map(() => [null, 0]),
    );
    const drawn = bars.reduce((sum, { totalBytes }) => sum + (totalBytes ?? 0), 0);
    expect(drawn + (beforeFirst?.totalBytes ?? 0)).toBe(series.at(-1)?.totalBytes);
    expect((await readGraph({ points: 2 })).beforeFirst).toEqual(beforeFirst);
    expect((await at.sluice.usage.graph('svc-1', '24h')).beforeFirst).toBeNull();
    const { rows } = await at.sluice.usage.top({ range: '7d' });
    // The first reading was seven days ago at most, and says nothing of the time since then.
    expect(rows).toMatchObject([
      {
        totalBytes: (await at.sluice.usage.graph('svc-1', '7d')).bars.reduce(
          (sum, { totalBytes }) => sum + (totalBytes ?? 0),
          0,
        ),
      },
    ]);
  });

  it('has the allowance as overrides changed it', async () => {
    const { start: begin } = (await readGraph()).window;
    const at1 = at.bench.clock.now();
    await at.sluice.overrides.set('svc-1', { quota: '300GB' });
    at.bench.clock.advance(HOUR);
    await at.poll();
    const before = { at: begin, bytes: 100 * GB };
    expect((await readGraph()).allowances).toEqual([before, { at: new Date(at1).toISOString(), bytes: 300 * GB }]);
    const at2 = at.bench.clock.now();
    await at.sluice.overrides.clear('svc-1');
    at.bench.clock.advance(HOUR);
    await at.poll();
    expect((await readGraph()).allowances).toEqual([
      before,
      { at: new Date(at1).toISOString(), bytes: 300 * GB },
      { at: new Date(at2).toISOString(), bytes: 100 * GB },
    ]);
  });

  it('has the allowance as another product and a quota of its own changed it, at the run that decided so', async () => {
    const { start: begin } = (await readGraph()).window;
    await at.bench.edit(/^ {2}bare: .*$/m, '  larger: { panel: dcim, quota: { total: 400GB } }');
    const changed: string[] = [];
    for (const change of [{ product: 'larger' }, { base_quota_override_gb: '250' }]) {
      await at.sluice.services.set('svc-1', change);
      at.bench.clock.advance(HOUR);
      await at.poll();
      changed.push(new Date(at.bench.clock.now()).toISOString());
    }
    expect((await readGraph()).allowances).toEqual([
      { at: begin, bytes: 100 * GB },
      { at: changed[0], bytes: 400 * GB },
      { at: changed[1], bytes: 250 * GB },
    ]);
  });

  it('has the steps of the allowance, what was bought, and when the service was restricted', async () => {
    const [cycle] = await at.bench.store.cycles.newest(['svc-1']);
    at.bench.clock.advance(HOUR);
    const bought = at.bench.clock.now();
    await addPaid(at.bench, { id: 'purchase-1', cycle: cycle?.id ?? '', bytes: 50 * GB });
    at.bench.clock.advance(HOUR);
    await at.sluice.holds.add('svc-1', { note: 'of staff' });
    at.bench.clock.advance(HOUR);
    await at.sluice.holds.release('svc-1');
    const { allowances, purchases, holds, allowedBytes } = await readGraph();
    expect(allowedBytes).toBe(150 * GB);
    expect(allowances).toEqual([
      { at: cycle?.start, bytes: 100 * GB },
      { at: new Date(bought).toISOString(), bytes: 150 * GB },
    ]);
    expect(purchases).toMatchObject([{ bytes: 50 * GB, at: new Date(bought).toISOString() }]);
    expect(holds).toEqual([
      {
        reason: 'manual',
        since: new Date(bought + HOUR).toISOString(),
        until: new Date(bought + 2 * HOUR).toISOString(),
      },
    ]);
  });

  it('has the cycle before, of which a later client sees nothing', async () => {
    for (let day = 0; day < 30; day++) await nextDay(1);
    const { lastCycle, window, series } = await readGraph();
    expect(lastCycle?.end).toBe(window.start);
    expect(lastCycle?.series.at(-1)?.totalBytes).toBeGreaterThan(38 * GB);
    expect(series[0]?.totalBytes).toBeLessThan(5 * GB);
    for (const client of ['42', '77']) await at.sluice.services.set('svc-1', { client });
    await nextDay(1);
    expect((await readGraph({ reader: '77' })).lastCycle).toBeNull();
    expect((await readGraph()).lastCycle).toEqual(lastCycle);
  });
});
