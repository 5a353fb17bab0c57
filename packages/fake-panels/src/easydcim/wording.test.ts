import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { bandwidthKeys, type ListShape, type ObjectShape } from './answers.js';
import { noon, type PanelUnderTest, panelUnderTest } from './test/panel-under-test.js';

const GiB = 1024 ** 3;

let panel: PanelUnderTest;

beforeEach(async () => {
  panel = await panelUnderTest();
});

afterEach(async () => {
  await panel.fake.close();
});

describe('the wording of bandwidth', () => {
  beforeEach(() => {
    panel.fake.addTraffic(501, { in: 300 * GiB, out: 100 * GiB });
  });
  const plain = { in: 300 * GiB, out: 100 * GiB, total: 400 * GiB };

  it.each<[ObjectShape, object]>([
    ['flat', plain],
    ['data', { data: plain }],
    ['result', { status: 'success', result: plain }],
    ['stats', { stats: plain }],
    ['data-data', { data: { data: plain } }],
    ['data-result', { data: { result: plain } }],
    ['result-data', { status: 'success', result: { data: plain } }],
  ])('is shaped as %s', async (shape, expected) => {
    panel.fake.answers.bandwidth.shape = shape;
    expect((await panel.bandwidth()).body).toEqual(expected);
  });

  it.each([
    ['parts', { in: 300 * GiB, out: 100 * GiB }],
    ['totalOnly', { total: 400 * GiB }],
    ['inbound', { inbound: 300 * GiB, outbound: 100 * GiB }],
    ['download', { download: 300 * GiB, upload: 100 * GiB }],
    ['rx', { rx: 300 * GiB, tx: 100 * GiB }],
    ['prefixed', { traffic_in: 300 * GiB, traffic_out: 100 * GiB, traffic_total: 400 * GiB }],
    ['sum', { in: 300 * GiB, out: 100 * GiB, sum: 400 * GiB }],
    ['vendor', { BW_IN: 300 * GiB, BW_OUT: 100 * GiB, BW_TOTAL: 400 * GiB }],
  ] as const)('has the keys of %s', async (name, expected) => {
    panel.fake.answers.bandwidth.keys = bandwidthKeys[name];
    expect((await panel.bandwidth()).body).toEqual(expected);
  });

  it('has its units, as numbers or text', async () => {
    const { bandwidth } = panel.fake.answers;
    bandwidth.unit = 'MB';
    expect((await panel.bandwidth()).body).toEqual({ in: 307_200, out: 102_400, total: 409_600 });
    bandwidth.unit = 'GB';
    bandwidth.numbers = 'strings';
    expect((await panel.bandwidth()).body).toEqual({ in: '300', out: '100', total: '400' });
    bandwidth.unit = 'human';
    expect((await panel.bandwidth()).body).toEqual({ in: '300 GB', out: '100 GB', total: '400 GB' });
  });

  it('honours units in the request only where the installation knows them', async () => {
    const ask = async (): Promise<unknown> => (await panel.bandwidth(undefined, undefined, { units: 'MB' })).body;
    expect(await ask()).toEqual(plain);
    panel.fake.answers.bandwidth.knowsUnits = true;
    expect(await ask()).toEqual({ in: 307_200, out: 102_400, total: 409_600 });
  });

  it('may be swapped, multiplied, and have percentiles', async () => {
    const { bandwidth } = panel.fake.answers;
    bandwidth.swapped = true;
    expect((await panel.bandwidth()).body).toEqual({ in: 100 * GiB, out: 300 * GiB, total: 400 * GiB });
    bandwidth.swapped = false;
    bandwidth.factor = 1000;
    expect((await panel.bandwidth()).body).toMatchObject({ total: 400_000 * GiB });
    bandwidth.factor = 0;
    bandwidth.percentiles = true;
    expect((await panel.bandwidth()).body).toEqual({
      in: 0,
      out: 0,
      total: 0,
      '95TH_PERC': 29.83,
      '95TH_PERC_IN': 29.83,
      '95TH_PERC_OUT': 9.94,
    });
  });

  it('may ignore the dates', async () => {
    panel.fake.answers.bandwidth.datesIgnored = true;
    const other = await panel.bandwidth('2020-01-01 00:00:00', '2020-01-31 23:59:59');
    expect(other.body).toEqual(plain);
  });

  it('may be a default range or a map of ranges without dates', async () => {
    const path = '/api/v3/client/services/501/bandwidth';
    const { bandwidth } = panel.fake.answers;
    bandwidth.withoutDates = 'default-range';
    expect((await panel.post(path)).body).toEqual(plain);
    bandwidth.withoutDates = 'interval-map';
    panel.clock.advance(2 * 3_600_000);
    const map = (await panel.post(path)).body as { status: string; result: Record<string, unknown> };
    expect(map.status).toBe('success');
    expect(Object.keys(map.result)).toEqual([
      'last_1hour',
      'last_6hours',
      'last_1day',
      'last_2days',
      'last_1week',
      'last_1month',
      'last_6months',
      'last_1year',
      'current_month',
    ]);
    expect(map.result.last_1hour).toEqual({ BW_IN: 3_600_000, BW_OUT: 360_000, BW_TOTAL: 3_960_000 });
    expect(map.result.current_month).toMatchObject({ BW_IN: 300 * GiB + 7_200_000 });
  });

  it('may be a map or a series in any case', async () => {
    const { bandwidth } = panel.fake.answers;
    bandwidth.shape = 'interval-map';
    expect((await panel.bandwidth()).body).toMatchObject({ result: { last_1day: { BW_IN: 300 * GiB } } });
    bandwidth.shape = 'series';
    expect((await panel.bandwidth('2026-10-14 00:00:00')).body).toEqual({
      data: [
        { time: '2026-10-14 00:00:00', in: 0, out: 0 },
        { time: '2026-10-15 00:00:00', in: 300 * GiB, out: 100 * GiB },
      ],
    });
  });

  it('may be garbage for one service', async () => {
    panel.fake.spoilBandwidth(501, { in: -1, out: 5, total: 4 });
    expect((await panel.bandwidth()).body).toEqual({ in: -1, out: 5, total: 4 });
    panel.fake.spoilBandwidth(501, undefined);
    expect((await panel.bandwidth()).text).toBe('');
    panel.fake.honestBandwidth(501);
    expect((await panel.bandwidth()).body).toEqual(plain);
    panel.fake.spoilBandwidth(501, '<p>');
    panel.fake.honestBandwidth();
    expect((await panel.bandwidth()).body).toEqual(plain);
  });
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
  const idsOf = (body: unknown): unknown[] => (body as { data: { id: unknown }[] }).data.map(({ id }) => id);

  it('are as long as asked, up to a cap that nobody tells', async () => {
    const { services } = panel.fake.answers;
    services.perPage = 3;
    services.maxPerPage = 4;
    expect(idsOf((await panel.get(path)).body)).toEqual([501, 502, 1]);
    expect(idsOf((await panel.get(`${path}?page=2&per_page=100`)).body)).toEqual([3, 4, 5]);
    expect(idsOf((await panel.get(`${path}?per_page=2&page=4`)).body)).toEqual([5]);
    expect(idsOf((await panel.get(`${path}?per_page=0&page=x`)).body)).toEqual([501, 502, 1]);
    services.paginated = false;
    expect(idsOf((await panel.get(`${path}?page=2&per_page=2`)).body)).toHaveLength(7);
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
    expect(idsOf((await panel.get(`${path}?page=9`)).body)).toEqual([]);
    services.pastTheEnd = 'repeat-last';
    expect(idsOf((await panel.get(`${path}?page=9&per_page=4`)).body)).toEqual([3, 4, 5]);
    services.pastTheEnd = 'not-found';
    expect((await panel.get(`${path}?page=9`)).status).toBe(404);
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

describe('a graph export', () => {
  const path = '/api/v3/client/graphs/501/export';
  const request = {
    type: 'AggregateTraffic',
    target: 'service',
    start: '2026-10-15 12:00:00',
    end: '2026-10-15 14:00:00',
    raw: false,
  };

  beforeEach(() => {
    panel.fake.setRate(501, { inBytesPerSecond: 125_000_000, outBytesPerSecond: 62_500_000 });
    panel.fake.answers.graph.points = 4;
    panel.clock.set(noon + 3_600_000);
  });
  const chart = {
    labels: ['2026-10-15 12:00:00', '2026-10-15 12:30:00', '2026-10-15 13:00:00', '2026-10-15 13:30:00'],
    datasets: [
      { label: 'Inbound', data: [1, 1, null, null] },
      { label: 'Outbound', data: [0.5, 0.5, null, null] },
      { label: 'Total', data: [1.5, 1.5, null, null] },
    ],
  };

  it('is a chart of rates, at the top or nested', async () => {
    const { graph } = panel.fake.answers;
    expect((await panel.post(path, request)).body).toEqual(chart);
    graph.form = 'chart-data';
    graph.labels = { in: 'Traffic IN', out: 'Traffic OUT', total: null };
    graph.labelKey = 'name';
    expect((await panel.post(path, request)).body).toMatchObject({
      data: { datasets: [{ name: 'Traffic IN' }, { name: 'Traffic OUT' }] },
    });
    graph.form = 'chart-result';
    expect((await panel.post(path, request)).body).toMatchObject({
      status: 'success',
      result: { labels: chart.labels },
    });
    expect(panel.fake.server.changingCalls()).toEqual([]);
  });

  it('is a picture, CSV, an empty chart or none', async () => {
    const { graph } = panel.fake.answers;
    graph.form = 'png-base64';
    expect((await panel.post(path, request)).body).toMatchObject({ result: expect.stringMatching(/^iVBORw0KGgo/) });
    graph.form = 'png';
    const picture = await panel.post(path, request);
    expect(picture.headers.get('content-type')).toBe('image/png');
    expect(picture.text).toMatch('PNG');
    graph.form = 'csv';
    const csv = await panel.post(path, request);
    expect(csv.headers.get('content-type')).toBe('text/csv');
    expect(csv.text.split('\n')).toEqual([
      'time,in,out',
      '2026-10-15 12:00:00,1,0.5',
      '2026-10-15 12:30:00,1,0.5',
      '2026-10-15 13:00:00,,',
      '2026-10-15 13:30:00,,',
      '',
    ]);
    graph.form = 'empty';
    expect((await panel.post(path, request)).body).toEqual({ labels: [], datasets: [] });
    graph.form = 'no-data';
    expect((await panel.post(path, request)).body).toEqual({ message: 'No data' });
  });

  it('takes Unix seconds where the installation does, known types and targets only', async () => {
    panel.fake.answers.graph.dates = 'unix';
    const unix = { ...request, start: noon / 1000, end: String(noon / 1000 + 7200) };
    expect((await panel.post(path, unix)).body).toEqual(chart);
    expect((await panel.post(path, { ...unix, type: 'Ping' })).body).toEqual({ labels: [], datasets: [] });
    const wrong = await panel.post(path, { ...request, type: 'Traffic', target: 'device' });
    expect(wrong.status).toBe(422);
    expect(Object.keys((wrong.body as { errors: object }).errors)).toEqual(['type', 'target', 'start', 'end']);
  });
});
