import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { configText, GB, HOUR, startEasyDcimBench, type EasyDcimBench } from '../../easydcim-bench.js';

let at: EasyDcimBench;
beforeEach(async () => {
  at = await startEasyDcimBench();
});
afterEach(() => at.close());

/** Notices in the store, as `code service`. */
const stored = (): Promise<string[]> =>
  at.bench.store(async (store) =>
    (await store.notices.list({})).map((notice) => `${notice.code} ${notice.service ?? notice.panel ?? ''}`).sort(),
  );

async function pollLater(words = ''): Promise<void> {
  at.bench.clock.advance(HOUR);
  await at.poll(words);
}

describe('a notice', () => {
  it('of what would hold is written once in a cycle', async () => {
    at.bench.write('sluice.yaml', configText(at.panel.url, 'enforce: observe'));
    await at.addService(1);
    at.panel.addTraffic(501, { in: 85 * GB, out: 0 });
    at.bench.clock.advance(HOUR);
    const said = (await at.bench.sluice('poll')).stdout;
    expect(said.match(/svc-1 has used \d+% of its allowance/g)).toEqual(['svc-1 has used 80% of its allowance']);
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
    await at.bench.sluice('override set svc-1 --unlimited');
    await pollLater();
    await at.bench.sluice('override clear svc-1');
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
    await pollLater('--allow-mass');
    expect((await stored()).filter((line) => line.startsWith('hold '))).toHaveLength(12);
  });
});
