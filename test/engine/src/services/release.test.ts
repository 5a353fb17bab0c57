import { describe, expect, it } from '@jest/globals';
import type { CommandOptions, RunReport, ServiceDetail, Sluice } from '@sluice/engine';
import { startEasyDcimBench, toIds } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { pollLater, addServices, useEach } from '../loop/polls.js';
import { useBench } from '../bench/each-test.js';

const at = useBench(startEasyDcimBench);

const portState = (): string => at.panel.port(toIds(1).port(1)).adminState;
const shown = (): Promise<ServiceDetail> => at.sluice.services.show('svc-1');

/** Adds svc-1 with twice its quota used, and has a poll hold it. */
async function holdByQuota(): Promise<void> {
  await at.addService(1);
  at.use(1, 200);
  await at.poll();
  expect(portState()).toBe('down');
}

it('a release of a hold that it can’t end fails', async () => {
  await holdByQuota();
  at.panel.server.clearCalls();
  const { holds, provision } = at.sluice;
  await expect(holds.release('svc-1')).rejects.toMatchObject({ code: 'hold_not_released' });
  expect(at.panel.server.changingCalls()).toEqual([]);
  // With a manual hold beside it, that one is released.
  await holds.add('svc-1');
  const released = await holds.release('svc-1');
  expect([released.run.outcome, released.stillHeld]).toEqual(['done', ['quota']]);
  await provision.suspend('svc-1');
  await expect(holds.release('svc-1')).rejects.toMatchObject({ code: 'hold_not_released' });
});

describe('a release until a date', () => {
  it('ends with the client whom it was given to; an override stays', async () => {
    await holdByQuota();
    await at.sluice.services.set('svc-1', { client: '7' });
    await at.sluice.holds.release('svc-1', { until: '2027-05-01' });
    expect([portState(), (await shown()).quotaReleasedUntil]).toEqual(['up', '2027-05-01']);
    await at.sluice.overrides.set('svc-1', { quota: '150GB' });
    at.bench.clock.advance(HOUR);
    await at.sluice.services.set('svc-1', { client: '8' });
    expect(await shown()).toMatchObject({ quotaReleasedUntil: null, overrides: { quotaBytes: 150 * GB } });
    const ended = (await at.bench.store.notices.list()).filter(({ code }) => code === 'release_ended');
    expect(ended.map(({ message }) => message)).toEqual([
      'svc-1 has another client: the release until 2027-05-01, which the former one had, has ended',
    ]);
    await at.pollAfter(HOUR);
    expect(portState()).toBe('down');
  });

  const pollAt = async (instant: string): Promise<void> => {
    at.bench.clock.set(Date.parse(instant));
    expect((await at.poll()).run.outcome).toBe('done');
  };

  it('lifts the quota hold at once, through polls, until the date', async () => {
    await holdByQuota();
    const { holds, log } = at.sluice;
    const until = '2026-11-25';
    expect((await holds.release('svc-1', { until, dryRun: true })).actions).not.toEqual([]);
    expect(portState()).toBe('down');
    const released = await holds.release('svc-1', { until, note: 'transfer', actor: 'bob' });
    expect([released.run.outcome, portState()]).toEqual(['done', 'up']);
    expect(released).toMatchObject({ stillHeld: [], service: { status: 'over' } });
    await pollAt('2026-11-21T12:00:00Z');
    expect([portState(), (await shown()).quotaReleasedUntil]).toEqual(['up', until]);
    // A manual hold and its end have notes of their own.
    await holds.add('svc-1');
    at.bench.clock.advance(1000);
    await holds.release('svc-1', { note: 'other' });
    expect((await holds.list()).released).toMatchObject([{ service: 'svc-1', until, note: 'transfer' }]);
    // Another date replaces it, and none ends it.
    await holds.release('svc-1', { until: '2026-11-27' });
    await pollAt('2026-11-26T12:00:00Z');
    expect(portState()).toBe('up');
    await pollAt('2026-11-27T00:10:00Z');
    expect([portState(), (await shown()).quotaReleasedUntil]).toEqual(['down', null]);
    await holds.release('svc-1', { until: '2026-12-20' });
    expect(portState()).toBe('up');
    const ended = await holds.release('svc-1', { until: null });
    expect([ended.run.outcome, ended.actions, portState()]).toEqual(['done', [], 'up']);
    await pollAt('2026-11-27T01:00:00Z');
    expect(portState()).toBe('down');
    const { entries } = await log.list({ kinds: ['run'], service: 'svc-1' });
    expect(entries.filter(({ actor }) => actor === 'bob')).toMatchObject([
      { command: 'hold release', service: 'svc-1', note: 'transfer' },
    ]);
  });

  it('refuses other dates, and leaves a manual hold', async () => {
    await holdByQuota();
    const { holds } = at.sluice;
    for (const until of ['2026-11-20', 'soon'])
      await expect(holds.release('svc-1', { until })).rejects.toMatchObject({ kind: 'usage' });
    await expect(holds.release('svc-1', { until: null })).rejects.toMatchObject({ kind: 'conflict' });
    await holds.add('svc-1');
    expect((await holds.release('svc-1', { until: '2026-12-01' })).stillHeld).toEqual(['manual']);
    await holds.release('svc-1');
    expect(portState()).toBe('up');
    await pollAt('2026-12-16T12:00:00Z');
    expect(portState()).toBe('up');
  });
});

