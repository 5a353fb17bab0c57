import { afterEach, describe, expect, it } from '@jest/globals';
import { startEasyDcimBench, toIds, type EasyDcimBench } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { type FlvxBench, startFlvxBench } from '../bench/flvx-bench.js';
import { addServices, useEach } from './polls.js';

let dcim: EasyDcimBench | null = null;
let flvx: FlvxBench | null = null;
afterEach(async () => {
  await dcim?.close();
  await flvx?.close();
  dcim = flvx = null;
});

const startDcim = async (): Promise<EasyDcimBench> => (dcim = await startEasyDcimBench());
const startFlvx = async (): Promise<FlvxBench> => (flvx = await startFlvxBench());

const isDown = (at: EasyDcimBench, number: number): boolean =>
  at.panel.port(toIds(number).port(1)).adminState === 'down';
const isSuspended = (at: EasyDcimBench, number: number): boolean =>
  at.panel.order(toIds(number).order).status === 'suspended';

/** Adds services to EasyDCIM that have used their quota, and has them held. */
async function holdDcim(at: EasyDcimBench, count: number, product: string): Promise<number[]> {
  const numbers = await addServices(at, count, product);
  useEach(at, numbers, 150);
  const { totals } = await at.poll({ allowMass: true });
  expect(totals.held).toBe(count);
  return numbers;
}

/** Adds services to FLVX that have used their quota, and has them held; gives their forwards. */
async function holdFlvx(at: FlvxBench, count: number): Promise<number[]> {
  const forwards: number[] = [];
  for (const number of [...Array(count).keys()]) {
    const user = await at.create(number + 1, { product: 'slow' });
    forwards.push(at.panel.addForward(user, at.tunnels.hk, { name: 'web', port: 10_000 + number }));
  }
  expect((await at.poll()).run.outcome).toBe('done');
  for (const forward of forwards) at.panel.traffic(forward, 150 * GB);
  at.bench.clock.advance(HOUR);
  expect((await at.poll({ allowMass: true })).run.outcome).toBe('done');
  return forwards;
}

describe('a product that is missing in the config', () => {
  it('changes nothing on the panel, and no hold, until it is back', async () => {
    const at = await startDcim();
    await holdDcim(at, 1, 'order');
    await at.addService(2, { product: 'free' });
    await at.bench.edit('  order:', '  renamed:');
    at.bench.clock.advance(HOUR);
    for (const command of ['poll', 'reconcile'] as const) {
      const { run, services } = await at.sluice[command]();
      expect(run.outcome).toBe('partial');
      expect(services.find(({ id }) => id === 'svc-1')).toMatchObject({
        status: 'failed',
        holds: [{ reason: 'quota' }],
        actions: [],
        error: { code: 'unknown_product' },
      });
      expect([isDown(at, 1), isSuspended(at, 1)]).toEqual([false, true]);
    }
    await at.bench.edit('  renamed:', '  order:');
    expect((await at.poll()).totals).toMatchObject({ held: 1, actions: 0 });
    expect((await at.sluice.holds.releaseAll()).run.outcome).toBe('done');
    expect([isDown(at, 1), isSuspended(at, 1)]).toEqual([false, false]);
  });

  it('resolves an action in doubt by reading, without a change', async () => {
    const at = await startDcim();
    await at.addService(1, { product: 'order' });
    at.use(1, 150);
    const match = ({ endpoint }: { endpoint: string }): boolean => endpoint.endsWith('/suspend');
    at.panel.server.inject({ match, times: 1, when: 'after', fault: { kind: 'cut' } });
    const reading = ({ method, endpoint }: { method: string; endpoint: string }): boolean =>
      method === 'GET' && endpoint.includes('/orders/') && at.panel.server.changingCalls().length > 0;
    const mend = at.panel.server.inject({ match: reading, fault: { kind: 'cut' } });
    await at.poll();
    mend();
    const unresolved = (): Promise<unknown[]> => at.bench.store.actions.unresolved();
    expect(await unresolved()).toHaveLength(1);
    await at.bench.edit('  order:', '  renamed:');
    at.bench.clock.advance(HOUR);
    const calls = at.panel.server.changingCalls().length;
    const { services } = await at.poll();
    expect(services[0]).toMatchObject({ error: { code: 'unknown_product' }, holds: [{ reason: 'quota' }] });
    expect([await unresolved(), at.panel.server.changingCalls().length]).toEqual([[], calls]);
    expect(await at.bench.store.evidence.open()).toHaveLength(1);
    expect((await at.sluice.holds.releaseAll()).run.outcome).toBe('done');
    expect(isSuspended(at, 1)).toBe(false);
  });

  it('leaves a slow customer slow on FLVX', async () => {
    const at = await startFlvx();
    const [forward] = await holdFlvx(at, 1);
    const limited = at.panel.permission(3, at.tunnels.hk)?.speedId;
    await at.bench.edit('  slow:', '  renamed:');
    at.bench.clock.advance(HOUR);
    for (const command of ['poll', 'reconcile'] as const) {
      expect((await at.sluice[command]()).services[0]?.actions).toEqual([]);
      expect(at.panel.runningForwards()).toContain(forward);
      expect(at.panel.permission(3, at.tunnels.hk)?.speedId).toBe(limited);
    }
  });
});

