import { describe, expect, it } from '@jest/globals';
import { fixture } from '../test/fixture.js';
import { all, catchFailure, reply, usePanel } from '../test/test-panel.js';
import type { JsonObject } from './json.js';
import { parseOrder, parseService } from './orders.js';

interface Exchange {
  id: string;
  request: { method: string; path: string };
  status: number;
  body: unknown;
  expect?: unknown;
}

const orders = (fixture('order-actions') as { exchanges: Exchange[] }).exchanges;
const services = (fixture('services') as { exchanges: Exchange[] }).exchanges;
const order = (id: string): Exchange => orders.find((one) => one.id === id)!;

const panel = usePanel();

describe('orders.get', () => {
  it.each(['order-details', 'order-details-flat'])('understands %s', async (id) => {
    const { request, body, expect: expected } = order(id);
    panel.routes({ [`${request.method} ${request.path}`]: body });
    const { orderId, ...ids } = expected as { orderId: string };
    expect(await panel.client({ impersonate: '17' }).orders.get(orderId)).toMatchObject({ id: orderId, ...ids });
    expect(panel.asked[0]?.headers['x-impersonate-user']).toBeUndefined();
  });

  it('tells a running service from a suspended one, and neither from an accepted order', async () => {
    panel.routes({ 'GET /api/v3/admin/orders/342': order('order-details').body });
    expect(await panel.client().orders.get('342')).toMatchObject({
      status: 'activated',
      suspended: false,
      locked: null,
    });
    panel.routes({ 'GET /api/v3/admin/orders/342': order('order-details-flat').body });
    expect(await panel.client().orders.get('342')).toMatchObject({ status: '', suspended: null });
  });

  it('refuses an answer about another order', async () => {
    panel.always({ data: { id: 343, service_id: 501 } });
    expect((await catchFailure(panel.client().orders.get('342'))).message).toContain(
      'the order in the answer is not the requested one',
    );
  });
});

describe('orders.list', () => {
  it('gives both orders of one server', async () => {
    const { request, body } = order('orders-list');
    panel.routes({ [`${request.method} ${request.path}`]: body });
    expect(await all(panel.client().orders.list())).toMatchObject([
      { id: '342', serviceId: '501', serverId: '163', status: 'accepted', suspended: null },
      { id: '120', serviceId: '299', serverId: '163', status: 'terminated', suspended: null },
    ]);
    expect(panel.asked).toHaveLength(1);
  });

  it('goes on to the end', async () => {
    panel.routes({
      'GET /api/v3/admin/orders?page=1&per_page=100': { data: [{ id: 1 }], meta: { current_page: 1, last_page: 2 } },
      'GET /api/v3/admin/orders?page=2&per_page=100': { data: [{ id: 2 }], meta: { current_page: 2, last_page: 2 } },
    });
    expect((await all(panel.client().orders.list())).map((one) => one.id)).toEqual(['1', '2']);
  });

  it('is an error when it cannot be complete', async () => {
    panel.always({ data: [{ id: 1 }], meta: { current_page: 1, last_page: 2 } });
    const error = await catchFailure(all(panel.client().orders.list()));
    expect(error).toMatchObject({ code: 'PANEL_UNREADABLE', endpoint: 'GET /api/v3/admin/orders' });
    expect(error.message).toContain('(page 2 repeats earlier entries)');
  });
});

