import { describe, expect, it } from '@jest/globals';
import { barBounds, sharesBetween, usageBars } from '@sluice/quota-core';
import fc from 'fast-check';
import type { StateStore } from '../store.js';
import { cycle, sample, service } from '../test/records.js';
import { toRounds, useStore } from '../test/use-store.js';

const HOUR = 3_600_000;
const START = Date.parse('2026-03-01T00:00:00.000Z');
const hour = (n: number): string => new Date(START + n * HOUR).toISOString();
const iso = (ms: number): string => new Date(ms).toISOString();
const total = (bytes: number) => ({ inBytes: null, outBytes: null, totalBytes: bytes });

/** Stores readings of a cycle, of the total, by their hours; the last one is what the cycle has. */
async function addCycle(
  store: StateStore,
  { id, of, from, to }: { id: string; of: string; from: number; to: number },
  readings: readonly (readonly [at: number, bytes: number])[],
): Promise<void> {
  const [at, bytes] = readings.at(-1) ?? [null, 0];
  const figures =
    at === null ? { totalBytes: null, inBytes: null, readAt: null } : { ...total(bytes), readAt: hour(at) };
  await store.cycles.put([cycle(id, { service: of, start: hour(from), end: hour(to), ...figures })]);
  await store.samples.add(readings.map(([when, sum]) => sample(of, hour(when), { cycle: id, ...total(sum) })));
}

describe('sums of traffic', () => {
  const at = useStore();

  const sums = (change: Partial<Parameters<StateStore['traffic']['sums']>[0]> = {}) =>
    at.store.traffic.sums({ by: 'service', from: hour(10), to: hour(20), limit: 10, ...change });

  it('are of services, panels, products and clients, the largest first, and of all', async () => {
    await at.store.services.put([
      service('svc-1', { panel: 'a', product: 'x', client: '7', clientName: 'Sara' }),
      service('svc-2', { panel: 'a', product: 'y', client: '7', clientName: 'Sara', name: 'web' }),
      service('svc-3', { panel: 'b', product: 'y', client: null }),
      service('svc-4', { panel: 'b', product: 'y', client: null }),
    ]);
    await addCycle(at.store, { id: 'c-1', of: 'svc-1', from: 0, to: 100 }, [
      [8, 100],
      [12, 140],
      [20, 220],
    ]);
    await addCycle(at.store, { id: 'c-2', of: 'svc-2', from: 15, to: 100 }, [[20, 500]]);
    await addCycle(at.store, { id: 'c-3', of: 'svc-3', from: 0, to: 100 }, [[9, 9000]]);
    const { rows, groups, total: all } = await sums();
    // Of 40 between the hours 8 and 12, 20 are after 10.
    expect(rows.map(({ key, name, totalBytes, unknown }) => [key, name, totalBytes, unknown])).toEqual([
      ['svc-2', 'web', 500, 0],
      ['svc-1', null, 100, 0],
      ['svc-3', null, null, 1],
      ['svc-4', null, null, 1],
    ]);
    expect([groups, all]).toMatchObject([4, { services: 4, unknown: 2, totalBytes: 600, inBytes: null }]);
    expect(rows[0]?.bitsPerSecond).toBe(Math.round((500 * 8) / (5 * 3600)));
    const without = await sums({ except: ['b', 'c'] });
    expect([without.groups, without.total]).toMatchObject([2, { services: 2, unknown: 0, totalBytes: 600 }]);
    const of = async (by: 'panel' | 'product' | 'client') =>
      (await sums({ by })).rows.map(({ key, name, totalBytes, services }) => [key, name, totalBytes, services]);
    expect(await of('panel')).toEqual([
      ['a', null, 600, 2],
      ['b', null, null, 2],
    ]);
    expect(await of('product')).toEqual([
      ['y', null, 500, 3],
      ['x', null, 100, 1],
    ]);
    expect(await of('client')).toEqual([
      ['7', 'Sara', 600, 2],
      [null, null, null, 2],
    ]);
    expect((await sums({ panel: 'a', limit: 1 })).rows.map(({ key }) => key)).toEqual(['svc-2']);
    expect((await sums({ from: null, client: '7', by: 'panel' })).total).toMatchObject({
      totalBytes: 720,
      services: 2,
    });
    expect(await sums({ panel: 'none' })).toEqual({
      rows: [],
      groups: 0,
      total: { services: 0, unknown: 0, inBytes: null, outBytes: null, totalBytes: null, bitsPerSecond: null },
    });
  });

  it('are nothing where a reading of the time repeats the one before, and unknown where there is none', async () => {
    await at.store.services.put([service('svc-1'), service('svc-2')]);
    for (const id of ['svc-1', 'svc-2']) {
      await addCycle(at.store, { id: `c-${id}`, of: id, from: 0, to: 100 }, [[9, 9000]]);
    }
    const written = ['svc-1', 'svc-2'].map((of) => ({ service: of, at: hour(9) }));
    await at.store.confirmations.confirm({
      panel: 'dcim',
      run: 'r-1',
      at: hour(9),
      readAt: hour(9),
      unchanged: [],
      written,
    });
    const read = { panel: 'dcim', run: 'r-2', at: hour(18), readAt: hour(18), written: [] };
    await at.store.confirmations.confirm({ ...read, unchanged: ['svc-1'] });
    const { rows } = await sums();
    expect(rows.map(({ key, totalBytes }) => [key, totalBytes])).toEqual([
      ['svc-1', 0],
      ['svc-2', null],
    ]);
  });

  it('begin with the first reading where the cycle had begun when the service was stored', async () => {
    await at.store.services.put([
      service('svc-1', { createdAt: hour(11) }),
      service('svc-2', { createdAt: hour(11) }),
      service('svc-3', { createdAt: hour(0) }),
    ]);
    const readings = [
      [12, 900],
      [20, 980],
    ] as const;
    await addCycle(at.store, { id: 'c-1', of: 'svc-1', from: 0, to: 100 }, readings);
    await addCycle(at.store, { id: 'c-2', of: 'svc-2', from: 0, to: 100 }, readings.slice(0, 1));
    await addCycle(at.store, { id: 'c-3', of: 'svc-3', from: 0, to: 100 }, readings);
    const found = (await sums()).rows.map(({ key, totalBytes, bitsPerSecond }) => [key, totalBytes, bitsPerSecond]);
    const rate = (bytes: number, hours: number): number => Math.round((bytes * 8) / (hours * 3600));
    expect(found).toEqual([
      ['svc-3', 230, rate(230, 10)],
      ['svc-1', 80, rate(80, 8)],
      ['svc-2', null, null],
    ]);
  });

  it('are those of the bars of each service, whatever its cycles and readings', async () => {
    const growths = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 1e12 })), {
      minLength: 1,
      maxLength: 12,
    });
    let number = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(growths, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 40 }),
        async (lives, back) => {
          const id = `svc-${++number}`;
          await at.store.services.put([service(id, { panel: id })]);
          const series: { at: string; inBytes: null; outBytes: null; totalBytes: number }[] = [];
          const begins: string[] = [];
          let now = 0;
          for (const [index, life] of lives.entries()) {
            const from = now;
            let bytes = 0;
            const readings = life.map(([hours, growth]) => [(now += hours), (bytes += growth)] as const);
            if (index < lives.length - 1) now++;
            const to = index < lives.length - 1 ? now : now + 1;
            await addCycle(at.store, { id: `${id}-${index}`, of: id, from, to }, readings);
            begins.push(hour(from));
            series.push(
              ...readings.map(([when, sum]) => ({
                at: hour(when),
                ...total(sum),
              })),
            );
          }
          const window = { start: hour(Math.max(0, now - back)), end: hour(now) };
          const bars = usageBars({ window, timeZone: 'UTC', series, begins }, 'day');
          const expected = bars.reduce((sum, { totalBytes }) => sum + (totalBytes ?? 0), 0);
          const found = await sums({ by: 'panel', panel: id, from: window.start, to: window.end });
          expect(Math.abs((found.total.totalBytes ?? 0) - expected)).toBeLessThanOrEqual(bars.length + 1);
          // The readings that bars are computed from say the same of the bounds.
          const bounds = barBounds({ window, timeZone: 'UTC' }, 'day');
          const chosen = await at.store.traffic.readings({ services: [id], bounds: bounds.map(iso) });
          const [, , ofTotal = []] = sharesBetween(
            { series: chosen.readings, begins: chosen.cycles.map(({ start }) => start) },
            bounds,
          );
          for (const [index, share] of ofTotal.entries())
            expect(Math.abs(share.bytes - (bars[index]?.totalBytes ?? 0))).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: toRounds(60) },
    );
  });
});

