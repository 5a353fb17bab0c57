import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CycleView } from '@sluice/engine';
import { startForEachTest } from '../test/each-test.js';
import { GB, HOUR, startEasyDcimBench } from '../test/easydcim-bench.js';

const at = startForEachTest(() => startEasyDcimBench());
const history = (words: string) => at.bench.sluice(`usage history svc-1 ${words}`.trim());

/** Read each hour: 1 GB in and 2 GB out in each of 19 hours, 10 GB in and 2 GB out in the last one. */
beforeEach(async () => {
  await at.addService(1);
  const start = Date.parse('2026-11-20T12:00:00Z');
  for (let hour = 0; hour <= 20; hour++) {
    at.bench.clock.set(start + hour * HOUR);
    if (hour > 0)
      at.panel.addTraffic(501, { in: hour === 20 ? 10 * GB : GB, out: 2 * GB, at: start + (hour - 0.5) * HOUR });
    await at.bench.sluice('poll --quiet');
  }
});

describe('usage history --percentile', () => {
  it('has the rates that so much of the known time did not exceed', async () => {
    const { cycles } = (await history('--percentile 95 --json')).json<{ cycles: CycleView[] }>();
    const perHour = (bytes: number): number => Math.round((bytes * 8) / 3600);
    // The cycle began five days and a half before the first reading.
    expect(cycles[0]?.rates).toEqual({
      percent: 95,
      intervalSeconds: 3600,
      intervals: 152,
      unknown: 132,
      inBitsPerSecond: perHour(GB),
      outBitsPerSecond: perHour(2 * GB),
      totalBitsPerSecond: perHour(3 * GB),
    });
    const most = (await history('--percentile 99.9 --json')).json<{ cycles: CycleView[] }>();
    expect(most.cycles[0]?.rates?.inBitsPerSecond).toBe(perHour(10 * GB));
    expect((await history('--json')).json<{ cycles: CycleView[] }>().cycles[0]).not.toHaveProperty('rates');
  });

  it('prints them with the intervals and with what is known', async () => {
    const { stdout } = await history('--percentile 95%');
    expect(stdout).toMatch(/in rate +out rate +total rate/);
    expect(stdout).toMatch(/2\.39 Mbit\/s +4\.77 Mbit\/s +7\.16 Mbit\/s/);
    expect(stdout).toContain('Rates: 95% of the known intervals of 60 minutes had at most so much (nearest rank)');
    expect((await history('')).stdout).not.toContain('rate');
  });

  it('refuses what is no percentage', async () => {
    for (const text of ['0', '101', 'all', '9.5.1']) {
      const { exitCode, stderr } = await history(`--percentile ${text}`);
      expect([exitCode, stderr.includes(`--percentile: "${text}"`)]).toEqual([2, true]);
    }
  });
});
