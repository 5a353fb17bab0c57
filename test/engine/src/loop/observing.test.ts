import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { listObserving } from '@sluice/engine/words';
import { during } from '../bench/during.js';
import { easyDcimConfig, toIds, startEasyDcimBench } from '../bench/easydcim-bench.js';
import { DAY, GB, HOUR } from '../bench/engine-bench.js';
import { toRows } from '../services/imports.js';
import { addServices, useEach } from './polls.js';
import { useBench } from '../bench/each-test.js';

const LONG = process.env['SLUICE_LONG'] === '1';
const STEP = LONG ? HOUR / 4 : 6 * HOUR;

const at = useBench(() => startEasyDcimBench('enforce: observe'));

const byApi = (): string[] =>
  at.panel.events.filter((event) => event.by === 'api').map((event) => `${event.what} ${event.id}`);
const listHolds = (report: RunReport): Record<string, string[]> =>
  Object.fromEntries(report.services.map((service) => [service.id, service.wouldHold]));

describe('a week under observe', () => {
  it('makes no changing call and stores every sample and would-be hold, over the end of a cycle too', async () => {
    at.bench.clock.set('2026-12-10T00:00:00Z');
    const products = ['ports', 'order', 'both', 'inbound', 'free', 'bare', 'ports'];
    for (const [index, product] of products.entries()) {
      await at.addService(index + 1, { product, values: index === 6 ? { status: 'suspended' } : {} });
      at.panel.setRate(501 + index, { inBytesPerSecond: 100_000, outBytesPerSecond: 50_000 });
    }
    // Over from the first day, over from the third day, and never.
    at.panel.addTraffic(501, { in: 150 * GB, out: 0 });
    at.panel.addTraffic(503, { in: 40 * GB, out: 20 * GB });
    const before = at.panel.snapshot();
    const start = at.bench.clock.now();
    let runs = 0;
    const seen = new Set<string>();
    while (at.bench.clock.now() < start + 7 * DAY) {
      at.bench.clock.advance(STEP);
      const command = (at.bench.clock.now() - start) % DAY === 0 ? 'reconcile' : 'poll';
      const report = await at.sluice[command]();
      expect(report.run.outcome).toBe('done');
      expect(report.run.observing).toEqual(['dcim']);
      for (const service of report.services) {
        expect(service.observing).toBe(true);
        expect(service.actions.every((action) => action.state === 'planned')).toBe(true);
        expect(service.holds).toEqual([]);
        for (const reason of service.wouldHold) seen.add(`${service.id} ${reason}`);
      }
      runs += 1;
    }
    expect([...seen].sort()).toEqual(['svc-1 quota', 'svc-3 quota', 'svc-7 billing']);
    expect(at.panel.server.changingCalls()).toEqual([]);
    expect(at.panel.snapshot()).toEqual(before);
    const last = await at.poll();
    // The 15th began a cycle in which nobody is over.
    expect(listHolds(last)).toMatchObject({ 'svc-1': [], 'svc-3': [], 'svc-7': ['billing'] });
    expect(await at.bench.store.holds.all()).toEqual([]);
    expect(await at.bench.store.evidence.open()).toEqual([]);
    expect(await at.bench.store.actions.list({})).toEqual([]);
    for (const number of [1, 2, 3, 4, 5, 6, 7])
      expect(await at.bench.store.samples.list({ service: `svc-${number}` })).toHaveLength(runs);
    expect(await at.bench.store.cycles.ofService('svc-1')).toHaveLength(2);
    const notices = (await at.bench.store.notices.list({})).filter((notice) => notice.code === 'would_hold');
    expect(notices.map((notice) => notice.service).sort()).toEqual(['svc-1', 'svc-3', 'svc-7', 'svc-7']);
  });
});

it('is in every list', async () => {
  await at.addService(1);
  await at.addService(2);
  await at.addService(3, { values: { protected_until: '2027-01-01' } });
  useEach(at, [1, 3], 150);
  await at.poll();
  const { services, holds } = at.sluice;
  const look = async (): Promise<unknown[]> =>
    (await services.list()).services.map(({ id, status, wouldHold, observing }) => [id, status, wouldHold, observing]);
  expect(await look()).toEqual([
    ['svc-1', 'over', ['quota'], true],
    ['svc-2', 'ok', [], true],
    ['svc-3', 'over', [], true],
  ]);
  expect(await holds.list()).toEqual({ holds: [], released: [] });
  await holds.add('svc-1');
  await holds.add('svc-2');
  expect(await look()).toEqual([
    ['svc-1', 'held', ['quota'], true],
    ['svc-2', 'held', [], true],
    ['svc-3', 'over', [], true],
  ]);
});

