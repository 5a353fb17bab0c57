import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type PanelUnderTest, panelUnderTest } from './test/panel-under-test.js';

let panel: PanelUnderTest;

beforeEach(async () => {
  panel = await panelUnderTest();
});

afterEach(async () => {
  await panel.fake.close();
});

describe('the wording of ports', () => {
  it('can leave out every state', async () => {
    panel.fake.answers.adminPorts.style = 'stateless';
    panel.fake.staffDisablePort(9001);
    expect((await panel.get('/api/v3/admin/ports/9001')).body).toEqual({
      data: { id: 9001, name: 'eth0', description: 'uplink A', speed: 1_000_000_000 },
    });
  });

  it('can show another speed of a port that is not up', async () => {
    const speeds = async (): Promise<unknown> => {
      const path = '/api/v3/client/services/501/ports';
      const { data } = (await panel.get(path)).body as { data: { speed: number | null }[] };
      return data.map(({ speed }) => speed);
    };
    expect(await speeds()).toEqual([1e9, 1e9, 1e9]);
    panel.fake.behaviour.speedWhenDown = 10_000_000;
    expect(await speeds()).toEqual([1e9, 1e7, 1e9]);
    panel.fake.behaviour.speedWhenDown = null;
    expect(await speeds()).toEqual([1e9, null, 1e9]);
  });
});

describe('the wording of services and orders', () => {
  it("names a service's order and server in several ways", async () => {
    const { services } = panel.fake.answers;
    const row = async (): Promise<unknown> => (await panel.get('/api/v3/client/services/501')).body;
    expect(await row()).toEqual({
      data: {
        id: 501,
        order_id: 342,
        status: 'activated',
        related_id: 163,
        related: { ip_addresses: [{ address: '10.0.0.163' }] },
        client: { email: 'client@example.test' },
      },
    });
    services.single = 'flat';
    services.style = 'nested';
    expect(await row()).toMatchObject({ service_id: 501, order: { id: 342 }, server_id: 163, ip: '10.0.0.163' });
    services.style = 'camel';
    expect(await row()).toEqual({ id: 501, orderId: 342, device_id: 163, state: 'activated' });
    services.style = 'item';
    expect(await row()).toEqual({ id: 501, order_id: 342, item_id: 163 });
  });

  it('shows an order in full, with its service, client, server and ports', async () => {
    expect((await panel.get('/api/v3/admin/orders/342')).body).toMatchObject({
      data: {
        id: 342,
        status: 'accepted',
        service: { id: 501, status: 'activated', related_id: 163 },
        client: { id: 17, email: 'client@example.test' },
        related_id: 163,
        related: { id: 163, label: 'srv-163', ports: [{ id: 9001 }, { id: 9002 }, { id: 9003 }] },
      },
    });
  });

  it('shows a suspension in the order, in its service or in both', async () => {
    const { orders } = panel.fake.answers;
    panel.fake.staffSuspendOrder(342, 'abuse');
    const states = async (): Promise<unknown> => {
      const { data } = (await panel.get('/api/v3/admin/orders/342')).body as {
        data: { status: string; service: { status: string } };
      };
      return [data.status, data.service.status];
    };
    expect(await states()).toEqual(['accepted', 'suspended']);
    orders.suspendedIn = 'order';
    expect(await states()).toEqual(['suspended', 'activated']);
    orders.suspendedIn = 'both';
    panel.fake.answers.words.suspended = 'Suspended';
    expect(await states()).toEqual(['Suspended', 'Suspended']);
    panel.fake.staffTerminateOrder(342);
    expect(await states()).toEqual(['terminated', 'terminated']);
  });

  it('lists orders, of deleted services too, in its style', async () => {
    const { orders } = panel.fake.answers;
    panel.fake.deleteService(502);
    const list = async (): Promise<unknown> =>
      ((await panel.get('/api/v3/admin/orders')).body as { data: unknown }).data;
    expect(await list()).toEqual([
      {
        id: 342,
        service_id: 501,
        related_id: 163,
        status: 'accepted',
        service: { id: 501, status: 'activated' },
      },
      { id: 343, service_id: null, related_id: 164, status: 'accepted', service: null },
    ]);
    orders.style = 'flat';
    expect(await list()).toMatchObject([
      { id: 342, service_id: 501, server_id: 163, client_email: 'client@example.test' },
      { id: 343 },
    ]);
    orders.style = 'camel';
    expect(await list()).toMatchObject([{ orderId: 342, serviceId: 501, related: { id: 163 } }, { orderId: 343 }]);
    panel.fake.deleteOrder(343);
    expect(await list()).toHaveLength(1);
    expect((await panel.get('/api/v3/admin/orders/343')).status).toBe(404);
  });
});
