import { beforeEach, describe, expect, it } from '@jest/globals';
import type { TrafficOverTime } from '@sluice/engine';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench, toIds } from '../bench/easydcim-bench.js';
import { MINUTE } from '../bench/engine-bench.js';

const at = useBench(startEasyDcimBench);
const DIRECTIONS = ['inBytes', 'outBytes', 'totalBytes'] as const;

/** Eight services of seven clients and two products, read at odd times; the last one has no client, and the ninth is not read. */
beforeEach(async () => {
  for (const number of [1, 2, 3, 4, 5, 6, 7, 8])
    await at.addService(number, {
      product: number % 2 === 0 ? 'both' : 'ports',
      values: number === 8 ? {} : { client: String(Math.max(2, number)), client_name: `Client ${number}` },
    });
  for (let round = 0; round < 9; round++) {
    at.bench.clock.advance(37 * MINUTE);
    for (const number of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const when = at.bench.clock.now() - 11 * MINUTE;
      at.panel.addTraffic(toIds(number).service, {
        in: 1_000_003 * number + round,
        out: 77 * round + number,
        at: when,
      });
    }
    await at.poll();
  }
  await at.addService(9, { values: { client: '9' } });
});

/** What each group has in each bar, by the bars of its services. */
async function ofServices(services: readonly number[], found: TrafficOverTime): Promise<(number | null)[]> {
  const graphs = await Promise.all(services.map((number) => at.sluice.usage.graph(`svc-${number}`, '24h')));
  return found.bars.map(({ end }) => {
    const known = graphs.flatMap(({ bars }) => bars.find((bar) => bar.end === end)?.totalBytes ?? []);
    return known.length === 0 ? null : known.reduce((sum, bytes) => sum + bytes, 0);
  });
}

function expectWhole({ bars, split }: TrafficOverTime): void {
  expect(bars.some(({ totalBytes }) => totalBytes !== null && totalBytes > 0)).toBe(true);
  for (const bar of bars) {
    expect(bar.parts).toHaveLength(split.length);
    for (const direction of DIRECTIONS) {
      const parts = bar.parts.flatMap((part) => part[direction] ?? []);
      const sum = parts.length === 0 ? null : parts.reduce((all, bytes) => all + bytes, 0);
      expect([bar.start, direction, sum]).toEqual([bar.start, direction, bar[direction]]);
    }
  }
}

describe('traffic over time, split', () => {
  it('has the five largest groups and all others, which are each bar to the byte', async () => {
    const found = await at.sluice.usage.traffic({ range: '24h', by: 'client' });
    expectWhole(found);
    expect(found.by).toBe('client');
    expect(
      found.split.map(({ key, others, groups, services, unknown }) => [key, others, groups, services, unknown]),
    ).toEqual([
      [null, false, 1, 1, 0],
      ['7', false, 1, 1, 0],
      ['6', false, 1, 1, 0],
      ['5', false, 1, 1, 0],
      ['4', false, 1, 1, 0],
      [null, true, 3, 4, 1],
    ]);
    expect(found.split.slice(1, 3).map(({ name }) => name)).toEqual(['Client 7', 'Client 6']);
    // The bars without the split are the same.
    const { bars } = await at.sluice.usage.traffic({ range: '24h' });
    expect(found.bars.map(({ parts: _, ...bar }) => bar)).toEqual(bars.map(({ parts: _, ...bar }) => bar));
    expect(bars.every(({ parts }) => parts.length === 0)).toBe(true);
  });

  it('agrees with the bars of the services', async () => {
    const found = await at.sluice.usage.traffic({ range: '24h', by: 'client' });
    const groups = [[8], [7], [6], [5], [4], [1, 2, 3, 9]];
    for (const [place, services] of groups.entries()) {
      const expected = await ofServices(services, found);
      const parts = found.bars.map(({ parts: each }) => each[place]?.totalBytes ?? null);
      expect(parts.map((bytes) => bytes === null)).toEqual(expected.map((bytes) => bytes === null));
      for (const [index, bytes] of parts.entries())
        expect(Math.abs((bytes ?? 0) - (expected[index] ?? 0))).toBeLessThanOrEqual(services.length);
    }
  });

  it('is by panel, product and service too, and inside a filter', async () => {
    const by = async (request: Parameters<typeof at.sluice.usage.traffic>[0]) => {
      const found = await at.sluice.usage.traffic({ range: '24h', ...request });
      expectWhole(found);
      return found.split.map(({ key, name, services, unknown }) => [key, name, services, unknown]);
    };
    expect(await by({ by: 'panel' })).toEqual([['dcim', null, 9, 1]]);
    expect(await by({ by: 'product' })).toEqual([
      ['both', 'both', 4, 0],
      ['ports', 'ports', 5, 1],
    ]);
    expect(await by({ by: 'service', client: '2' })).toEqual([
      ['svc-2', null, 1, 0],
      ['svc-1', null, 1, 0],
    ]);
  });

  it('has a group of which nothing was read with parts that are not known', async () => {
    const found = await at.sluice.usage.traffic({ range: '24h', by: 'service', client: '9' });
    expect(found).toMatchObject({ unknown: 1, split: [{ key: 'svc-9', services: 1, unknown: 1 }] });
    const nothing = { inBytes: null, outBytes: null, totalBytes: null };
    expect(found.bars.every(({ parts: [part] }) => JSON.stringify(part) === JSON.stringify(nothing))).toBe(true);
  });
});