it('counts all enforced services of an observed panel, shown or not', async () => {
  for (const number of [1, 2, 3]) await at.addService(number, { product: 'order' });
  for (const number of [4, 5]) await at.addService(number);
  const { sluice } = at.bench;
  expect(listObserving(await at.poll())).toEqual(['dcim']);
  await sluice.panels.enforce('dcim', { product: 'order' });
  const whole = await sluice.poll();
  expect([whole.enforced, listObserving(whole)]).toEqual([
    [{ panel: 'dcim', services: 3 }],
    ['dcim (except 3 enforced services)'],
  ]);
  const short = await sluice.poll({ allServices: false });
  expect([short.services, listObserving(short)]).toEqual([[], ['dcim (except 3 enforced services)']]);
  expect(listObserving(await sluice.plan())).toEqual(['dcim (except 3 enforced services)']);
  const one = await sluice.poll({ service: 'svc-4' });
  expect([one.enforced, listObserving(one)]).toEqual([[], ['dcim']]);
});

describe('a comparison with another tool', () => {
  it('equals a list made by hand', async () => {
    const used = [0, 150, 60, 60, 40.5, 100.4, 99, 0, 30];
    for (const [number, gigabytes] of used.entries()) {
      if (number === 0) continue;
      await at.addService(number);
      if (gigabytes > 0) at.panel.addTraffic(500 + number, { in: Math.round(gigabytes * GB), out: 0 });
    }
    at.bench.clock.advance(HOUR);
    await at.poll();
    const theirs = toRows('service,used_gb,limited', [
      'svc-1,150,yes', // the same
      'svc-2,61,no', // within 1 GB
      'svc-3,70,no', // too far
      'svc-4,40.5,yes', // they limit, we would not
      'svc-5,101.3,no', // within 1 %, but we would hold
      'svc-6,99.9,no', // within 1 % and 1 GB
      'svc-8,,no', // they have no figure, we have
      'old-7,12,yes', // only theirs
      'old-8,,', // only theirs, nothing known
    ]);
    const compared = await at.sluice.usage.compare('dcim', theirs, { file: 'old.csv' });
    expect(compared.totals).toEqual({ agree: 3, differ: 4, onlyOurs: 1, onlyTheirs: 2 });
    const toBytes = (gigabytes: number | null): number | null =>
      gigabytes === null ? null : Math.round(gigabytes * GB);
    const rows: [string, ours: number | null, theirs: number | null, boolean | null, boolean | null, boolean][] = [
      ['svc-1', 150, 150, true, true, true],
      ['svc-2', 60, 61, false, false, true],
      ['svc-3', 60, 70, false, false, false],
      ['svc-4', 40.5, 40.5, false, true, false],
      ['svc-5', 100.4, 101.3, true, false, false],
      ['svc-6', 99, 99.9, false, false, true],
      ['svc-7', 0, null, false, null, false],
      ['svc-8', 30, null, false, false, false],
      ['old-7', null, 12, null, true, false],
      ['old-8', null, null, null, false, false],
    ];
    expect(compared.services.map(({ cause: _cause, name: _name, ...row }) => row)).toEqual(
      rows.map(([service, ours, theirs, held, theirHeld, agrees]) => ({
        ...{ service, usedBytes: toBytes(ours), theirUsedBytes: toBytes(theirs), held, theirHeld, agrees },
      })),
    );
    expect(byApi()).toEqual([]);
  });
});

