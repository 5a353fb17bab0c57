import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { noon, type PanelUnderTest, panelUnderTest } from './test/panel-under-test.js';

let panel: PanelUnderTest;

beforeEach(async () => {
  panel = await panelUnderTest();
});

afterEach(async () => {
  await panel.fake.close();
});

const disable = (id = 9001): Promise<{ status: number; body: unknown }> =>
  panel.post(`/api/v3/admin/ports/${id}/disable`);
const enable = (id = 9001): Promise<{ status: number; body: unknown }> =>
  panel.post(`/api/v3/admin/ports/${id}/enable`);
const suspend = (id = 342): Promise<{ status: number; body: unknown }> =>
  panel.post(`/api/v3/admin/orders/${id}/service/suspend`);
const unsuspend = (id = 342): Promise<{ status: number; body: unknown }> =>
  panel.post(`/api/v3/admin/orders/${id}/service/unsuspend`);
const shown = async (id = 9001): Promise<unknown> =>
  ((await panel.get(`/api/v3/admin/ports/${id}`)).body as { data: { admin_state: unknown } }).data.admin_state;

describe('switching a port', () => {
  it('is done at once and counted', async () => {
    expect(await disable()).toMatchObject({ status: 200, body: { message: 'Port has been disabled' } });
    expect(panel.fake.port(9001)).toEqual({
      id: 9001,
      serverId: 163,
      name: 'eth0',
      management: false,
      adminState: 'down',
      operState: 'down',
      connected: true,
      changedBy: 'api',
      pending: null,
    });
    expect(await shown()).toBe('down');
    expect(await enable()).toMatchObject({ body: { message: 'Port has been enabled' } });
    expect(panel.fake.port(9001).adminState).toBe('up');
    expect(panel.fake.server.changingCalls().map(({ endpoint }) => endpoint)).toEqual([
      'POST /api/v3/admin/ports/{id}/disable',
      'POST /api/v3/admin/ports/{id}/enable',
    ]);
  });

  it('that is so already is a success or a refusal, and an event either way', async () => {
    expect((await disable(9002)).status).toBe(200);
    panel.fake.behaviour.portActions.already = 'refuse';
    expect(await disable(9002)).toMatchObject({ status: 422, body: { message: 'Port is already disabled' } });
    expect(panel.fake.port(9002).changedBy).toBeNull();
    expect(panel.fake.events).toEqual([
      { at: noon, what: 'disable-port', id: 9002, by: 'api', changed: false },
      { at: noon, what: 'disable-port', id: 9002, by: 'api', changed: false },
    ]);
  });

  it('may answer nothing or the new state', async () => {
    panel.fake.behaviour.portActions.answer = 'no-content';
    expect(await disable()).toMatchObject({ status: 204, body: '' });
    panel.fake.behaviour.portActions.answer = 'state';
    expect(await enable()).toMatchObject({ status: 200, body: { data: { id: 9001, admin_state: 'up' } } });
  });

  it('may take as many readings as it likes', async () => {
    panel.fake.behaviour.portActions.delay = { reads: 2 };
    await disable();
    expect(panel.fake.port(9001)).toMatchObject({ adminState: 'up', pending: 'down' });
    expect(await shown()).toBe('up');
    const { body } = await panel.get('/api/v3/client/services/501/ports');
    expect(body).toMatchObject({ data: [{ id: 9001, admin_state: 'up' }, {}, {}] });
    expect(await shown()).toBe('down');
    expect(panel.fake.port(9001)).toMatchObject({ adminState: 'down', pending: null, changedBy: 'api' });
    panel.fake.behaviour.portActions.delay = { reads: 0 };
    await enable();
    expect(panel.fake.port(9001).adminState).toBe('up');
  });

  it('may take time, and traffic stops when it happens, not when it is seen', async () => {
    panel.fake.behaviour.portActions.delay = { ms: 5000 };
    await disable();
    panel.clock.advance(4999);
    expect(await shown()).toBe('up');
    panel.clock.advance(60_001);
    expect(panel.fake.traffic(501, 0, Infinity).in).toBe(5000);
    expect(await shown()).toBe('down');
  });

  it('is dropped by a later action on the same port', async () => {
    panel.fake.behaviour.portActions.delay = { ms: 5000 };
    await disable();
    await enable();
    panel.clock.advance(10_000);
    expect(panel.fake.port(9001)).toMatchObject({ adminState: 'up', pending: null });
    await disable();
    panel.fake.staffEnablePort(9001);
    panel.clock.advance(10_000);
    expect(panel.fake.port(9001)).toMatchObject({ adminState: 'up', pending: null });
    expect(panel.fake.traffic(501, 0, Infinity).in).toBe(20_000);
  });

  it('is refused for ports that are not connected or not there', async () => {
    panel.fake.setWiring(9001, { connected: false });
    expect(await disable()).toMatchObject({ status: 422, body: { message: 'Port is not connected to a switch' } });
    expect(await disable(4)).toMatchObject({ status: 404, body: { message: 'Not Found' } });
    expect(panel.fake.events).toEqual([]);
  });

  it('may fail openly, fail behind status 200, or do nothing behind a success', async () => {
    panel.fake.setDefect(9001, 'refuse');
    expect(await disable()).toMatchObject({ status: 422, body: { message: 'SNMP write failed' } });
    panel.fake.setDefect(9001, 'error-200');
    expect(await disable()).toMatchObject({ status: 200, body: { status: 'error', message: 'SNMP write failed' } });
    panel.fake.setDefect(9001, 'ignore');
    expect(await disable()).toMatchObject({ status: 200, body: { message: 'Port has been disabled' } });
    expect(panel.fake.port(9001).adminState).toBe('up');
    panel.fake.setDefect(9001, null);
    await disable();
    expect(panel.fake.port(9001).adminState).toBe('down');
  });

  it('takes the ids of either side, or of one only', async () => {
    await disable(7001);
    expect(panel.fake.port(9001).adminState).toBe('down');
    panel.fake.behaviour.portActions.takes = 'server';
    expect(await enable(7001)).toMatchObject({ status: 422, body: { message: 'Port cannot be managed' } });
    panel.fake.behaviour.portActions.takes = 'switch';
    expect((await enable(9001)).status).toBe(422);
    expect((await enable(7001)).status).toBe(200);
    expect(panel.fake.port(9001).adminState).toBe('up');
  });

  it('that had its answer cut is done all the same', async () => {
    panel.fake.server.inject({
      endpoint: 'POST /api/v3/admin/ports/{id}/disable',
      times: 1,
      when: 'after',
      fault: { kind: 'cut' },
    });
    await expect(disable()).rejects.toThrow('fetch failed');
    expect(panel.fake.port(9001).adminState).toBe('down');
  });
});