describe('readings around bounds', () => {
  const at = useStore();

  it('are the last one until each bound, the first one after it, and the last one of a cycle, each once', async () => {
    const hours = fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 12 });
    let number = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(hours, { minLength: 1, maxLength: 3 }),
        fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        async (lives, ends, isConfirmed) => {
          const bounds = ends.sort((a, b) => a - b);
          const to = bounds.at(-1) ?? 0;
          const services: string[] = [];
          const expected: unknown[] = [];
          for (const [index, life] of lives.entries()) {
            const id = `svc-${number}-${index}`;
            const panel = `p-${number}-${index}`;
            services.push(id);
            await at.store.services.put([service(id, { panel })]);
            const read = life.sort((a, b) => a - b);
            const own = read.map((when) => [when, when * 10] as const);
            await addCycle(at.store, { id: `c-${id}`, of: id, from: 0, to: 100 }, own);
            const chosen = new Set(
              bounds.flatMap((bound) => [
                read.findLast((when) => when <= bound) ?? -1,
                read.find((when) => when > bound && when <= to) ?? -1,
              ]),
            );
            const last = read.at(-1);
            if (last !== undefined && last <= to) chosen.add(last);
            const found = own.filter(([when]) => chosen.has(when));
            if (isConfirmed && last !== undefined) {
              const written = [{ service: id, at: hour(last) }];
              const first = { panel, run: `r-${id}`, at: hour(last), readAt: hour(last) };
              await at.store.confirmations.confirm({ ...first, unchanged: [], written });
              const again = { panel, run: `s-${id}`, at: hour(last + 2), readAt: hour(last + 2) };
              await at.store.confirmations.confirm({ ...again, unchanged: [id], written: [] });
              if (last + 2 <= to) found.push([last + 2, last * 10]);
            }
            expected.push(...found.map(([when, bytes]) => ({ service: id, at: hour(when), ...total(bytes) })));
          }
          number++;
          const { readings } = await at.store.traffic.readings({ services, bounds: bounds.map(hour) });
          expect(readings).toEqual(expected);
        },
      ),
      { numRuns: toRounds(60) },
    );
  });
});
