import { expect, it } from '@jest/globals';
import { startEasyDcimBench, toIds } from '../bench/easydcim-bench.js';
import { GB, MINUTE } from '../bench/engine-bench.js';
import { pollLater, useEach } from '../loop/polls.js';
import { useOpened } from '../bench/each-test.js';

const [at, open] = useOpened(startEasyDcimBench);

// Local midnight of 25 November is 11:00 UTC on the 24th in Auckland, and 08:00 UTC on the 25th in Los Angeles.
it.each([
  ['Pacific/Auckland', Date.parse('2026-11-24T11:00:00Z')],
  ['America/Los_Angeles', Date.parse('2026-11-25T08:00:00Z')],
])('a protection and a released quota end at local midnight in %s', async (zone, midnight) => {
  await open('', { panelMore: `, timeZone: ${zone}` });
  await at.addService(1, { values: { protected_until: '2026-11-25' } });
  await at.addService(2);
  useEach(at, [1, 2], 200);
  await at.poll();
  const { explain, holds, services } = at.sluice;
  expect((await holds.release('svc-2', { until: '2026-11-25' })).run.outcome).toBe('done');
  const look = async (): Promise<unknown[]> => {
    // Two of two services are more than the brake lets pass.
    await at.poll({ allowMass: true });
    const details = [await services.show('svc-1'), await services.show('svc-2')];
    return [
      [1, 2].map((number) => at.panel.port(toIds(number).port(1)).adminState),
      details.map((detail) => [detail.protected, detail.quotaReleasedUntil]),
      (await holds.list()).released.map(({ service, until }) => [service, until]),
    ];
  };
  at.bench.clock.set(midnight - MINUTE);
  const withheld = [
    [true, null],
    [false, '2026-11-25'],
  ];
  expect(await look()).toEqual([['up', 'up'], withheld, [['svc-2', '2026-11-25']]]);
  const before = new Date(at.bench.clock.now()).toISOString();
  at.bench.clock.set(midnight + MINUTE);
  const ended = [
    [false, null],
    [false, null],
  ];
  expect(await look()).toEqual([['down', 'down'], ended, []]);
  expect((await explain('svc-1', { at: before })).service.protected).toBe(true);
});

it('a manual hold restricts a protected service, while its quota holds nobody', async () => {
  await open();
  await at.addService(1, { values: { protected_until: '2026-11-25' } });
  at.panel.addTraffic(toIds(1).service, { in: 200 * GB, out: 0 });
  const look = async (): Promise<unknown[]> => {
    const { service, report } = await pollLater(at);
    const { decision } = await at.sluice.explain('svc-1');
    return [
      service.status,
      service.holds.map(({ reason }) => reason),
      report.notices.filter(({ code }) => code === 'hold_withheld').map(({ message }) => message),
      at.panel.order(toIds(1).order).status,
      at.panel.port(toIds(1).port(1)).adminState,
      decision?.wouldHold,
    ];
  };
  const withheld = 'svc-1 is due to be held (quota), but it is protected until 2026-11-25';
  expect(await look()).toEqual(['over', [], [withheld], 'active', 'up', ['quota']]);
  const added = await at.sluice.holds.add('svc-1', { note: 'abuse' });
  expect([added.run.outcome, added.stillHeld]).toEqual(['done', ['manual']]);
  expect(await look()).toEqual(['held', ['manual'], [], 'suspended', 'up', ['quota']]);
  expect((await at.sluice.holds.release('svc-1')).run.outcome).toBe('done');
  expect(await look()).toEqual(['over', [], [], 'active', 'up', ['quota']]);
});

it('a protected service whose bill is not paid is not used up, and its explanation names the bill', async () => {
  await open();
  await at.addService(1, { values: { protected_until: '2026-11-25', status: 'suspended' } });
  const { service } = await pollLater(at);
  expect([service.status, service.holds]).toEqual(['ok', []]);
  const { status, wouldHold } = await at.sluice.services.show('svc-1');
  expect([status, wouldHold]).toEqual(['ok', []]);
  const { services } = await at.sluice.overview({ size: 1 });
  expect(services.items.map((item) => item.status)).toEqual(['ok']);
  expect((await at.sluice.explain('svc-1')).decision?.wouldHold).toEqual(['billing']);
});

it('a suspension of a protected service restricts nothing, and releases nothing either', async () => {
  await open();
  await at.addService(1, { values: { protected_until: '2026-11-25' } });
  await pollLater(at);
  const suspend = async (dryRun: boolean) => {
    const { run, service, actions, notices } = await at.sluice.provision.suspend('svc-1', { dryRun });
    return [run.outcome, service.holds, actions, notices.map(({ code }) => code)];
  };
  const nothing = ['done', [], [], []];
  expect([await suspend(true), await suspend(false), await suspend(false)]).toEqual([nothing, nothing, nothing]);
  const { service, report } = await pollLater(at);
  expect([service.holds, report.notices.map(({ code }) => code)]).toEqual([[], ['hold_withheld']]);
  at.bench.clock.set(Date.parse('2026-11-25T12:00:00Z'));
  expect((await pollLater(at)).service).toMatchObject({ holds: [{ reason: 'billing' }] });
  expect(at.panel.order(toIds(1).order).status).toBe('suspended');
});