describe('a panel that is missing in the config', () => {
  const remove = (at: EasyDcimBench): Promise<unknown> =>
    at.bench.configure(
      at.bench.text
        .replace('  dcim: {', '  new: {')
        .replaceAll('panel: dcim', 'panel: new')
        .replaceAll('//127.0.0.1:', '//localhost:'),
    );
  const said =
    '1 service has the panel "dcim", which is not in the config: nothing is read or changed there; 1 is held and stays restricted (svc-1)';

  it('fails each run with the services that stay held, is one notice, and fails in doctor', async () => {
    const at = await startDcim();
    await holdDcim(at, 1, 'order');
    const config = at.bench.text;
    await remove(at);
    const told: number[] = [];
    for (const command of ['poll', 'poll', 'reconcile', 'plan'] as const) {
      const { run, panels, notices } = await at.sluice[command]();
      expect([command, run.outcome]).toEqual([command, 'failed']);
      expect(panels).toEqual([{ panel: 'dcim', error: { code: 'panel_removed', message: said } }]);
      told.push(notices.length);
    }
    expect(told).toEqual([1, 0, 0, 1]);
    const { checks } = await at.sluice.panels.doctor();
    expect(checks).toContainEqual(expect.objectContaining({ status: 'failed', message: said }));
    expect([isDown(at, 1), isSuspended(at, 1)]).toEqual([false, true]);

    await at.bench.configure(config);
    expect((await at.poll()).run.outcome).toBe('done');
    await remove(at);
    at.bench.clock.advance(HOUR);
    expect((await at.poll()).notices).toHaveLength(1);
  });

  it('is listed by panels and overview, and is a notice of a reconcile', async () => {
    const at = await startDcim();
    await holdDcim(at, 1, 'order');
    await remove(at);
    const { notices } = await at.sluice.reconcile();
    expect(notices.map(({ code, message }) => [code, message])).toEqual([['panel_removed', said]]);
    const removed = [{ panel: 'dcim', services: ['svc-1'], held: ['svc-1'], agents: [], message: said }];
    expect(await at.sluice.panels.list()).toMatchObject({ removed });
    expect(await at.sluice.overview()).toMatchObject({ removed });
  });

  it('has its holds and alarms in the metrics', async () => {
    const at = await startDcim();
    await holdDcim(at, 1, 'order');
    at.panel.resetTraffic(toIds(1).service);
    at.bench.clock.advance(HOUR);
    await at.poll();
    const { alarms } = await at.sluice.notices.alarms();
    expect(alarms.map(({ code, panel }) => [code, panel])).toEqual([['usage_fell', 'dcim']]);
    await remove(at);
    const { metrics } = await at.sluice.metrics();
    const read = (family: string): unknown[] =>
      (metrics.find(({ name }) => name === family)?.samples ?? [])
        .filter(({ labels, value }) => labels['panel'] === 'dcim' && value > 0)
        .map(({ labels, value }) => ({ ...labels, value }));
    const acknowledged = 'no';
    expect(read('sluice_alarms')).toEqual([{ panel: 'dcim', code: 'usage_fell', acknowledged, value: 1 }]);
    expect(read('sluice_holds')).toEqual([{ panel: 'dcim', reason: 'quota', value: 1 }]);
  });

  it('is reported with a release that is not done yet', async () => {
    const at = await startDcim();
    await holdDcim(at, 1, 'order');
    at.panel.server.inject({ endpoint: /./, fault: { kind: 'status', status: 503, body: {} } });
    await at.sluice.holds.release('svc-1', { until: '2026-12-01' });
    await remove(at);
    expect((await at.poll()).panels).toEqual([{ panel: 'dcim', error: { code: 'panel_removed', message: said } }]);
    const { removed, totals } = await at.sluice.overview();
    expect([removed[0]?.held, totals.held]).toEqual([['svc-1'], 1]);
  });

  it('is named with the way back by what needs it', async () => {
    const at = await startDcim();
    await holdDcim(at, 1, 'order');
    await remove(at);
    const { holds, services } = at.sluice;
    await expect(holds.release('svc-1')).rejects.toThrow(
      'There is no panel "dcim" in the config: put it back there; known: new',
    );
    await expect(services.remove('svc-1')).rejects.toThrow(
      '"svc-1" is held (quota), and panel "dcim" is not in the config: put it back there, and release the service first; if the panel is gone for good, give the service the status terminated',
    );
  });

  it('is gone for good with what was held there, once its services are terminated and removed', async () => {
    const at = await startDcim();
    await holdDcim(at, 1, 'order');
    await remove(at);
    const { services } = at.sluice;
    await services.set('svc-1', { status: 'terminated' });
    await services.remove('svc-1');
    const { run, panels } = await at.poll();
    expect([run.outcome, panels]).toEqual(['done', []]);
    expect(await at.bench.store.evidence.open()).toEqual([]);
    expect([isDown(at, 1), isSuspended(at, 1)]).toEqual([false, true]);
  });

  it('makes a run partial that has other panels', async () => {
    const at = await startDcim();
    await holdDcim(at, 1, 'order');
    await remove(at);
    const [service] = await at.bench.store.services.list();
    if (service === undefined) throw new Error('no service');
    const other = { ...service, id: 'svc-2', panel: 'new', product: 'free', refs: { easydcim_service_id: '502' } };
    await at.bench.store.services.put([other]);
    at.panel.addService({ id: 502, orderId: 902, serverId: 302, user: 12, ports: [] });
    expect((await at.poll()).run.outcome).toBe('partial');
    expect((await at.poll({ panel: 'new' })).run.outcome).toBe('done');
  });
});

