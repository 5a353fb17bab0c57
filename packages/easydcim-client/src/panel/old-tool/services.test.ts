import { expect, test } from '@jest/globals';
import { toPanelEntry } from '@sluice/panel-kind';
import { billed, type Columns, entry, read, setting, state, TABLE } from '../../test/old-tables.js';

const findings = (given: Parameters<typeof read>[0]) =>
  read(given).undecided.filter(({ object }) => object.startsWith('service'));

const withFields = (service: number, fields: Record<string, string>) =>
  billed(service, { fields: { easydcim_service_id: String(500 + service), ...fields } });

test('a service has the ids of its custom fields, else of the state, else of the panel', () => {
  const shown = toPanelEntry({
    object: 'service',
    id: '503',
    refs: { easydcim_service_id: '503', easydcim_order_id: '900', easydcim_server_id: '33' },
  });
  const { services } = read({
    billed: [
      withFields(1, { easydcim_order_id: '701', easydcim_server_id: '31' }),
      billed(2),
      billed(3),
      billed(4, { fields: {} }),
    ],
    entries: [
      entry(1),
      entry(2),
      shown,
      toPanelEntry({ object: 'service', id: '504', refs: { easydcim_service_id: '504' } }),
    ],
    tables: {
      [TABLE.state]: [
        state(1, { easydcim_order_id: null }),
        state(2, { easydcim_server_id: '32' }),
        state(3, { easydcim_order_id: '0' }),
        state(4, { easydcim_order_id: null }),
      ],
    },
  });
  expect(services.map(({ columns }) => columns)).toEqual([
    { easydcim_service_id: '501', easydcim_order_id: '701', easydcim_server_id: '31' },
    { easydcim_service_id: '502', easydcim_order_id: '702', easydcim_server_id: '32' },
    { easydcim_service_id: '503', easydcim_order_id: '900', easydcim_server_id: '33' },
    { easydcim_service_id: '504' },
  ]);
});

test('a service that the tool never polled is moved by its custom field', () => {
  const { services } = read({ billed: [billed(1), billed(2, { fields: {} })] });
  expect(services).toMatchObject([{ billingId: '1', columns: { easydcim_service_id: '501' } }]);
});

test('an id that the tool matched by itself is a proposal', () => {
  const given = { billed: [billed(1, { fields: {} })], tables: { [TABLE.state]: [state(1)] } };
  expect(read(given).services).toHaveLength(1);
  expect(findings(given)).toMatchObject([{ state: 'proposed', column: 'easydcim_service_id', value: '501' }]);
});

test.each([
  ['the field has priority', { easydcim_service_id: '999' }, 'easydcim_service_id', '501', 'proposed'],
  ['also of an order that the panel does not show', { easydcim_order_id: '11' }, 'easydcim_order_id', '10', 'proposed'],
])('state and custom field differ: %s', (_title, columns: Columns, column, value, kind) => {
  const given = {
    billed: [withFields(1, { easydcim_order_id: '10' })],
    entries: [toPanelEntry({ object: 'service', id: '501', refs: { easydcim_service_id: '501' } })],
    tables: { [TABLE.state]: [state(1, { easydcim_order_id: '10', ...columns })] },
  };
  expect(read(given).services[0]?.columns[column]).toBe(value);
  expect(findings(given)).toMatchObject([{ object: 'service 1', state: kind, column, value }]);
});

test.each([
  ['the panel shows another order', withFields(1, { easydcim_order_id: '88' }), '88'],
  ['the field is not an id', withFields(1, { easydcim_order_id: 'ORD-7' }), 'ORD-7'],
])('an order is left empty where %s', (_title, service, value) => {
  const given = { billed: [service], tables: { [TABLE.state]: [state(1)] } };
  expect(read(given).services[0]?.columns['easydcim_order_id']).toBe('');
  expect(findings(given)).toMatchObject([{ state: 'undecided', column: 'easydcim_order_id', value }]);
});

test('an order of two services is left empty', () => {
  const entries = [1, 2].map((service) =>
    toPanelEntry({
      object: 'service',
      id: String(500 + service),
      refs: { easydcim_service_id: String(500 + service) },
    }),
  );
  const given = {
    billed: [billed(1), billed(2)],
    entries,
    tables: { [TABLE.state]: [state(1, { easydcim_order_id: '7' }), state(2, { easydcim_order_id: '7' })] },
  };
  expect(read(given).services.map(({ columns }) => columns['easydcim_order_id'])).toEqual(['', '']);
  expect(findings(given)).toHaveLength(2);
});

