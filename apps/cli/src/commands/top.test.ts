import { beforeEach, describe, expect, it } from '@jest/globals';
import type { TopTraffic } from '@sluice/engine';
import { startForEachTest } from '../test/each-test.js';
import { GB, HOUR, startEasyDcimBench } from '../test/easydcim-bench.js';

const at = startForEachTest(() => startEasyDcimBench());
const top = (words = '') => at.bench.sluice(`usage top ${words}`.trim());

/** 3 GB in each of 4 hours of the first service; the second one is not read. */
beforeEach(async () => {
  await at.addService(1);
  await at.addService(2);
  const start = Date.parse('2026-11-20T12:00:00Z');
  for (const hour of [1, 2, 3, 4, 5]) {
    at.bench.clock.set(start + hour * HOUR);
    if (hour > 1) at.panel.addTraffic(501, { in: GB, out: 2 * GB, at: start + hour * HOUR - HOUR / 2 });
    await at.bench.sluice('poll --service svc-1');
  }
});

describe('usage top', () => {
  it('lists the services that used most, with their rates, and what is not known', async () => {
    const { stdout, exitCode } = await top();
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^svc-1 +4 GB +8 GB +12 GB +\S+ Mbit\/s +100%$/m);
    expect(stdout).toMatch(/^svc-2 +- +- +- +- +-$/m);
    expect(stdout).toMatch(/^2 services in the last 24h: 12 GB, \S+ Mbit\/s in the mean$/m);
    expect(stdout).toMatch(/^1 service without a reading in this time: not in the sums$/m);
  });

  it('sums by panel, product and client, of the time that is asked for', async () => {
    const panel = (await top('--by panel --since 2h --json')).json<TopTraffic>();
    expect(panel).toMatchObject({ by: 'panel', range: '2h', groups: 1, total: { totalBytes: 6 * GB, unknown: 1 } });
    expect(panel.rows).toMatchObject([{ key: 'dcim', services: 2, totalBytes: 6 * GB }]);
    expect((await top('--by product --since cycle --json')).json<TopTraffic>()).toMatchObject({ start: null });
    const { stdout } = await top('--top 1');
    expect(stdout).toMatch(/^1 other service: --top 2 shows all$/m);
  });

  it('shows a small part as less than 1 %, and nearly all as 99 %', async () => {
    at.panel.addTraffic(502, { in: 0, out: 0, at: at.bench.clock.now() - HOUR });
    await at.bench.sluice('poll --service svc-2');
    at.bench.clock.advance(HOUR);
    at.panel.addTraffic(502, { in: GB / 128, out: 0, at: at.bench.clock.now() - HOUR / 2 });
    await at.bench.sluice('poll --service svc-2');
    const { stdout } = await top();
    expect(stdout).toMatch(/^svc-1 .* 99%$/m);
    expect(stdout).toMatch(/^svc-2 .* <1%$/m);
  });

  it('has the rates of services that so much of the time did not exceed', async () => {
    const { stdout } = await top('--since cycle --percentile 95');
    // 4 intervals of an hour, each with 1 GB in and 2 GB out.
    expect(stdout).toMatch(/^svc-1 .* 100% +2\.39 Mbit\/s +4\.77 Mbit\/s +7\.16 Mbit\/s( +\d+%)?$/m);
    expect(stdout).toContain('Rates: 95% of the known intervals of 60 minutes had at most so much (nearest rank)');
    expect(stdout).not.toMatch(/^ *NAME.* RATE.* IN RATE/im);
    at.bench.env['COLUMNS'] = '60';
    const narrow = (await top('--since cycle --percentile 95')).stdout;
    delete at.bench.env['COLUMNS'];
    expect(narrow).toMatch(/^svc-1 .*7\.16 Mbit\/s/m);
    const { rows } = (await top('--percentile 50 --json')).json<TopTraffic>();
    expect(rows[0]?.rates).toMatchObject({ percent: 50, intervals: 24, unknown: 20, intervalSeconds: 3600 });
    expect(rows[1]?.rates).toMatchObject({ intervals: 0, totalBitsPerSecond: null });
    expect((await top('--json')).json<TopTraffic>().rows[0]).not.toHaveProperty('rates');
    const refused = await top('--by client --percentile 95');
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('not those of a client')]);
  });

  it('refuses what is no time, group or number', async () => {
    for (const words of ['--since 90m', '--by person', '--top 0', '--panel none', '--percentile 0']) {
      const { exitCode, stderr } = await top(words);
      expect([words, exitCode, stderr.includes(words.split(' ')[1] ?? '')]).toEqual([words, 2, true]);
    }
  });
});