describe('orders.suspend and orders.unsuspend', () => {
  const outcomes: Record<string, { code: string } | 'ok'> = {
    'suspend-200': 'ok',
    'suspend-already': { code: 'PANEL_REJECTED' },
    'suspend-locked-server': { code: 'PANEL_REJECTED' },
    'unsuspend-200': 'ok',
  };

  it('and the rest have a test for every example', () => {
    const others = ['order-details', 'order-details-flat', 'orders-list'];
    expect([...Object.keys(outcomes), ...others].sort()).toEqual(orders.map((one) => one.id).sort());
  });

  it.each(Object.entries(outcomes))('%s', async (id, outcome) => {
    const { request, status, body } = order(id);
    panel.always(body, status);
    const [, orderId = '', action] = /orders\/(\d+)\/service\/(\w+)/.exec(request.path) ?? [];
    const client = panel.client({ impersonate: '17' });
    const call = action === 'suspend' ? client.orders.suspend(orderId) : client.orders.unsuspend(orderId);
    if (outcome === 'ok') {
      await expect(call).resolves.toBeUndefined();
    } else {
      const error = await catchFailure(call);
      expect(error).toMatchObject({ ...outcome, outcomeUnknown: false });
      expect(error.message).toContain((body as { message: string }).message);
    }
    expect(panel.lines).toEqual([`${request.method} ${request.path}`]);
    expect(panel.asked[0]?.headers['x-impersonate-user']).toBeUndefined();
  });

  it('are never repeated, and leave a doubt when the answer is lost', async () => {
    panel.answer = (_asked, response) => {
      response.socket?.destroy();
    };
    expect(await catchFailure(panel.client().orders.suspend('342'))).toMatchObject({ outcomeUnknown: true });
    panel.always({ message: 'Server Error' }, 500);
    expect(await catchFailure(panel.client().orders.suspend('342'))).toMatchObject({ outcomeUnknown: true });
    expect(panel.asked).toHaveLength(2);
  });
});

describe('services.list', () => {
  const expected: Record<string, unknown[]> = {
    'list-data': [
      {
        id: '501',
        orderId: '342',
        serverId: '163',
        status: 'activated',
        addresses: ['192.0.2.10'],
        clientEmail: 'client@example.test',
      },
    ],
    'list-data-data': [
      { id: '501', orderId: '342', serverId: '163', status: null, addresses: ['192.0.2.10'], clientEmail: null },
    ],
    'list-data-items': [{ id: '501', orderId: '342', serverId: '163', addresses: [] }],
    'list-result': [{ id: '501', orderId: '342', serverId: '163' }],
    'list-services-key': [{ id: '501', orderId: '342', serverId: null }],
    'list-empty-admin-token': [],
  };

  it('has a test for every example', () => {
    expect(Object.keys(expected).sort()).toEqual(services.map((one) => one.id).sort());
  });

  it.each(services.map((one) => [one.id, one.body] as const))('understands %s', async (id, body) => {
    panel.always(body);
    const found = await all(panel.client({ impersonate: '17' }).services.list());
    expect(found).toHaveLength(expected[id]?.length ?? -1);
    expect(found).toMatchObject(expected[id] ?? []);
    expect(panel.lines[0]).toBe('GET /api/v3/client/services?page=1&per_page=100');
    expect(panel.asked[0]?.headers['x-impersonate-user']).toBe('17');
  });

  it('asks on when the panel says nothing about pages', async () => {
    panel.answer = (asked, response) => {
      reply(response, { services: asked.n > 2 ? [] : [{ id: asked.n }] });
    };
    expect((await all(panel.client().services.list())).map((one) => one.id)).toEqual(['1', '2']);
    expect(panel.asked).toHaveLength(3);
  });
});

describe('services.get', () => {
  it('reads one service, on behalf of the user', async () => {
    panel.routes({ 'GET /api/v3/client/services/501': { data: { id: 501, order_id: 342, status: 'activated' } } });
    const service = await panel.client({ impersonate: '17' }).services.get('501');
    expect(service).toMatchObject({ id: '501', orderId: '342', status: 'activated' });
    expect(panel.asked[0]?.headers['x-impersonate-user']).toBe('17');
  });

  it('does not know one that is gone', async () => {
    panel.routes({});
    expect((await catchFailure(panel.client().services.get('501'))).code).toBe('PANEL_NOT_FOUND');
  });
});