describe('staff', () => {
  it('give a service another server; the old ports stay as they are', async () => {
    await disable();
    panel.fake.moveService(501, { serverId: 399, ports: [{ id: 9901, name: 'eth0' }] });
    const list = (await panel.get('/api/v3/client/services/501/ports')).body as { data: unknown };
    expect(list.data).toMatchObject([{ id: 9901, item_id: 399, admin_state: 'up' }]);
    const order = (await panel.get('/api/v3/admin/orders/342')).body as { data: unknown };
    expect(order.data).toMatchObject({ id: 342, related_id: 399 });
    expect(await shown()).toBe('down');
  });

  it('shut and open ports, and leave their mark', () => {
    panel.fake.staffDisablePort(9001);
    expect(panel.fake.port(9001)).toMatchObject({ adminState: 'down', changedBy: 'staff' });
    panel.fake.staffEnablePort(9001);
    expect(panel.fake.events.map(({ what, by }) => [what, by])).toEqual([
      ['disable-port', 'staff'],
      ['enable-port', 'staff'],
    ]);
    expect(panel.fake.server.calls).toEqual([]);
  });

  it('suspend for a reason, which a suspension through the API does not replace', async () => {
    panel.fake.staffSuspendOrder(342, 'not paid');
    expect(await suspend()).toMatchObject({ status: 422, body: { message: 'Service is already suspended' } });
    panel.fake.behaviour.orderActions.already = 'ok';
    expect((await suspend()).status).toBe(200);
    expect(panel.fake.order(342)).toEqual({
      id: 342,
      serviceId: 501,
      serverId: 163,
      status: 'suspended',
      suspension: { by: 'staff', reason: 'not paid' },
      pending: null,
    });
    panel.fake.staffUnsuspendOrder(342);
    expect(panel.fake.order(342)).toMatchObject({ status: 'active', suspension: null });
  });

  it('are contradicted by name when they mean what is not there', () => {
    expect(() => {
      panel.fake.staffDisablePort(1);
    }).toThrow('There is no port 1 on the fake panel.');
    expect(() => {
      panel.fake.lockDevice(1);
    }).toThrow('There is no server 1');
    expect(() => panel.fake.order(1)).toThrow('There is no order 1');
    expect(() => {
      panel.fake.addUser({ id: 17, email: 'x@example.test', active: true });
    }).toThrow('User 17 is there already.');
    expect(() => {
      panel.fake.addService({ id: 501, orderId: 9, serverId: 9, user: 9, ports: [] });
    }).toThrow('Service 501 is there already.');
    expect(() => {
      panel.fake.addService({ id: 9, orderId: 342, serverId: 9, user: 9, ports: [] });
    }).toThrow('Order 342 is there already.');
  });
});

