import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunOptions } from '@sluice/engine';
import { easyDcimConfig, startEasyDcimBench, type EasyDcimBench } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';

let at: EasyDcimBench;
beforeEach(async () => {
  at = await startEasyDcimBench();
});
afterEach(() => at.close());

/** Notices in the store, as `code service`. */
const stored = async (): Promise<string[]> =>
  (await at.bench.store.notices.list({})).map(({ code, service, panel }) => `${code} ${service ?? panel ?? ''}`).sort();

async function pollLater(options?: RunOptions): Promise<void> {
  at.bench.clock.advance(HOUR);
  await at.poll(options);
}

describe('a notice', () => {
  it('of what would hold is written once in a cycle', async () => {
    await at.bench.configure(easyDcimConfig(at.panel.url, 'enforce: observe'));
    await at.addService(1);
    at.use(1, 85);
    const used = (await at.poll()).notices.flatMap(({ message }) =>
      /svc-1 has used \d+% of its allowance/.exec(message),
    );
    expect(used).toEqual(['svc-1 has used 80% of its allowance']);
    at.panel.addTraffic(501, { in: 85 * GB, out: 0 });
    for (let run = 0; run < 4; run++) await pollLater();
    // The highest threshold alone.
    const once = ['threshold svc-1', 'threshold svc-1', 'would_hold svc-1'];
    expect(await stored()).toEqual(once);
    at.bench.clock.set('2026-12-20T00:00:00Z');
    at.panel.addTraffic(501, { in: 101 * GB, out: 0 });
    for (let run = 0; run < 2; run++) await pollLater();
    expect(await stored()).toEqual([...once, 'threshold svc-1', 'would_hold svc-1'].sort());
  });

  it('of a hold is written for each hold, also for a second one in the same cycle', async () => {
    await at.addService(1);
    at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
    await pollLater();
    await pollLater();
    await at.bench.sluice.overrides.set('svc-1', { unlimited: true });
    await pollLater();
    await at.bench.sluice.overrides.clear('svc-1');
    await pollLater();
    const of = async (code: string): Promise<number> =>
      (await stored()).filter((line) => line === `${code} svc-1`).length;
    expect([await of('hold'), await of('release')]).toEqual([2, 1]);
  });

  it('is not written of what the brake or a wrong clock keeps from coming to pass', async () => {
    for (let number = 1; number <= 12; number++) await at.addService(number);
    await pollLater();
    for (let number = 1; number <= 12; number++) at.panel.addTraffic(500 + number, { in: 200 * GB, out: 0 });
    at.skew.ms = 24 * HOUR;
    await pollLater();
    expect(await stored()).toEqual([]);
    at.skew.ms = 0;
    await pollLater();
    expect(await stored()).toEqual(['mass_change dcim']);
    await pollLater({ allowMass: true });
    expect((await stored()).filter((line) => line.startsWith('hold '))).toHaveLength(12);
  });
});
