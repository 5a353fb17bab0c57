import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ListShape } from './answers.js';
import { type PanelUnderTest, panelUnderTest } from './test/panel-under-test.js';

let panel: PanelUnderTest;

beforeEach(async () => {
  panel = await panelUnderTest();
});

afterEach(async () => {
  await panel.fake.close();
});

describe('the wording of ports', () => {
  const path = '/api/v3/client/services/501/ports';
  const ids = (rows: unknown): unknown[] => (rows as Record<string, unknown>[]).map((row) => row.id);

  it.each<[ListShape, (body: never) => unknown]>([
    ['flat', (body: unknown[]) => body],
    ['named', (body: { ports: unknown }) => body.ports],
    ['data', (body: { data: unknown }) => body.data],
    ['data-data', (body: { data: { data: unknown } }) => body.data.data],
    ['data-items', (body: { data: { items: unknown } }) => body.data.items],
    ['data-records', (body: { data: { records: unknown } }) => body.data.records],
    ['data-rows', (body: { data: { rows: unknown } }) => body.data.rows],
    ['data-collection', (body: { data: { collection: unknown } }) => body.data.collection],
    ['data-named', (body: { data: { ports: unknown } }) => body.data.ports],
    ['result', (body: { result: unknown }) => body.result],
    ['result-data', (body: { result: { data: unknown } }) => body.result.data],
    ['result-items', (body: { result: { items: unknown } }) => body.result.items],
  ])('is a list in %s', async (shape, listIn) => {
    panel.fake.answers.ports.shape = shape;
    const { body } = await panel.get(path);
    expect(ids(listIn(body as never))).toEqual([9001, 9002, 9003]);
  });

  it('has the administrative and the link state of each', async () => {
    const { body } = await panel.get(path);
    expect(body).toEqual({
      data: [
        {
          id: 9001,
          name: 'eth0',
          description: 'uplink A',
          admin_state: 'up',
          oper_state: 'up',
          speed: 1_000_000_000,
          item_id: 163,
          connected_port: { id: 7001, name: 'Gi1/0/7001' },
          connected_item: { id: 88, label: 'sw-01' },
        },
        expect.objectContaining({ id: 9002, admin_state: 'down', oper_state: 'down' }),
        expect.objectContaining({ id: 9003, name: 'iDRAC', admin_state: 'up' }),
      ],
    });
    panel.fake.setWiring(9001, { connected: false });
    expect((await panel.get(path)).body).toMatchObject({
      data: [{ id: 9001, admin_state: 'up', oper_state: 'down', connected_port: null, connected_item: null }, {}, {}],
    });
  });

  it('has traffic when asked', async () => {
    panel.clock.advance(1000);
    const { body } = await panel.get(`${path}?with_traffic=true`);
    expect((body as { data: unknown[] }).data).toMatchObject([
      { traffic: { in: 1000, out: 100, total: 1100 } },
      { traffic: { in: 0, out: 0, total: 0 } },
      { traffic: { in: 0, out: 0, total: 0 } },
    ]);
  });

  it('has its style', async () => {
    const { ports } = panel.fake.answers;
    panel.fake.setWiring(9001, { link: false });
    ports.shape = 'flat';
    const first = async (): Promise<unknown> => ((await panel.get(path)).body as unknown[]).slice(0, 2);
    ports.style = 'camel';
    expect(await first()).toEqual([
      { portId: 9001, label: 'eth0', adminState: 'up', operState: 'down' },
      { portId: 9002, label: 'eth1', adminState: 'down', operState: 'down' },
    ]);
    ports.style = 'status-word';
    expect(await first()).toEqual([
      { port_id: '9001', label: 'eth0', status: 'not connected', is_up: false },
      { port_id: '9002', label: 'eth1', status: 'disabled', is_up: false },
    ]);
    ports.style = 'enabled-word';
    expect(await first()).toEqual([
      { id: 9001, if_name: 'eth0', status: 'enabled' },
      { id: 9002, if_name: 'eth1', status: 'disabled' },
    ]);
    ports.style = 'status-number';
    expect(await first()).toMatchObject([{ status: -1 }, { status: -1 }]);
    ports.style = 'link-only';
    expect(await first()).toMatchObject([{ link_up: 0 }, { link_up: 0 }]);
    ports.style = 'admin-oper';
    ports.rename = { admin_state: 'state_admin' };
    ports.numbers = 'strings';
    expect(await first()).toMatchObject([
      { id: '9001', state_admin: 'up', connected_port: { id: '7001' } },
      { state_admin: 'down' },
    ]);
    expect(await first()).not.toMatchObject([{ admin_state: expect.anything() }, {}]);
  });

  it('of one port is an object, from either side of the cable', async () => {
    const { adminPorts } = panel.fake.answers;
    expect((await panel.get('/api/v3/admin/ports/9002')).body).toMatchObject({
      data: { id: 9002, admin_state: 'down' },
    });
    adminPorts.single = 'flat';
    expect((await panel.get('/api/v3/admin/ports/7001')).body).toMatchObject({
      id: 7001,
      item_id: 88,
      admin_state: 'up',
      connected_port: { id: 9001 },
      connected_item: { id: 163 },
    });
    expect((await panel.get('/api/v3/admin/ports/4')).status).toBe(404);
  });
});

