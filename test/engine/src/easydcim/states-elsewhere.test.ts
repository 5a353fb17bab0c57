import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { useBench } from '../bench/each-test.js';
import { toIds, startEasyDcimBench } from '../bench/easydcim-bench.js';
import { HOUR } from '../bench/engine-bench.js';

const { port, order } = toIds(1);
const at = useBench(startEasyDcimBench);

const poll = (): Promise<RunReport> => at.pollAfter(HOUR);
const targets = async (): Promise<string[]> => (await at.bench.store.evidence.open()).map(({ target }) => target);
const changing = (): string[] => at.panel.server.changingCalls().map(({ path }) => path.replace(/.*\/(?=[\w]+\/)/, ''));

async function release(): Promise<RunReport> {
  await at.bench.sluice.overrides.set('svc-1', { unlimited: true });
  return poll();
}

/** Calls `act` once, when the n-th call of an endpoint arrives. */
function actAt(endpoint: string, n: number, act: () => void): void {
  let calls = 0;
  at.panel.server.onCall((call) => {
    if (call.endpoint === endpoint && ++calls === n) act();
  });
}

/** The row of the order names no service. */
function hideService(): void {
  const change = (json: unknown): unknown => {
    const body = json as { data?: Record<string, unknown> };
    const row = body.data ?? (json as Record<string, unknown>);
    for (const key of ['service_id', 'service', 'serviceId']) if (key in row) row[key] = null;
    return json;
  };
  const match = ({ path }: { path: string }): boolean => path.endsWith(`/admin/orders/${order}`);
  at.panel.server.inject({ match, fault: { kind: 'mutate', change } });
}

describe('an order that is "accepted" while its service shows the suspension', () => {
  beforeEach(async () => {
    at.panel.answers.orders.style = 'flat';
    at.panel.answers.orders.suspendedIn = 'service';
    await at.addService(1, { product: 'order' });
    at.use(1, 200);
  });

  const suspend = (): void => {
    at.panel.staffSuspendOrder(order, 'abuse');
  };

  it('is suspended and released, and each run sees that it is done', async () => {
    expect([(await poll()).run.outcome, at.panel.order(order).status]).toEqual(['done', 'suspended']);
    expect([(await release()).run.outcome, at.panel.order(order).status]).toEqual(['done', 'active']);
    expect(await targets()).toEqual([]);
  });

  it('is released once the service has the order of another user', async () => {
    await poll();
    at.panel.addService({ id: 502, orderId: 902, serverId: 302, user: 12, ports: [{ id: port(4), name: 'eth0' }] });
    await at.bench.sluice.services.set('svc-1', {
      ...{ easydcim_service_id: '502', easydcim_order_id: '902', easydcim_server_id: '302', easydcim_user: '12' },
    });
    expect([(await release()).run.outcome, at.panel.order(order).status]).toEqual(['done', 'active']);
    expect(await targets()).toEqual([]);
  });

  it('stays suspended where staff did it after the plan was made', async () => {
    actAt('GET /api/v3/admin/orders/{id}', 2, suspend);
    expect((await poll()).run.outcome).toBe('done');
    expect([changing(), await targets()]).toEqual([[], []]);
    await release();
    expect(at.panel.order(order).status).toBe('suspended');
  });

  it.each(['shows', 'hides'])('stays suspended where the panel refuses the call and %s the state', async (how) => {
    actAt('POST /api/v3/admin/orders/{id}/service/suspend', 1, () => {
      suspend();
      if (how === 'shows') return;
      const match = ({ endpoint }: { endpoint: string }): boolean => endpoint === 'GET /api/v3/client/services/{id}';
      at.panel.server.inject({ match, fault: { kind: 'status', status: 500 } });
    });
    await poll();
    at.panel.server.clearFaults();
    expect([changing(), await targets()]).toEqual([['service/suspend'], []]);
    await poll();
    await release();
    expect([at.panel.order(order).status, await targets()]).toEqual(['suspended', []]);
  });
});

