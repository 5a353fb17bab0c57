import type { Explanation, RunReport, ServiceDetail } from '@sluice/engine';
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

it('a manual hold restricts a protected service and is said to, while its quota holds nobody', async () => {
  const at = await startEasyDcimBench();
  try {
    await at.addService(1, { values: ['protected_until=2026-11-25'] });
    at.panel.addTraffic(toIds(1).service, { in: 200 * GB, out: 0 });
    at.bench.clock.advance(HOUR);
    const look = async (): Promise<unknown[]> => {
      const { services, notices } = (await at.poll()).json<RunReport>();
      const explained = await at.bench.sluice('explain svc-1');
      return [
        services[0]?.status,
        services[0]?.holds.map(({ reason }) => reason),
        notices.filter(({ code }) => code === 'hold_withheld').map(({ message }) => message),
        at.panel.order(toIds(1).order).status,
        at.panel.port(toIds(1).port(1)).adminState,
        /It is protected until 2026-11-25: [^.]*\./.exec(explained.stdout)?.[0],
        (await at.bench.sluice('explain svc-1 --json')).json<Explanation>().decision?.wouldHold,
      ];
    };
    const withheld = 'svc-1 is due to be held (quota), but it is protected until 2026-11-25';
    const nothing = 'It is protected until 2026-11-25: nothing is restricted before.';
    expect(await look()).toEqual(['over', [], [withheld], 'active', 'up', nothing, ['quota']]);

    const added = await at.bench.sluice('hold add svc-1 --note abuse');
    expect([added.exitCode, added.stdout]).toEqual([
      0,
      'svc-1: held (manual); panel updated; it is protected until 2026-11-25: only its manual hold restricts it before\n',
    ]);
    at.bench.clock.advance(HOUR);
    const byHand = 'It is protected until 2026-11-25: only its manual hold restricts it before.';
    expect(await look()).toEqual(['held', ['manual'], [], 'suspended', 'up', byHand, ['quota']]);
    const explained = await at.bench.sluice('explain svc-1');
    expect(explained.stdout).toContain('an operator restricted it (abuse)');

    expect((await at.bench.sluice('hold release svc-1')).exitCode).toBe(0);
    at.bench.clock.advance(HOUR);
    expect(await look()).toEqual(['over', [], [], 'active', 'up', nothing, ['quota']]);
  } finally {
    await at.close();
  }
});