describe('pages', () => {
  const path = '/api/v3/client/services';
  beforeEach(() => {
    for (let id = 1; id <= 5; id += 1) {
      panel.fake.addService({ id, orderId: 1000 + id, serverId: 2000 + id, user: 17, ports: [] });
    }
    panel.fake.answers.services.style = 'bare';
  });
  const listIds = (body: unknown): unknown[] => (body as { data: { id: unknown }[] }).data.map(({ id }) => id);

  it('are as long as asked, up to a cap that nobody tells', async () => {
    const { services } = panel.fake.answers;
    services.perPage = 3;
    services.maxPerPage = 4;
    expect(listIds((await panel.get(path)).body)).toEqual([501, 502, 1]);
    expect(listIds((await panel.get(`${path}?page=2&per_page=100`)).body)).toEqual([3, 4, 5]);
    expect(listIds((await panel.get(`${path}?per_page=2&page=4`)).body)).toEqual([5]);
    expect(listIds((await panel.get(`${path}?per_page=0&page=x`)).body)).toEqual([501, 502, 1]);
    services.paginated = false;
    expect(listIds((await panel.get(`${path}?page=2&per_page=2`)).body)).toHaveLength(7);
  });

  it('say where they are: under meta with links, under meta, beside the list, or nowhere', async () => {
    const { services } = panel.fake.answers;
    const page = async (n: number): Promise<unknown> => (await panel.get(`${path}?page=${n}&per_page=5&x=y`)).body;
    const meta = { current_page: 1, last_page: 2, per_page: 5, total: 7 };
    const next = `${panel.fake.url}${path}?page=2&per_page=5&x=y`;
    expect(await page(1)).toMatchObject({ meta, links: { next } });
    expect(await page(2)).toMatchObject({ meta: { current_page: 2 }, links: { next: null } });
    services.pages = 'meta';
    expect(Object.keys((await page(1)) as object)).toEqual(['data', 'meta']);
    services.pages = 'level';
    services.shape = 'data-data';
    expect(await page(1)).toEqual({ data: { ...meta, next_page_url: next, data: expect.any(Array) } });
    services.pages = 'none';
    services.shape = 'result';
    services.numbers = 'strings';
    expect(await page(2)).toEqual({
      status: 'success',
      result: [
        { id: '4', order_id: '1004' },
        { id: '5', order_id: '1005' },
      ],
    });
  });

  it('past the end are empty, the last one again, or not there', async () => {
    const { services } = panel.fake.answers;
    expect(listIds((await panel.get(`${path}?page=9`)).body)).toEqual([]);
    services.pastTheEnd = 'repeat-last';
    expect(listIds((await panel.get(`${path}?page=9&per_page=4`)).body)).toEqual([3, 4, 5]);
    services.pastTheEnd = 'not-found';
    expect((await panel.get(`${path}?page=9`)).status).toBe(404);
  });
});