describe('parseOrder', () => {
  it.each<[JsonObject, boolean | null]>([
    [{ service: { status: 'suspended' } }, true],
    [{ status: 'Suspended' }, true],
    [{ status: 'accepted', service: { status: 'activated' } }, false],
    [{ status: 'accepted' }, null],
    [{ status: 'terminated' }, null],
    [{ service: { status: 'aborted' } }, null],
    [{ status: 'suspended', service: { status: 'activated' } }, true],
    [{ status: 'suspended', suspended: false }, null],
    [{ suspended: true, service: { suspended: false } }, null],
    [{ service_status: 'suspended' }, true],
    [{ suspended: false }, false],
    [{ is_suspended: 1 }, true],
    [{ service: { is_suspended: '0', status: 'active' } }, false],
    [{ suspended: true, service: { status: 'active' } }, true],
  ])('%j: suspended %s', (row, suspended) => {
    expect(parseOrder({ id: 1, ...row }).suspended).toBe(suspended);
  });

  it.each<[JsonObject, boolean | null]>([
    [{ locked: true }, true],
    [{ service: { is_locked: 1 } }, true],
    [{ locked: false, related: { locked: true } }, true],
    [{ related: { locked: 0 } }, false],
    [{}, null],
  ])('%j: locked %s', (row, locked) => {
    expect(parseOrder({ id: 1, ...row }).locked).toBe(locked);
  });

  it.each<[JsonObject, string | null]>([
    [{ service_id: 501 }, '501'],
    [{ service: { id: '501' } }, '501'],
    [{ service_id: 501, service: { id: 501 } }, '501'],
    [{ service_id: 501, service: { id: 502 } }, null],
    [{ service: 'web' }, null],
  ])('%j: service %s', (row, serviceId) => {
    expect(parseOrder({ id: 1, ...row }).serviceId).toBe(serviceId);
  });

  it.each<[JsonObject, string | null]>([
    [{ related_id: 163 }, '163'],
    [{ service: { related_id: 163 } }, '163'],
    [{ related: { id: 163 } }, '163'],
    [{ server_id: 1, related: { id: 2 } }, null],
  ])('%j: server %s', (row, serverId) => {
    expect(parseOrder({ id: 1, ...row }).serverId).toBe(serverId);
  });

  it.each(['client', 'user', 'customer', 'owner', 'account'])('finds the e-mail under %s', (key) => {
    expect(parseOrder({ id: 1, [key]: { email: 'a@example.test' } }).clientEmail).toBe('a@example.test');
  });

  it('refuses a record without an id', () => {
    expect(() => parseOrder({ status: 'accepted' })).toThrow('an order without an id');
  });
});

describe('parseService', () => {
  it('gathers addresses, each once', () => {
    const related = { ip_addresses: [{ address: '192.0.2.1' }, { ip: '192.0.2.2' }, '192.0.2.3', {}, null] };
    expect(parseService({ id: 1, ip: '192.0.2.1', related }).addresses).toEqual([
      '192.0.2.1',
      '192.0.2.2',
      '192.0.2.3',
    ]);
  });

  it('does not choose between contradicting ids', () => {
    expect(parseService({ id: 1, order_id: 2, order: { id: 3 } }).orderId).toBeNull();
  });

  it('refuses a record without an id', () => {
    expect(() => parseService({ status: 'active' })).toThrow('a service without an id');
  });
});

describe('the label of a server', () => {
  const read = (related: object) => parseOrder({ id: 1, related_id: 163, related }).serverLabel;

  it.each(['Rack 4', 'srv-164', 'R740', 'سرور ۱'])('is %s', (label) => {
    expect(read({ id: 163, label })).toBe(label);
    expect(parseService({ id: 1, related: { id: 163, label } }).serverLabel).toBe(label);
  });

  it.each(['', '  ', '163', 'srv-163', 'Server #163', null, {}])('is not %j', (label) => {
    expect(read({ id: 163, label })).toBeNull();
  });
});