describe('going live', () => {
  beforeEach(async () => {
    for (const [index, product] of ['ports', 'order', 'both', 'order'].entries())
      await at.addService(index + 1, { product });
    useEach(at, [1, 2, 3, 4], 200);
    await at.poll();
  });

  it('enforcing one product shows the first run and then changes the services of that product and no other', async () => {
    const { panels } = at.sluice;
    const plan = await panels.planEnforcing('dcim', { product: 'order' });
    const answer = await panels.enforce('dcim', { product: 'order' });
    const set = { source: 'switch', since: '2026-11-20T13:00:00.000Z', by: 'alice' };
    expect(answer).toEqual({
      panel: 'dcim',
      product: 'order',
      productName: 'order',
      enforce: 'on',
      plan: null,
      ...set,
    });
    expect(plan.services.map((service) => [service.id, service.actions])).toEqual([
      ['svc-2', [{ type: 'suspend-order', target: '902', name: expect.any(String) as unknown, state: 'planned' }]],
      ['svc-4', [{ type: 'suspend-order', target: '904', name: expect.any(String) as unknown, state: 'planned' }]],
    ]);
    expect(plan.totals).toMatchObject({ services: 2, wouldHold: 2, planned: 2 });
    expect(new Set(plan.notices.map(({ service }) => service))).toEqual(new Set(['svc-2', 'svc-4']));
    expect(byApi()).toEqual([]);
    const polled = await at.poll();
    expect(polled.run.observing).toEqual(['dcim']);
    expect(polled.services.map((service) => [service.id, service.observing])).toEqual([
      ['svc-1', true],
      ['svc-2', false],
      ['svc-3', true],
      ['svc-4', false],
    ]);
    expect(byApi().sort()).toEqual(['suspend-order 902', 'suspend-order 904']);
    await at.sluice.reconcile();
    expect(byApi()).toHaveLength(2);
    await at.sluice.panels.enforce('dcim');
    await at.poll();
    expect(byApi().sort()).toEqual([
      'disable-port 7011',
      'disable-port 7012',
      'disable-port 7031',
      'disable-port 7032',
      'suspend-order 902',
      'suspend-order 903',
      'suspend-order 904',
    ]);
  });

  it('says everywhere that one product is enforced, since when and by whom', async () => {
    const { holds, metrics, panels } = at.sluice;
    await panels.enforce('dcim', { product: 'order', actor: 'maria@desk' });
    const since = new Date(at.bench.clock.now()).toISOString();
    const order = { product: 'order', productName: 'order', value: 'on', source: 'switch', since, by: 'maria@desk' };
    const [panel] = (await panels.list()).panels;
    expect(panel?.enforce).toEqual({ value: 'observe', source: 'enforce', since: null, by: null, except: [order] });
    const samples = (await metrics()).metrics.find(({ name }) => name === 'sluice_enforce')?.samples;
    for (const [product, value] of Object.entries({ '': 0, ports: 0, order: 1 }))
      expect(samples).toContainEqual({ labels: { panel: 'dcim', product }, value });
    expect((await at.poll()).totals.held).toBe(2);
    await holds.releaseAll({ actor: 'tom@desk' });
    const [released] = (await panels.list()).panels;
    expect(released?.enforce).toMatchObject({ value: 'observe', source: 'switch', since, by: 'tom@desk', except: [] });
  });

  it('says which product of an enforced panel the config only observes', async () => {
    await at.bench.edit('enforce: observe', 'enforce: on');
    await at.bench.edit('action: suspend-order }', 'action: suspend-order, enforce: observe }');
    const { panels } = await at.sluice.panels.list();
    const setting = { source: 'products.order.enforce', since: null, by: null };
    expect(panels[0]?.enforce.except).toEqual([
      { product: 'order', productName: 'order', value: 'observe', ...setting },
    ]);
  });

  it('observe covers all products again, and the config applies again without switches', async () => {
    await at.sluice.panels.enforce('dcim', { product: 'order' });
    expect(await at.sluice.panels.observe('dcim')).toEqual({
      panel: 'dcim',
      product: null,
      productName: null,
      enforce: 'observe',
      source: 'switch',
      since: '2026-11-20T13:00:00.000Z',
      by: 'alice',
      plan: null,
    });
    await at.poll();
    expect(byApi()).toEqual([]);
    await at.sluice.panels.enforce('dcim');
    const dropped = await at.sluice.panels.asConfigured('dcim');
    expect(dropped).toMatchObject({ enforce: 'observe', source: 'enforce', plan: null });
    await at.poll();
    expect(byApi()).toEqual([]);
    await at.bench.configure(easyDcimConfig(at.panel.url, 'enforce: on'));
    await at.poll({ allowMass: true });
    expect(byApi()).toHaveLength(7);
  });
});

describe('observe while a run is under way', () => {
  it('stops it at once: what is begun is finished, nothing more is changed', async () => {
    await at.bench.configure(easyDcimConfig(at.panel.url, 'enforce: on', ', concurrency: 4'));
    const services = await addServices(at, 30);
    useEach(at, services, 200);
    const isChange = ({ changing }: { changing: boolean }): boolean => changing;
    const poll = (): Promise<RunReport> => at.poll({ allowMass: true });
    const end = await during(at.panel.server, isChange, poll, () => at.sluice.panels.observe('dcim'), 60);
    expect(end.run.outcome).toBe('done');
    expect(end.run.observing).toEqual(['dcim']);
    // Those that had been told to go when the switch was set; 60 ports were to be shut.
    const changed = at.panel.events.length;
    expect(changed).toBeLessThanOrEqual(16);
    expect(at.panel.server.totals.changing).toBe(changed);
    expect(await at.bench.store.evidence.open()).toHaveLength(changed);
    expect(await at.bench.store.actions.unresolved()).toEqual([]);
    await at.poll();
    await at.sluice.reconcile();
    expect(at.panel.events).toHaveLength(changed);
    await at.sluice.panels.enforce('dcim');
    expect((await at.poll({ allowMass: true })).run.outcome).toBe('done');
    const down = services.filter((number) => at.panel.port(toIds(number).port(2)).adminState === 'down');
    expect(down).toEqual(services);
    expect(at.panel.events.filter((event) => !event.changed)).toEqual([]);
  });
});
