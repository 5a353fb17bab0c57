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

  it('is released once the service names another order, though its own row names no service', async () => {
    const change = (json: unknown): unknown => {
      const body = json as { data?: Record<string, unknown> };
      const row = body.data ?? (json as Record<string, unknown>);
      for (const key of ['service_id', 'service', 'serviceId']) if (key in row) row[key] = null;
      return json;
    };
    at.panel.server.inject({
      match: ({ path }) => path.endsWith(`/admin/orders/${order}`),
      fault: { kind: 'mutate', change },
    });
    expect([(await poll()).run.outcome, at.panel.order(order).status]).toEqual(['done', 'suspended']);
    await at.bench.sluice.services.set('svc-1', { easydcim_order_id: '' });
    await release();
    expect([at.panel.order(order).status, await targets()]).toEqual(['active', []]);
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