describe('what is returned of releases', () => {
  const pollNow = async (): Promise<RunReport> => {
    const { outcome, report } = await pollLater(at, HOUR, { allowMass: true });
    expect(outcome).toBe('done');
    return report;
  };

  it('is what is previewed and done, and that the panel is observed', async () => {
    await holdByQuota();
    const { holds, overrides, plan, panels } = at.sluice;
    const preview = await holds.releaseAll({ dryRun: true });
    expect(preview.totals).toMatchObject({ held: 0, wouldRelease: 1, released: 0, actions: 0, planned: 2 });
    await overrides.set('svc-1', { quota: '1TB' });
    expect((await plan()).totals).toMatchObject({ read: 1, held: 1, wouldRelease: 1, released: 0 });
    await overrides.clear('svc-1');
    const done = await holds.releaseAll();
    expect(done.totals).toMatchObject({ wouldRelease: 0, released: 1, actions: 2, planned: 0 });
    expect((await panels.list()).panels).toMatchObject([{ name: 'dcim', enforce: { value: 'observe' } }]);
    expect((await pollNow()).services[0]).toMatchObject({ status: 'over', holds: [], wouldHold: ['quota'] });
  });

  it('is a hold that a peak keeps until a quota above it', async () => {
    await addServices(at, 3);
    useEach(at, [2, 3], 10);
    at.panel.addTraffic(toIds(1).service, { in: 5000 * GB, out: 0 });
    await pollNow();
    at.panel.resetTraffic(toIds(1).service);
    at.panel.addTraffic(toIds(1).service, { in: 96 * GB, out: 0 });
    await pollNow();
    expect((await shown()).holds).toMatchObject([{ reason: 'quota' }]);
    await at.sluice.overrides.set('svc-1', { quota: '5001GB' });
    await pollNow();
    expect((await shown()).holds).toEqual([]);
  });
});

it('the log names who made each call that changes something, and why', async () => {
  await at.addService(1);
  const calls: [string, (sluice: Sluice, by: CommandOptions) => Promise<unknown>][] = [
    ['service set', ({ services }, by) => services.set('svc-1', { client: '7' }, by)],
    ['override set', ({ overrides }, by) => overrides.set('svc-1', { quota: '1TB' }, by)],
    ['override clear', ({ overrides }, by) => overrides.clear('svc-1', by)],
    ['hold add', ({ holds }, by) => holds.add('svc-1', by)],
    ['hold release', ({ holds }, by) => holds.release('svc-1', by)],
    ['provision suspend', ({ provision }, by) => provision.suspend('svc-1', by)],
    ['observe dcim', ({ panels }, by) => panels.observe('dcim', by)],
    ['poll', (sluice, by) => sluice.poll(by)],
  ];
  for (const [name, call] of calls) await call(at.sluice, { actor: 'bob', note: `why ${name}` });
  const { entries } = await at.sluice.log.list({ kinds: ['run'] });
  expect(entries.reverse().map(({ command, actor, note }) => [command, actor, note])).toEqual([
    ['service add', 'alice', null],
    ...calls.map(([name]) => [name, 'bob', `why ${name}`]),
  ]);
  expect((await at.sluice.overrides.list()).overrides).toMatchObject([{ note: 'why override set' }]);
});

it('a run over a service is refused for another panel, before anything is called', async () => {
  const other = `  other: { kind: easydcim, url: "${at.panel.url}", allowHttp: true, token: x }`;
  await at.bench.edit('products:', `${other}\nproducts:`);
  await at.addService(1);
  at.panel.server.clearCalls();
  for (const command of ['poll', 'reconcile', 'plan'] as const) {
    const refused = at.sluice[command]({ panel: 'other', service: 'svc-1' });
    await expect(refused).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining('"svc-1" is on panel "dcim"') as unknown,
    });
  }
  expect(at.panel.server.calls).toEqual([]);
  expect((await at.poll({ panel: 'dcim', service: 'svc-1' })).run.outcome).toBe('done');
});

it('a release of all on a panel switches it to observe, also where nothing is held there yet', async () => {
  await at.addService(1);
  await at.poll();
  const preview = await at.sluice.holds.releaseAll({ panel: 'dcim', dryRun: true });
  expect(await at.bench.store.switches.list()).toEqual([]);
  const report = await at.sluice.holds.releaseAll({ panel: 'dcim' });
  expect([preview.run.observing, report.run.observing]).toEqual([['dcim'], ['dcim']]);
  at.use(1, 200);
  await at.poll();
  expect(portState()).toBe('up');
});