describe('a product with another action', () => {
  it('stops at the brake where it would restrict many held services harder, once', async () => {
    const at = await startDcim();
    const held = await holdDcim(at, 12, 'order');
    await at.bench.edit('action: suspend-order', 'action: disable-ports');
    at.bench.clock.advance(HOUR);
    expect((await at.poll()).run.outcome).toBe('brake');
    expect(held.filter((number) => isDown(at, number))).toEqual([]);
    expect((await at.poll({ allowMass: true })).run.outcome).toBe('done');
    expect(held.filter((number) => isDown(at, number))).toEqual(held);
    at.bench.clock.advance(HOUR);
    expect((await at.poll()).run.outcome).toBe('done');
  });

  it('keeps the last restriction of its holds when it is missing afterwards', async () => {
    const at = await startDcim();
    await holdDcim(at, 1, 'order');
    await at.bench.edit('action: suspend-order', 'action: both');
    expect((await at.poll()).run.outcome).toBe('done');
    await at.bench.edit('  order:', '  renamed:');
    expect((await at.poll()).services[0]?.actions).toEqual([]);
    expect([isDown(at, 1), isSuspended(at, 1)]).toEqual([true, true]);
    expect(await at.bench.store.holds.all()).toMatchObject([{ restriction: 'both' }]);
  });

  it('stops two of three slow customers on FLVX only where mass changes are allowed, and lets them go slower at once', async () => {
    const at = await startFlvx();
    const forwards = await holdFlvx(at, 3);
    await at.bench.edit('action: throttle', 'action: pause');
    at.bench.clock.advance(HOUR);
    expect((await at.poll()).run.outcome).toBe('brake');
    expect(at.panel.runningForwards()).toEqual(expect.arrayContaining(forwards));
    expect((await at.poll({ allowMass: true })).run.outcome).toBe('done');
    expect(forwards.filter((forward) => at.panel.runningForwards().includes(forward))).toEqual([]);
    await at.bench.edit('action: pause', 'action: throttle');
    expect((await at.poll()).run.outcome).toBe('done');
    expect(at.panel.runningForwards()).toEqual(expect.arrayContaining(forwards));
  });
});
