import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RunOptions, RunReport } from '@sluice/engine';
import { useBench } from '../bench/each-test.js';
import { toIds, startEasyDcimBench } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';

const { port, order } = toIds(1);
const OTHER = { serverId: 399, ports: [{ id: 7911, name: 'eth0' }] };

const at = useBench(startEasyDcimBench);

const toState = (id: number): string => at.panel.port(id).adminState;
const toStatus = (id: number): string => at.panel.order(id).status;
const targets = async (): Promise<string[]> =>
  (await at.bench.store.evidence.open()).map(({ kind, target }) => `${kind} ${target}`).sort();

const poll = (options?: RunOptions): Promise<RunReport> => at.pollAfter(HOUR, options);

/** A service that is held, with one of its two ports shut by staff before. */
async function hold(product: string): Promise<void> {
  await at.addService(1, {
    product,
    ports: [
      { id: port(1), name: 'eth0' },
      { id: port(2), name: 'eth1', adminState: 'down' },
    ],
  });
  at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
  expect((await poll()).run.outcome).toBe('done');
}

const told = ({ notices }: Pick<RunReport, 'notices'>): string[] =>
  notices.filter(({ code }) => code === 'restriction_gone').map(({ message }) => message);

describe('a held service that the panel gives another server', () => {
  beforeEach(() => hold('ports'));

  it('has its old ports enabled and its new ones disabled', async () => {
    at.panel.moveService(501, OTHER);
    const report = await poll();
    expect([report.run.outcome, report.services[0]?.error]).toEqual(['done', null]);
    expect([port(1), port(2), 7911].map(toState)).toEqual(['up', 'down', 'down']);
    expect(await targets()).toEqual(['port 7911']);
    expect((await poll()).totals.actions).toBe(0);
    await at.bench.sluice.overrides.set('svc-1', { unlimited: true });
    expect((await poll()).run.outcome).toBe('done');
    expect([toState(port(2)), toState(7911), await targets()]).toEqual(['down', 'up', []]);
  });

  it('has its old ports enabled where its hold ends at the same time', async () => {
    at.panel.moveService(501, OTHER);
    await at.bench.sluice.overrides.set('svc-1', { unlimited: true });
    expect((await poll()).run.outcome).toBe('done');
    expect([port(1), port(2), 7911].map(toState)).toEqual(['up', 'down', 'up']);
    expect(await targets()).toEqual([]);
  });

  it('keeps nothing of an old port that staff have enabled, or that no longer exists', async () => {
    at.panel.moveService(501, OTHER);
    at.panel.deletePort(port(1));
    const first = await poll();
    expect([first.run.outcome, told(first)]).toEqual(['done', [expect.stringContaining(`port ${port(1)}`)]]);
    expect(await targets()).toEqual(['port 7911']);
    expect(told(await poll())).toEqual([]);
    at.panel.moveService(501, { serverId: 398, ports: [{ id: 7921, name: 'eth0' }] });
    at.panel.staffEnablePort(7911);
    at.panel.server.clearCalls();
    expect((await poll()).run.outcome).toBe('done');
    expect(at.panel.server.changingCalls().map(({ path }) => path)).toEqual([expect.stringContaining('7921/disable')]);
    expect(await targets()).toEqual(['port 7921']);
  });

  it('keeps the evidence while an old port can not be read', async () => {
    at.panel.moveService(501, OTHER);
    const match = ({ path }: { path: string }): boolean => path.endsWith(`/ports/${port(1)}`);
    at.panel.server.inject({ match, fault: { kind: 'status', status: 500 } });
    const report = await poll();
    expect([report.run.outcome, report.services[0]?.error?.code]).toEqual(['partial', 'port_gone']);
    expect(await targets()).toEqual([`port ${port(1)}`, 'port 7911']);
    at.panel.server.clearFaults();
    expect((await poll()).run.outcome).toBe('done');
    expect([toState(port(1)), await targets()]).toEqual(['up', ['port 7911']]);
  });

  it('passes an old port on to the hold of the service that has it now', async () => {
    at.panel.moveService(501, OTHER);
    await at.bench.sluice.services.set('svc-1', { easydcim_server_id: '399' });
    await at.addService(2, { serverId: 301, ports: [{ id: port(1), name: 'eth0' }] });
    at.panel.addTraffic(502, { in: 200 * GB, out: 0 });
    await poll({ allowMass: true });
    expect((await poll()).run.outcome).toBe('done');
    expect([port(1), 7911].map(toState)).toEqual(['down', 'down']);
    await at.bench.sluice.overrides.set('svc-2', { unlimited: true });
    expect((await poll()).run.outcome).toBe('done');
    expect([port(1), 7911].map(toState)).toEqual(['up', 'down']);
  });

  it.each(['poll', 'plan'] as const)(
    'changes nothing where only the list lacks a port of its server (%s)',
    async (command) => {
      at.panel.server.inject({
        match: ({ endpoint }) => endpoint.endsWith('/services/{id}/ports'),
        fault: {
          kind: 'mutate',
          change: () => ({ data: [{ id: 7999, name: 'eth9', admin_state: 'up', item_id: 301 }] }),
        },
      });
      await at.bench.sluice[command]();
      expect([toState(port(1)), await targets()]).toEqual(['down', expect.arrayContaining([`port ${port(1)}`])]);
    },
  );
});