describe('an order that names no service, and shows only in it that it is suspended', () => {
  beforeEach(async () => {
    Object.assign(at.panel.answers.orders, { style: 'flat', suspendedIn: 'service' });
    await at.addService(1, { product: 'order' });
    await at.addService(2, { product: 'order' });
    hideService();
    at.use(1, 200);
    expect([(await poll()).run.outcome, at.panel.order(order).status]).toEqual(['done', 'suspended']);
    expect(await targets()).toEqual([String(order)]);
  });

  const reconcile = async () => {
    at.bench.clock.advance(HOUR);
    const { services, notices } = await at.sluice.reconcile({ allowMass: true });
    const told = notices.flatMap(({ code, service }) => (service === 'svc-1' ? [code] : []));
    return { error: services.find(({ id }) => id === 'svc-1')?.error?.code, told, left: await targets() };
  };

  async function setNewIds(): Promise<void> {
    at.panel.addService({ id: 503, orderId: 903, serverId: 303, user: 12, ports: [{ id: 7099, name: 'eth0' }] });
    const ids = { easydcim_service_id: '503', easydcim_order_id: '903', easydcim_server_id: '303' };
    await at.sluice.services.set('svc-1', ids);
  }

  it('is released once its service names another order', async () => {
    await at.sluice.services.set('svc-1', { easydcim_order_id: '' });
    await release();
    expect([at.panel.order(order).status, await targets()]).toEqual(['active', []]);
  });

  it('ends its evidence once that service is deleted and terminated, which can then be removed', async () => {
    at.panel.deleteService(501);
    await at.sluice.services.set('svc-1', { status: 'terminated' });
    expect(await reconcile()).toMatchObject({ error: undefined, left: [] });
    await at.sluice.services.remove('svc-1');
  });

  it('ends its evidence once that service is deleted and has other ids', async () => {
    await setNewIds();
    at.panel.deleteService(501);
    const { error, told, left } = await reconcile();
    expect({ error, told, left }).toEqual({
      error: undefined,
      told: ['usage_fell', 'restriction_gone'],
      left: ['903'],
    });
    expect(await reconcile()).toEqual({ error: undefined, told: [], left: ['903'] });
  });

  it('keeps its evidence while no other service shows that its own one is gone', async () => {
    await setNewIds();
    const match = ({ path }: { path: string }): boolean => path.includes('/client/services');
    at.panel.server.inject({ match, fault: { kind: 'status', status: 404 } });
    const { error, told, left } = await reconcile();
    expect({ hasError: error !== undefined, told, left }).toEqual({ hasError: true, told: [], left: [String(order)] });
  });
});

describe('an order that names no service, and that staff had suspended', () => {
  const others = { easydcim_service_id: '504', easydcim_order_id: '904', easydcim_server_id: '304' };

  it.each([
    ['none', { easydcim_order_id: '' }],
    ['another', others],
  ])('is released once its service names %s', async (_which, refs) => {
    Object.assign(at.panel.answers.orders, { style: 'flat', suspendedIn: 'service' });
    await at.addService(1, { product: 'order' });
    await at.addService(2, { product: 'order' });
    hideService();
    await poll();
    at.panel.staffSuspendOrder(order, 'unpaid');
    await at.sluice.holds.adopt('svc-1', { reason: 'billing', order: true });
    at.panel.addService({ id: 504, orderId: 904, serverId: 304, user: 11, ports: [{ id: 7098, name: 'eth0' }] });
    await at.sluice.services.set('svc-1', refs);
    const { run } = await at.sluice.provision.unsuspend('svc-1');
    expect([run.outcome, at.panel.order(order).status, await targets()]).toEqual(['done', 'active', []]);
  });
});

describe('a suspension in doubt of an order that names no service', () => {
  it('is found out, and undone, once its service names another order', async () => {
    Object.assign(at.panel.answers.orders, { style: 'flat', suspendedIn: 'service' });
    // A port with the id of the order is disabled for the same hold.
    await at.addService(1, { product: 'both', ports: [{ id: order, name: 'eth0' }] });
    hideService();
    at.use(1, 200);
    const ending = (end: string) => (call: { endpoint: string }) => call.endpoint.endsWith(end);
    at.panel.server.inject({ match: ending('/service/suspend'), times: 1, when: 'after', fault: { kind: 'cut' } });
    actAt('POST /api/v3/admin/orders/{id}/service/suspend', 1, () => {
      at.panel.server.inject({ match: ending('/client/services/{id}'), fault: { kind: 'status', status: 500 } });
    });
    await poll();
    expect([at.panel.order(order).status, await targets()]).toEqual(['suspended', [String(order)]]);
    expect(await at.bench.store.actions.unresolved()).toMatchObject([{ type: 'suspend-order', state: 'in-doubt' }]);
    at.panel.server.clearFaults();
    hideService();
    await at.sluice.services.set('svc-1', { easydcim_order_id: '' });
    await release();
    expect([at.panel.order(order).status, at.panel.port(order).adminState]).toEqual(['active', 'up']);
    expect([await targets(), await at.bench.store.actions.unresolved()]).toEqual([[], []]);
  });
});

describe('a port that only the list of the service shows as disabled', () => {
  const disable = (): void => {
    at.panel.staffDisablePort(port(1));
  };

  beforeEach(async () => {
    at.panel.answers.adminPorts.style = 'stateless';
    at.panel.behaviour.portActions.already = 'refuse';
    await at.addService(1, { product: 'ports', ports: [{ id: port(1), name: 'eth0' }] });
    at.use(1, 200);
  });

  it('is disabled and enabled, and each run sees that it is done', async () => {
    expect([(await poll()).run.outcome, at.panel.port(port(1)).adminState]).toEqual(['done', 'down']);
    expect([(await release()).run.outcome, at.panel.port(port(1)).adminState]).toEqual(['done', 'up']);
    expect(await targets()).toEqual([]);
  });

  it.each([
    ['after the plan was made', 'GET /api/v3/admin/ports/{id}'],
    ['as the call arrived', 'POST /api/v3/admin/ports/{id}/disable'],
  ])('stays disabled where staff did it %s', async (_, endpoint) => {
    actAt(endpoint, 1, disable);
    expect((await poll()).run.outcome).toBe('done');
    expect(await targets()).toEqual([]);
    await release();
    expect(at.panel.port(port(1)).adminState).toBe('down');
  });
});
