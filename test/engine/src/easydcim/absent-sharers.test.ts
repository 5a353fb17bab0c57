import { describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { useBench } from '../bench/each-test.js';
import { toIds, startEasyDcimBench } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';

const { port } = toIds(1);
const PORTS = [{ id: port(1), name: 'eth0' }];
const at = useBench(startEasyDcimBench);

async function reconcile(): Promise<void> {
  at.bench.clock.advance(HOUR);
  await at.bench.sluice.reconcile();
}

/** The first of two services of one server uses more than it may. */
function exceed(): Promise<RunReport> {
  at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
  return at.pollAfter(HOUR / 4);
}

/** What became of the first service, and of the port of both. */
const shown = ({ services }: RunReport): unknown[] => [
  services.find(({ id }) => id === 'svc-1')?.error?.code,
  at.panel.port(port(1)).adminState,
];

describe('a server of two services', () => {
  it('is known as shared after a reconcile on a panel that answers 404 to everything', async () => {
    await at.addService(1, { ports: PORTS });
    await at.addService(2, { ports: PORTS, serverId: 301 });
    await reconcile();
    const before = await at.bench.store.resources.list({ services: ['svc-1', 'svc-2'] });
    at.panel.server.inject({ match: () => true, fault: { kind: 'status', status: 404 } });
    await reconcile();
    at.panel.server.clearFaults();
    expect(await at.bench.store.resources.list({ services: ['svc-1', 'svc-2'] })).toEqual(before);
    expect(shown(await exceed())).toEqual(['shared_ports', 'up']);
  });

  it.each([
    ['is another', false],
    ['is another, and services have no page of their own', true],
  ])('is known as shared where the user of one %s', async (_how, isAbsent) => {
    at.panel.behaviour.adminWithoutImpersonation = isAbsent ? 'all' : 'own';
    if (isAbsent) at.panel.behaviour.absent.add('GET /api/v3/client/services/{id}');
    const user = (id: string) => ({ values: { easydcim_user: id, easydcim_order_id: '' } });
    await at.addService(1, { ports: PORTS, ...user('11') });
    at.panel.addUser({ id: 99, email: 'new@example.test', active: true });
    await at.addService(2, { ports: PORTS, serverId: 301, ...user('99') });
    await reconcile();
    expect(shown(await exceed())).toEqual(['shared_ports', 'up']);
  });

  it('is read again as shared after the panel did not have one of them', async () => {
    const values = { easydcim_server_id: '' };
    await at.addService(1, { ports: PORTS, values });
    await at.addService(2, { ports: PORTS, serverId: 301, values });
    await reconcile();
    at.panel.deleteOrder(902);
    await reconcile();
    const [stored] = await at.bench.store.resources.list({ services: ['svc-2'] });
    expect(stored?.resources).toEqual([]);
    at.panel.addService({ id: 502, orderId: 902, serverId: 301, user: 12, ports: PORTS });
    expect(shown(await exceed())).toEqual(['shared_ports', 'up']);
  });

  it('is shared as long as both are to have it, though the panel has one of them no longer', async () => {
    await at.addService(1, { ports: PORTS });
    await at.addService(2, { ports: PORTS, serverId: 301 });
    at.panel.deleteService(502);
    await reconcile();
    expect(shown(await exceed())).toEqual(['shared_ports', 'up']);
    await at.bench.sluice.services.set('svc-2', { status: 'terminated' });
    expect(shown(await at.pollAfter(HOUR / 4))).toEqual([undefined, 'down']);
  });
});