describe('a held service that gets other ids', () => {
  const IDS = { easydcim_service_id: '502', easydcim_order_id: '902', easydcim_server_id: '302' };

  beforeEach(async () => {
    await hold('both');
    at.panel.addService({ id: 502, orderId: 902, serverId: 302, user: 12, ports: [{ id: port(3), name: 'eth0' }] });
    at.panel.addTraffic(502, { in: 200 * GB, out: 0 });
    await at.bench.sluice.services.set('svc-1', IDS);
  });

  it('is released on the old object and held on the new one', async () => {
    const report = await poll();
    expect([report.run.outcome, report.services[0]?.error]).toEqual(['done', null]);
    expect([toStatus(order), toState(port(1)), toState(port(2))]).toEqual(['active', 'up', 'down']);
    expect([toStatus(902), toState(port(3))]).toEqual(['suspended', 'down']);
    expect(await targets()).toEqual(['order 902', `port ${port(3)}`]);
    expect((await poll()).totals.actions).toBe(0);
  });

  it('is released on an order that it no longer names, as by a command', async () => {
    await at.bench.sluice.services.set('svc-1', { easydcim_order_id: '' });
    await at.bench.sluice.overrides.set('svc-1', { unlimited: true });
    expect((await at.bench.sluice.provision.renew('svc-1')).run.outcome).toBe('done');
    expect([toStatus(order), toStatus(902), toState(port(1))]).toEqual(['active', 'active', 'up']);
    expect(await targets()).toEqual([]);
  });

  it('loses the evidence of an old order that no longer exists', async () => {
    at.panel.deleteOrder(order);
    const report = await poll();
    expect([report.run.outcome, told(report)]).toEqual(['done', [expect.stringContaining(`order ${order}`)]]);
    expect(await targets()).toEqual(['order 902', `port ${port(3)}`]);
    expect(toState(port(1))).toBe('up');
  });

  it('loses the evidence of an old order that was terminated', async () => {
    at.panel.staffTerminateOrder(order);
    const report = await poll();
    expect([report.run.outcome, told(report)]).toEqual(['done', [expect.stringContaining(`order ${order}`)]]);
    expect(await targets()).toEqual(['order 902', `port ${port(3)}`]);
    expect(told(await poll())).toEqual([]);
  });

  it('resolves what was in doubt on the old object', async () => {
    await at.bench.sluice.services.set('svc-1', {
      easydcim_service_id: '501',
      easydcim_order_id: '901',
      easydcim_server_id: '301',
    });
    await at.bench.sluice.overrides.set('svc-1', { unlimited: true });
    const match = ({ endpoint }: { endpoint: string }): boolean => endpoint.endsWith('/service/unsuspend');
    at.panel.server.inject({ match, times: 1, fault: { kind: 'cut' } });
    await poll();
    expect(toStatus(order)).toBe('suspended');
    await at.bench.sluice.services.set('svc-1', IDS);
    expect((await poll()).run.outcome).toBe('done');
    expect([toStatus(order), await targets()]).toEqual(['active', []]);
    expect(await at.bench.store.actions.unresolved()).toEqual([]);
  });
});

describe('a held service that the panel has no longer', () => {
  it('is released on the ports that are left, and the order that is gone is dropped', async () => {
    await hold('both');
    at.panel.deleteOrder(order);
    await poll();
    expect([toState(port(1)), await targets()]).toEqual(['down', [`order ${order}`, `port ${port(1)}`]]);
    const released = await at.bench.sluice.holds.release('svc-1', { until: '2026-12-01' });
    expect(told(released)).toEqual([expect.stringContaining(`order ${order}`)]);
    expect([toState(port(1)), toState(port(2)), await targets()]).toEqual(['up', 'down', []]);
  });
});

describe('a held service whose order was terminated', () => {
  beforeEach(async () => {
    await hold('order');
    expect(await targets()).toEqual([`order ${order}`]);
    at.panel.staffTerminateOrder(order);
  });

  it.each(['nested', 'flat'] as const)('loses its evidence, and says what can not be done (%s)', async (style) => {
    at.panel.answers.orders.style = style;
    const report = await poll();
    expect(told(report)).toEqual([expect.stringContaining(`order ${order}`)]);
    expect(report.services[0]?.error?.code).toBe('no_order');
    expect(await targets()).toEqual([]);
    expect(told(await poll())).toEqual([]);
    await at.bench.sluice.overrides.set('svc-1', { unlimited: true });
    expect((await poll()).run.outcome).toBe('done');
  });

  it('is released, and can be removed', async () => {
    const released = await at.bench.sluice.holds.release('svc-1', { until: '2026-12-01' });
    expect([released.run.outcome, told(released), await targets()]).toEqual(['done', [expect.anything()], []]);
    expect(toStatus(order)).toBe('terminated');
    await at.bench.sluice.services.set('svc-1', { status: 'terminated' });
    await at.bench.sluice.reconcile();
    await at.bench.sluice.services.remove('svc-1');
  });

  it('resolves a suspension in doubt as not made', async () => {
    await at.bench.sluice.services.set('svc-1', { easydcim_order_id: '903', easydcim_service_id: '503' });
    at.panel.addService({ id: 503, orderId: 903, serverId: 301, user: 11, ports: [{ id: port(5), name: 'eth0' }] });
    at.panel.addTraffic(503, { in: 200 * GB, out: 0 });
    const match = ({ endpoint }: { endpoint: string }): boolean => endpoint.endsWith('/service/suspend');
    at.panel.server.inject({ match, times: 1, fault: { kind: 'cut' } });
    await poll();
    at.panel.staffTerminateOrder(903);
    await poll();
    expect([await at.bench.store.actions.unresolved(), await targets()]).toEqual([[], []]);
  });
});