describe('suspending an order', () => {
  it('is done once, and undone', async () => {
    expect(await suspend()).toMatchObject({ status: 200, body: { message: 'Service suspended' } });
    expect(panel.fake.order(342)).toMatchObject({
      status: 'suspended',
      suspension: { by: 'api', reason: 'suspended through the API' },
    });
    expect(await unsuspend()).toMatchObject({ status: 200, body: { message: 'Service unsuspended' } });
    expect(await unsuspend()).toMatchObject({ status: 422, body: { message: 'Service is not suspended' } });
    expect(panel.fake.server.changingCalls()).toHaveLength(3);
    expect(panel.fake.events.map(({ changed }) => changed)).toEqual([true, true, false]);
  });

  it('unsuspends what others suspended too, as a panel would', async () => {
    panel.fake.staffSuspendOrder(342, 'abuse');
    expect((await unsuspend()).status).toBe(200);
    expect(panel.fake.order(342).suspension).toBeNull();
  });

  it('is refused on a locked device, and for orders that are not active', async () => {
    panel.fake.lockDevice(163);
    const locked = { status: 422, body: { message: 'Device is locked' } };
    expect(await suspend()).toMatchObject(locked);
    expect(await panel.post('/api/v3/admin/orders/342/service/terminate')).toMatchObject(locked);
    expect((await disable()).status).toBe(200);
    panel.fake.unlockDevice(163);
    expect((await suspend()).status).toBe(200);
    panel.fake.addService({ id: 600, orderId: 601, serverId: 602, user: 17, status: 'pending', ports: [] });
    expect(await suspend(601)).toMatchObject({ status: 422, body: { message: 'Service is not active' } });
    expect((await suspend(999)).status).toBe(404);
    panel.fake.deleteService(501);
    expect((await suspend()).status).toBe(404);
    expect((await panel.bandwidth()).status).toBe(404);
    expect((await panel.get('/api/v3/client/services/501/ports')).status).toBe(404);
  });

  it('may be queued, and answer with the order', async () => {
    panel.fake.behaviour.orderActions.delay = { reads: 1 };
    panel.fake.behaviour.orderActions.answer = 'state';
    expect(await suspend()).toMatchObject({ body: { data: { id: 342, service: { status: 'activated' } } } });
    expect(panel.fake.order(342)).toMatchObject({ status: 'active', pending: 'suspended' });
    const status = async (): Promise<unknown> => (await panel.get('/api/v3/admin/orders/342')).body;
    expect(await status()).toMatchObject({ data: { service: { status: 'activated' } } });
    expect(await status()).toMatchObject({ data: { service: { status: 'suspended' } } });
    panel.fake.behaviour.orderActions.delay = { ms: 1000 };
    await unsuspend();
    panel.clock.advance(1000);
    expect(panel.fake.order(342).status).toBe('active');
  });

  it('by terminating it is for good, and seen', async () => {
    expect((await panel.post('/api/v3/admin/orders/342/service/terminate')).status).toBe(200);
    expect(panel.fake.order(342).status).toBe('terminated');
    expect((await unsuspend()).status).toBe(422);
    expect(panel.fake.events).toMatchObject([{ what: 'terminate-order', id: 342, by: 'api' }]);
    expect(panel.fake.server.changingCalls()).toHaveLength(2);
  });
});

describe('a snapshot', () => {
  it('is the same again when everything was undone, and does not change by itself', async () => {
    const first = panel.fake.snapshot();
    expect(first.ports['9002']).toEqual({ adminState: 'down', operState: 'down' });
    expect(first.orders['343']).toEqual({ status: 'active', suspension: null });
    await disable();
    await suspend(343);
    const second = panel.fake.snapshot();
    expect(second).not.toEqual(first);
    expect(second.ports['9001']).toEqual({ adminState: 'down', operState: 'down' });
    await enable();
    await unsuspend(343);
    expect(panel.fake.snapshot()).toEqual(first);
    expect(second.orders['343']?.status).toBe('suspended');
  });

  it('has what was due by the clock', async () => {
    panel.fake.behaviour.portActions.delay = { ms: 10 };
    await disable();
    panel.clock.advance(10);
    expect(panel.fake.snapshot().ports['9001']?.adminState).toBe('down');
  });
});
