import type { Explanation, ServiceDetail } from '@sluice/engine';
import { expect, it } from '@jest/globals';
import { configText, GB, HOUR, toIds, startEasyDcimBench } from '../../easydcim-bench.js';

// Local midnight of 25 November is 11:00 UTC on the 24th in Auckland, and 08:00 UTC on the 25th in Los Angeles.
it.each([
  ['Pacific/Auckland', Date.parse('2026-11-24T11:00:00Z')],
  ['America/Los_Angeles', Date.parse('2026-11-25T08:00:00Z')],
])('a protection and a released quota end at local midnight in %s, as the engine decides', async (zone, midnight) => {
  const at = await startEasyDcimBench();
  try {
    at.bench.write('sluice.yaml', configText(at.panel.url, '', `, timeZone: ${zone}`));
    await at.addService(1, { values: ['protected_until=2026-11-25'] });
    await at.addService(2);
    for (const number of [1, 2]) at.panel.addTraffic(toIds(number).service, { in: 200 * GB, out: 0 });
    at.bench.clock.advance(HOUR);
    await at.poll();
    expect((await at.bench.sluice('hold release svc-2 --until 2026-11-25')).exitCode).toBe(0);
    const look = async (): Promise<unknown[]> => {
      // Two of two services are more than the brake lets pass.
      await at.poll('--allow-mass');
      const details = await Promise.all(
        [1, 2].map(async (n) => (await at.bench.sluice(`service show svc-${n} --json`)).json<ServiceDetail>()),
      );
      const text = async (words: string): Promise<string> => (await at.bench.sluice(words)).stdout;
      return [
        [1, 2].map((number) => at.panel.port(toIds(number).port(1)).adminState),
        details.map((detail) => [detail.protected, detail.quotaReleasedUntil]),
        (await text('explain svc-1')).includes('It is protected until 2026-11-25'),
        (await text('explain svc-2')).includes('Its quota hold is released until 2026-11-25'),
        (await text('service show svc-1')).includes('2026-11-25 (past)'),
        (await text('hold list')).includes('released until 2026-11-25'),
      ];
    };
    at.bench.clock.set(midnight - 60_000);
    expect(await look()).toEqual([
      ['up', 'up'],
      [
        [true, null],
        [false, '2026-11-25'],
      ],
      true,
      true,
      false,
      true,
    ]);
    const before = new Date(at.bench.clock.now()).toISOString();
    at.bench.clock.set(midnight + 60_000);
    expect(await look()).toEqual([
      ['down', 'down'],
      [
        [false, null],
        [false, null],
      ],
      false,
      false,
      true,
      false,
    ]);
    const then = (await at.bench.sluice(`explain svc-1 --at ${before} --json`)).json<Explanation>();
    expect(then.service.protected).toBe(true);
  } finally {
    await at.close();
  }
});
