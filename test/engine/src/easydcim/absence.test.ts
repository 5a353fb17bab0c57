import { describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import type { FakeCall } from '@sluice/fake-panels';
import { useBench } from '../bench/each-test.js';
import { toIds, startEasyDcimBench } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';

const { port, order } = toIds(1);
const at = useBench(startEasyDcimBench);

const poll = (): Promise<RunReport> => at.pollAfter(HOUR / 4, { allowMass: true });
const targets = async (): Promise<string[]> =>
  (await at.bench.store.evidence.open()).map(({ kind, target }) => `${kind} ${target}`).sort();
const gone = ({ notices }: Pick<RunReport, 'notices'>): string[] =>
  notices.flatMap(({ code, message }) => (code === 'restriction_gone' ? [message] : []));
const release = (id: string) => at.bench.sluice.overrides.set(id, { unlimited: true });

/** Lets the panel answer 404 to these calls. */
function hide(match: (call: FakeCall) => boolean): void {
  at.panel.server.inject({ match, fault: { kind: 'status', status: 404 } });
}

async function hold(product: string, numbers = [1]): Promise<void> {
  for (const number of numbers) {
    await at.addService(number, { product, ports: [{ id: toIds(number).port(1), name: 'eth0' }] });
    at.panel.addTraffic(500 + number, { in: 200 * GB, out: 0 });
  }
  expect((await poll()).run.outcome).toBe('done');
}

describe('a 404 that is not about the object', () => {
  it('ends nothing where the whole panel answers it', async () => {
    const numbers = [1, 2, 3];
    await hold('both', numbers);
    const before = await targets();
    expect(before).toHaveLength(6);
    hide(() => true);
    expect(gone(await poll())).toEqual([]);
    for (const number of numbers) await release(`svc-${number}`);
    expect(gone(await poll())).toEqual([]);
    expect(await targets()).toEqual(before);
    at.panel.server.clearFaults();
    expect((await poll()).run.outcome).toBe('done');
    expect(numbers.map((number) => at.panel.port(toIds(number).port(1)).adminState)).toEqual(['up', 'up', 'up']);
    expect(numbers.map((number) => at.panel.order(toIds(number).order).status)).toEqual(Array(3).fill('active'));
  });

  it.each([[[1]], [[1, 2]]])('leaves no order suspended that is released meanwhile (services %j)', async (numbers) => {
    await hold('order', numbers);
    await release('svc-1');
    hide(({ path }) => path.includes('/admin/orders/'));
    const report = await poll();
    expect([gone(report), report.services[0]?.error?.code]).toEqual([[], 'PANEL_NOT_FOUND']);
    at.panel.server.clearFaults();
    expect((await poll()).run.outcome).toBe('done');
    expect([at.panel.order(order).status, await targets()]).toEqual([
      'active',
      numbers.slice(1).map((number) => `order ${toIds(number).order}`),
    ]);
  });

  it('leaves no order suspended that its service does not name any more', async () => {
    await hold('order');
    await at.bench.sluice.services.set('svc-1', { easydcim_order_id: '' });
    hide(({ path }) => path.includes('/admin/orders/'));
    const report = await poll();
    expect([gone(report), report.services[0]?.error?.code]).toEqual([[], 'order_changed']);
    at.panel.server.clearFaults();
    await poll();
    expect([at.panel.order(order).status, await targets()]).toEqual(['active', []]);
  });

  it('leaves no order suspended where the token sees none any more', async () => {
    await hold('order');
    await release('svc-1');
    const fault = { kind: 'mutate', change: () => ({ data: [] }) } as const;
    at.panel.server.inject({ match: ({ endpoint }) => endpoint.endsWith('/admin/orders'), fault });
    hide(({ path }) => path.includes('/admin/orders/'));
    expect(gone(await poll())).toEqual([]);
    expect(await targets()).toEqual([`order ${order}`]);
  });

  it('leaves no port disabled that an empty list lacks', async () => {
    await hold('ports');
    const fault = { kind: 'mutate', change: () => ({ data: [] }) } as const;
    at.panel.server.inject({ match: ({ endpoint }) => endpoint.endsWith('/services/{id}/ports'), fault });
    hide(({ path }) => path.includes('/admin/ports/'));
    const report = await poll();
    expect([gone(report), report.services[0]?.error?.code]).toEqual([[], 'port_gone']);
    expect(report.services[0]?.error?.message).toContain('No other object of its kind shows');
    at.panel.server.clearFaults();
    expect(await targets()).toEqual([`port ${port(1)}`]);
    await release('svc-1');
    expect((await poll()).run.outcome).toBe('done');
    expect(at.panel.port(port(1)).adminState).toBe('up');
  });

  it('is no proof where the panel recovers before another object answers', async () => {
    await hold('order', [1, 2]);
    await release('svc-1');
    at.panel.server.inject({
      match: ({ path }) => path.endsWith(`/admin/orders/${order}`),
      times: 1,
      fault: { kind: 'status', status: 404 },
    });
    expect(gone(await poll())).toEqual([]);
    expect((await poll()).run.outcome).toBe('done');
    expect(at.panel.order(order).status).toBe('active');
  });

  it('leaves no port disabled of a service whose list is 404 and that is not known to be gone', async () => {
    await hold('ports');
    await at.bench.sluice.services.set('svc-1', { easydcim_order_id: '', easydcim_user: '11' });
    at.panel.behaviour.adminWithoutImpersonation = 'own';
    at.panel.deleteService(501);
    await at.bench.sluice.holds.release('svc-1', { until: '2026-12-01' });
    expect([at.panel.port(port(1)).adminState, await targets()]).toEqual(['up', []]);
  });

  it('ends nothing by a command for one service where the token sees nothing, though others are known', async () => {
    await hold('both', [1, 2]);
    const fault = { kind: 'mutate', change: () => ({ data: [] }) } as const;
    at.panel.server.inject({ match: ({ path }) => /\/(orders|services)$/.test(path), fault });
    hide(({ path }) => /\/(orders|services|ports)\/\d/.test(path));
    const before = await targets();
    const released = await at.bench.sluice.holds.release('svc-1', { until: '2026-12-01' });
    expect([gone(released), await targets()]).toEqual([[], before]);
  });

  it('shows no service as gone whose order could not be read', async () => {
    await hold('ports', [1, 2]);
    await at.bench.sluice.services.set('svc-1', { status: 'terminated' });
    hide(({ path }) => path.includes('/services/501'));
    const match = ({ path }: FakeCall): boolean => path.includes(`/admin/orders/${order}`);
    at.panel.server.inject({ match, fault: { kind: 'status', status: 500 } });
    at.bench.clock.advance(HOUR);
    await at.bench.sluice.reconcile();
    expect(await targets()).toContain(`port ${port(1)}`);
  });
});

describe('an object that is gone', () => {
  it('is known by a port of another service', async () => {
    await hold('ports', [1, 2]);
    at.panel.deletePort(port(1));
    const report = await poll();
    expect(gone(report)).toEqual([expect.stringContaining(`port ${port(1)}`)]);
    expect(await targets()).toEqual([`port ${toIds(2).port(1)}`]);
  });

  it('is known by the port of a service that is not held', async () => {
    await hold('ports');
    await at.addService(2, { ports: [{ id: toIds(2).port(1), name: 'eth0' }] });
    at.panel.deletePort(port(1));
    const report = await at.bench.sluice.reconcile();
    expect(gone(report)).toEqual([expect.stringContaining(`port ${port(1)}`)]);
  });

  it('is known by another order, and a service by its own', async () => {
    await hold('both', [1, 2]);
    at.panel.deleteOrder(order);
    at.panel.deletePort(port(1));
    await at.bench.sluice.services.set('svc-2', { easydcim_user: '12' });
    at.panel.behaviour.adminWithoutImpersonation = 'own';
    at.panel.deleteService(502);
    const give = (id: string) => at.bench.sluice.holds.release(id, { until: '2026-12-01' });
    expect(gone(await give('svc-1'))).toEqual([
      expect.stringContaining(`port ${port(1)}`),
      expect.stringContaining(`order ${order}`),
    ]);
    expect(gone(await give('svc-2'))).toEqual([expect.stringContaining(`order ${toIds(2).order}`)]);
    expect([at.panel.port(toIds(2).port(1)).adminState, await targets()]).toEqual(['up', []]);
  });
});
