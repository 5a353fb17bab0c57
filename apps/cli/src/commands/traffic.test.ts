import { beforeEach, describe, expect, it } from '@jest/globals';
import type { TrafficOverTime } from '@sluice/engine';
import { startForEachTest } from '../test/each-test.js';
import { GB, HOUR, startEasyDcimBench } from '../test/easydcim-bench.js';

const at = startForEachTest(() => startEasyDcimBench());
const traffic = (words = '') => at.bench.sluice(`usage traffic ${words}`.trim());

/** Read each hour: 3 GB of the first service, 6 GB of the second one; the third one is not read. */
beforeEach(async () => {
  await at.addService(1, { values: ['client=7'] });
  await at.addService(2, { product: 'inbound', values: ['client=8'] });
  const start = Date.parse('2026-11-20T12:00:00Z');
  for (const hour of [1, 2, 3, 4, 5]) {
    at.bench.clock.set(start + hour * HOUR);
    if (hour > 1)
      for (const service of [1, 2])
        at.panel.addTraffic(500 + service, {
          in: service * GB,
          out: 2 * service * GB,
          at: start + (hour - 0.5) * HOUR,
        });
    await at.bench.sluice('poll');
  }
  await at.addService(3, { values: ['client=7'] });
});

describe('usage traffic', () => {
  it('has the traffic of services together in each part of the time', async () => {
    const found = (await traffic('--since 24h --json')).json<TrafficOverTime>();
    expect(found).toMatchObject({ step: 'hour', services: 3, unknown: 1, panel: null, product: null, client: null });
    const known = found.bars.filter((bar) => bar.known > 0);
    // The first readings say nothing of the time before.
    expect(known.map(({ start, totalBytes, inBytes, known: share }) => [start, totalBytes, inBytes, share])).toEqual(
      ['13', '14', '15', '16'].map((hour) => [`2026-11-20T${hour}:00:00.000Z`, 9 * GB, 3 * GB, 1]),
    );
    expect(found.bars.filter((bar) => bar.known === 0).every(({ totalBytes }) => totalBytes === null)).toBe(true);
  });

  it('is limited to a panel, a product or a client', async () => {
    const sum = async (words: string): Promise<[number, number, number]> => {
      const { bars, services, unknown } = (await traffic(`${words} --json`)).json<TrafficOverTime>();
      return [services, unknown, bars.reduce((all, { totalBytes }) => all + (totalBytes ?? 0), 0) / GB];
    };
    expect(await sum('--panel dcim')).toEqual([3, 1, 36]);
    expect(await sum('--product inbound --since 30d')).toEqual([1, 0, 24]);
    expect(await sum('--client 7 --since 2h')).toEqual([2, 1, 6]);
    expect(await sum('--client 9')).toEqual([0, 0, 0]);
  });

  it('draws it, with the sum and what is not in it', async () => {
    const { stdout, exitCode } = await traffic('--client 7 --since 24h');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Traffic in each hour: client 7, last 24h\n/);
    expect(stdout).toMatch(/█/);
    expect(stdout).toMatch(
      /\n2 services in the last 24h: 12 GB\n1 service without a reading in this time: not in the sums\n$/,
    );
    expect((await traffic('--client 9')).stdout).toBe('No services whose bytes are counted.\n');
  });

  it('refuses what is no such time', async () => {
    for (const since of ['cycle', '367d', '5w']) {
      const { exitCode, stderr } = await traffic(`--since ${since}`);
      expect([since, exitCode, stderr.includes(since)]).toEqual([since, 2, true]);
    }
  });
});
