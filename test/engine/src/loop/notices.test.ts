import { describe, expect, it } from '@jest/globals';
import { easyDcimConfig, startEasyDcimBench } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { pollLater, addServices, useEach } from './polls.js';
import { useBench } from '../bench/each-test.js';

const at = useBench(startEasyDcimBench);

/** Notices in the store, as `code service`. */
const stored = async (): Promise<string[]> =>
  (await at.bench.store.notices.list({})).map(({ code, service, panel }) => `${code} ${service ?? panel ?? ''}`).sort();

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
    for (let run = 0; run < 4; run++) await pollLater(at);
    // The highest threshold alone.
    const once = ['threshold svc-1', 'threshold svc-1', 'would_hold svc-1'];
    expect(await stored()).toEqual(once);
    at.bench.clock.set('2026-12-20T00:00:00Z');
    at.panel.addTraffic(501, { in: 101 * GB, out: 0 });
    for (let run = 0; run < 2; run++) await pollLater(at);
    expect(await stored()).toEqual([...once, 'threshold svc-1', 'would_hold svc-1'].sort());
  });

  it('of a hold is written for each hold, also for a second one in the same cycle', async () => {
    await at.addService(1);
    at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
    await pollLater(at);
    await pollLater(at);
    await at.sluice.overrides.set('svc-1', { unlimited: true });
    await pollLater(at);
    await at.sluice.overrides.clear('svc-1');
    await pollLater(at);
    const of = async (code: string): Promise<number> =>
      (await stored()).filter((line) => line === `${code} svc-1`).length;
    expect([await of('hold'), await of('release')]).toEqual([2, 1]);
  });

  it('is not written of what the brake or a wrong clock keeps from coming to pass', async () => {
    const numbers = await addServices(at, 12);
    await pollLater(at);
    useEach(at, numbers, 200);
    at.skew.ms = 24 * HOUR;
    await pollLater(at);
    expect(await stored()).toEqual(['panel_undecided dcim']);
    at.skew.ms = 0;
    await pollLater(at);
    expect((await stored()).sort()).toEqual(['mass_change dcim', 'panel_decided dcim', 'panel_undecided dcim']);
    await pollLater(at, HOUR, { allowMass: true });
    expect((await stored()).filter((line) => line.startsWith('hold '))).toHaveLength(12);
  });
});
