import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { DAY, GB, HOUR } from '../bench/engine-bench.js';

const at = useBench(() =>
  startEasyDcimBench(`  year: { panel: dcim, quota: { total: 1200GB }, action: disable-ports }
  months: { panel: dcim, quotaPeriod: month, quota: { total: 100GB }, action: disable-ports }
`),
);

const CHANGES: [string, Record<string, string>][] = [
  ['the product', { product: 'months' }],
  ['the billing cycle', { product: 'ports', billing_cycle: 'monthly' }],
];

/** Uses so much in October and 10 GB in November of a year that ends in December. */
async function useYear(gigabytes: number): Promise<void> {
  await at.addService(1, { product: 'year', values: { billing_cycle: 'annually' } });
  at.bench.clock.set(Date.parse('2026-10-20T12:00:00Z'));
  at.panel.addTraffic(501, { in: gigabytes * GB, out: 0 });
  await at.pollAfter(HOUR);
  at.bench.clock.set(Date.parse('2026-11-20T12:00:00Z'));
  at.panel.addTraffic(501, { in: 10 * GB, out: 0 });
  await at.pollAfter(HOUR);
}

describe('a year that becomes months in its last month', () => {
  it.each(CHANGES)('counts only what was used since the month began: %s', async (_what, values) => {
    await useYear(500);
    await at.sluice.services.set('svc-1', values);
    for (const ms of [HOUR, 20 * DAY]) {
      const { services } = await at.pollAfter(ms);
      const cycle = { start: '2026-11-15T00:00:00.000Z', end: '2026-12-15T00:00:00.000Z' };
      expect(services).toMatchObject([{ status: 'ok', usage: { totalBytes: 10 * GB }, cycle }]);
      expect(at.panel.port(7011).adminState).toBe('up');
    }
  });

  it.each(CHANGES)('frees a service that the year held: %s', async (_what, values) => {
    await useYear(1300);
    expect(at.panel.port(7011).adminState).toBe('down');
    await at.sluice.services.set('svc-1', values);
    expect((await at.pollAfter(HOUR)).services).toMatchObject([{ status: 'ok', holds: [] }]);
    expect(at.panel.port(7011).adminState).toBe('up');
  });
});