test.each([
  ['ended', billed(1, { status: 'terminated' }), {}, 'left-out', 'has ended in the billing system'],
  ['pending', billed(1, { status: 'pending' }), {}, 'left-out', 'is pending'],
  ['of unknown status', billed(1, { status: null }), {}, 'undecided', 'status in the billing system is unknown'],
  ['gone from the billing system', billed(2, { fields: {} }), {}, 'left-out', 'does not have it'],
  ['gone from the panel', billed(1, { fields: {} }), { easydcim_service_id: '999' }, 'undecided', 'no service 999'],
  ['without an id', billed(1, { fields: {} }), { easydcim_service_id: null }, 'undecided', 'no valid id'],
  ['with a float as id', billed(1, { fields: {} }), { easydcim_service_id: '501.0' }, 'undecided', 'no valid id'],
])('a service is not moved that is %s', (_title, service, columns: Columns, kind, reason) => {
  const given = { billed: [service], entries: [entry(1)], tables: { [TABLE.state]: [state(1, columns)] } };
  expect(read(given).services).toEqual([]);
  expect(findings(given)).toMatchObject([
    { object: 'service 1', state: kind, reason: expect.stringContaining(reason) },
  ]);
});

test('a limited service that is not moved is named among the holds', () => {
  const given = {
    billed: [billed(1, { status: 'terminated' })],
    tables: { [TABLE.state]: [state(1, { last_status: 'limited' })] },
  };
  expect(findings(given)).toMatchObject([
    { file: 'holds.csv', object: 'service 1', state: 'undecided' },
    { file: 'services.csv', object: 'service 1', state: 'left-out' },
  ]);
});

test.each([
  [[1, 2], 'services 1, 2 of WHMCS have the same id'],
  [[1, 2, 3], 'services 1, 2, 3 of WHMCS have the same id'],
  [[1, 2, 3, 4, 5, 6, 7], 'services 1, 2, 3, 4, 5 and 2 more of WHMCS have the same id'],
])('services %j with the same id on the panel are all undecided, each with the others', (ids, reason) => {
  const services = ids.map((service) => billed(service, { fields: { easydcim_service_id: '501' } }));
  const given = { billed: services, entries: [entry(1)] };
  expect(read(given).services).toEqual([]);
  expect(findings(given).map(({ object, reason: why }) => `${object}: ${why}`)).toEqual(
    ids.map((id) => expect.stringContaining(`service ${id}: ${reason}`)),
  );
});

test('of two states of a service the one that was checked last is read, and the other named', () => {
  const rows = [
    state(1, { last_check_at: '2026-11-30 10:00:00', last_used_gb: '7.0000', last_status: 'limited', id: '4' }),
    state(1, { last_check_at: '0000-00-00 00:00:00', easydcim_order_id: '1', id: '9' }),
    state(1, { last_check_at: null, easydcim_order_id: '2', id: '8' }),
  ];
  for (const order of [rows, [...rows].reverse()]) {
    const given = { billed: [billed(1)], tables: { [TABLE.state]: order } };
    expect(read(given).services[0]?.columns['easydcim_order_id']).toBe('701');
    expect(read(given).limited).toMatchObject([{ usedBytes: 7 * 2 ** 30 }]);
    const older = findings(given).filter(({ state: kind }) => kind === 'left-out');
    expect(older.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('row 8 of mod_easydcim_bw_guard_service_state is an older state'),
      expect.stringContaining('row 9 of'),
    ]);
  }
});

test('the scope by products decides; by groups, whether the tool has polled the service', () => {
  const tables = { [TABLE.state]: [state(1), state(2)] };
  const services = [billed(1), billed(2, { productId: '13' }), billed(3)];
  const byProduct = {
    billed: services,
    tables: { ...tables, [TABLE.settings]: [setting('managed_pids', '12, 14'), setting('managed_gids', '3')] },
  };
  expect(read(byProduct).services.map(({ billingId }) => billingId)).toEqual(['1', '3']);
  expect(findings(byProduct)).toMatchObject([{ object: 'service 2', state: 'left-out', value: '13' }]);
  const byGroup = { billed: services, tables: { ...tables, [TABLE.settings]: [setting('managed_gids', '3')] } };
  expect(read(byGroup).services.map(({ billingId }) => billingId)).toEqual(['1', '2']);
  expect(findings(byGroup)).toMatchObject([{ object: 'service 3', state: 'undecided' }]);
});

test('with impersonation the user of the panel is the client’s address, where it is one', () => {
  const given = {
    billed: [billed(1), billed(2, { clientEmail: null })],
    tables: { [TABLE.settings]: [setting('managed_pids', ''), setting('use_impersonation', 'on')] },
  };
  expect(read(given).services.map(({ columns }) => columns['easydcim_user'])).toEqual(['client1@example.com', '']);
  expect(findings(given)).toMatchObject([{ object: 'service 2', column: 'easydcim_user', state: 'undecided' }]);
  const byId = {
    ...given,
    tables: { [TABLE.settings]: [setting('use_impersonation', '1'), setting('impersonate_mode', 'userid')] },
  };
  expect(read(byId).services[0]?.columns).not.toHaveProperty('easydcim_user');
  expect(read(byId).undecided).toMatchObject([{ file: 'products.yaml' }, { object: 'setting impersonate_mode' }]);
});

test('without a billing system, services are moved by their states and have no product', () => {
  const { services, undecided } = read({ billed: null, entries: [entry(1)], tables: { [TABLE.state]: [state(1)] } });
  expect(services).toMatchObject([{ billingId: '1', product: null }]);
  expect(undecided).toMatchObject([{ column: 'easydcim_service_id' }, { column: 'product', state: 'undecided' }]);
});
