import { beforeEach, describe, expect, it } from '@jest/globals';
import type { TrafficOverTime } from '@sluice/engine';
import { displayWidth } from '../terminal/layout.js';
import { startForEachTest } from '../test/each-test.js';
import { GB, HOUR, startEasyDcimBench } from '../test/easydcim-bench.js';

const at = startForEachTest(() => startEasyDcimBench());
/** The output on a terminal of so many columns. */
async function shown(words: string, columns: number): Promise<string[]> {
  let text = '';
  const stdout = { write: (part: string) => (text += part), isTTY: true, columns };
  await at.bench.sluice(`--no-color ${words}`, { stdout });
  return text.trimEnd().split('\n');
}
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

  it('is split by client, panel, product or service', async () => {
    const { split, bars } = (await traffic('--since 24h --by client --json')).json<TrafficOverTime>();
    expect(split).toMatchObject([
      { key: '8', services: 1, unknown: 0 },
      { key: '7', services: 2, unknown: 1 },
    ]);
    const known = bars.filter((bar) => bar.known > 0);
    expect(known.map(({ parts }) => parts.map(({ totalBytes }) => (totalBytes ?? 0) / GB))).toEqual(
      known.map(() => [6, 3]),
    );
  });

  it('draws the parts with signs, and what they are in a table that fits', async () => {
    await at.bench.sluice('service set svc-1 client_name=日本語の長い名前の顧客');
    for (const width of [40, 60, 140]) {
      const lines = await shown('usage traffic --since 24h --by client', width);
      expect(lines.join(' ')).toMatch(/^Traffic in each hour: all services by +client, last 24h /);
      expect([width, Math.max(...lines.map(displayWidth)) <= width]).toEqual([width, true]);
      // Two thirds of each bar are of the larger client, which is below.
      const signs = lines.slice(1, -5).map((line) => /[█▒]/.exec(line)?.[0] ?? '');
      expect([...new Set(signs.filter(Boolean))]).toEqual(['▒', '█']);
      expect(lines.find((line) => line.startsWith('██'))).toMatch(/^██ .* 8 .*24 GB +66%/);
      expect(lines.find((line) => line.startsWith('▒▒'))).toMatch(/^▒▒ .* 7 .*12 GB +33%/);
    }
    expect((await traffic('--by nobody')).stderr).toContain(
      '--by: "nobody" is not one of service, panel, product, client',
    );
  });

  it('refuses what is no such time', async () => {
    for (const since of ['cycle', '367d', '5w']) {
      const { exitCode, stderr } = await traffic(`--since ${since}`);
      expect([since, exitCode, stderr.includes(since)]).toEqual([since, 2, true]);
    }
  });
});
