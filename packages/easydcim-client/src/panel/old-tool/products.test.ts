import { expect, test } from '@jest/globals';
import { billed, type Columns, defaults, pack, read, setting, TABLE } from '../../test/old-tables.js';

const withDefaults = (columns: Columns, settings: Columns[] = [setting('managed_pids', '')]) =>
  read({
    billed: [billed(1)],
    tables: { [TABLE.defaults]: [defaults(12, columns)], [TABLE.settings]: settings },
  });

const NO_TOTAL = { default_quota_gb: '0.00', default_quota_total_gb: null };

test.each<[Columns, object]>([
  [{}, { total: '1000GB', default: '1000GB' }],
  [{ default_quota_total_gb: '10240.00', default_quota_gb: '0.00' }, { total: '10TB' }],
  [{ default_quota_total_gb: null, default_quota_gb: '12.50' }, { default: '12.5GB' }],
  [{ ...NO_TOTAL, default_mode: 'OUT', default_quota_out_gb: '0.01' }, { out: '0.01GB' }],
  [{ ...NO_TOTAL, unlimited_total: '1' }, { total: 'unlimited' }],
  [
    { unlimited_total: '1', default_quota_in_gb: '5' },
    { in: '5GB', total: 'unlimited', default: '1000GB' },
  ],
  [{ default_quota_total_gb: '1073741823.00', default_quota_gb: '0' }, undefined as unknown as object],
])('the quota of %j is exact: %j', (columns, quota) => {
  expect(withDefaults(columns).products[0]?.settings['quota']).toEqual(quota);
});

test.each<[Columns, string | null]>([
  [{ default_quota_total_gb: '0.00' }, '0.00'],
  [{ default_quota_total_gb: null, default_quota_gb: '0.00' }, '0.00'],
  [{ default_quota_total_gb: null, default_quota_gb: null }, ''],
  [{ default_quota_total_gb: '-1' }, '-1'],
  [{ default_quota_total_gb: '1.5e3' }, '1.5e3'],
])('a quota of %j is neither 0 nor unlimited, but to be decided', (columns, value) => {
  const { products, undecided } = withDefaults(columns);
  expect(products[0]?.settings).not.toHaveProperty('quota');
  expect(products[0]?.notes).toContain('no quota: the tool had none, or 0. State one, or unlimited');
  expect(undecided).toMatchObject([
    {
      file: 'products.yaml',
      object: 'product 12',
      state: 'undecided',
      value,
      reason: expect.stringContaining('cut them at once'),
    },
  ]);
});

test('figures of directions that do not count are left out where they are no quota', () => {
  const { products, undecided } = withDefaults({ default_quota_in_gb: '0.00', default_quota_out_gb: 'x' });
  expect(products[0]?.settings['quota']).toEqual({ total: '1000GB', default: '1000GB' });
  expect(undecided).toMatchObject([
    { column: 'quota.in', state: 'left-out' },
    { column: 'quota.out', state: 'left-out' },
  ]);
});

test('a service whose own mode has no quota is to be decided', () => {
  const { undecided } = read({
    billed: [billed(1, { fields: { easydcim_service_id: '501', traffic_mode: 'IN' } })],
    tables: { [TABLE.defaults]: [defaults(12, { default_quota_gb: '0' })] },
  });
  expect(undecided).toMatchObject([{ object: 'service 1', column: 'traffic_mode', value: 'IN', state: 'undecided' }]);
});

test.each([
  ['disable_ports', 'disable-ports'],
  ['suspend', 'suspend-order'],
  ['both', 'both'],
  [null, 'disable-ports'],
])('the action %s becomes %s', (text, action) => {
  const { products, undecided } = withDefaults({ default_action: text });
  expect(products[0]?.settings).toMatchObject({ action, mode: 'TOTAL', whmcs: { productIds: [12] } });
  expect(undecided).toEqual([]);
});

test('an unknown action or mode is written as the tool understood it, and named', () => {
  const { products, undecided } = withDefaults({ default_action: 'constructor', default_mode: 'both' });
  expect(products[0]?.settings).toMatchObject({ action: 'disable-ports', mode: 'TOTAL' });
  expect(undecided).toMatchObject([
    { column: 'action', value: 'constructor', state: 'undecided' },
    { column: 'mode', value: 'both', state: 'proposed' },
  ]);
});

test('a product without a mode has the general one', () => {
  const mode = [setting('default_calculation_mode', 'OUT')];
  expect(withDefaults({ default_mode: null }, mode).products[0]?.settings['mode']).toBe('OUT');
});

test('products that are off, out of scope or repeated are left out; the first row of one is read', () => {
  const { products, undecided } = read({
    billed: [billed(1)],
    tables: {
      [TABLE.settings]: [setting('managed_pids', '12,14')],
      [TABLE.defaults]: [
        defaults(12, { id: '7', default_quota_total_gb: '2' }),
        defaults(12, { id: '3', default_quota_total_gb: '1' }),
        defaults(13, { id: '4' }),
        defaults(14, { id: '5', enabled: '0' }),
        defaults(0, { id: '6' }),
      ],
    },
  });
  expect(products).toMatchObject([{ settings: { quota: { total: '1GB' } } }]);
  expect(undecided.map(({ object, state, reason }) => [object, state, reason])).toEqual([
    ['product 12', 'left-out', expect.stringContaining('row 7 of')],
    ['product 13', 'left-out', expect.stringContaining('not among the products that the tool managed')],
    ['product 14', 'left-out', expect.stringContaining('not enabled')],
    [`row 6 of ${TABLE.defaults}`, 'left-out', expect.stringContaining('names no product')],
  ]);
});

test('services of a product that is off have no product, and say so', () => {
  const { products, services, undecided } = withDefaults({ enabled: '0' });
  expect(products).toEqual([]);
  expect(services).toMatchObject([{ product: null }]);
  expect(undecided).toMatchObject([
    { object: 'product 12', state: 'undecided', column: 'enabled' },
    { object: 'service 1', state: 'undecided', column: 'product', value: '12' },
  ]);
});

test('a product without a row has no quota until somebody states one', () => {
  const { products, services, undecided } = read({ billed: [billed(1)] });
  expect(products).toMatchObject([{ name: 'dedicated-10tb-12', settings: { action: 'disable-ports', mode: 'TOTAL' } }]);
  expect(products[0]?.settings).not.toHaveProperty('quota');
  expect(services).toMatchObject([{ product: 'dedicated-10tb-12' }]);
  expect(undecided).toMatchObject([{ object: 'product 12', column: 'quota', state: 'undecided' }]);
});

test('a product without a row has the general action', () => {
  const { products } = read({
    billed: [billed(1)],
    tables: { [TABLE.settings]: [setting('default_action', 'suspend')] },
  });
  expect(products).toMatchObject([{ settings: { action: 'suspend-order' } }]);
});

test('names are of letters that any file has, and never the same', () => {
  const titles = [
    'Dedicated, "10TB"',
    'سرور اختصاصی',
    '独立服务器',
    '__proto__',
    'Dedicated 10tb',
    '\u001b[31m\nred',
    null,
  ];
  const services = titles.map((productName, index) =>
    billed(index + 1, { productId: String(index + 20), productName }),
  );
  const { products } = read({ billed: services });
  expect(products.map(({ name }) => name)).toEqual([
    ...['dedicated-10tb-20', 'product-21', 'product-22', 'proto-23', 'dedicated-10tb-24', '31m-red-25', 'product-26'],
  ]);
  expect(products.map(({ notes }) => notes[0])).toContain('product 21 of WHMCS: سرور اختصاصی');
  expect(JSON.stringify(products)).not.toContain('\\u001b');
});

test('automatic purchases of the module are those of each product that offers the package', () => {
  const settings = [
    setting('autobuy_enabled', '1'),
    setting('autobuy_default_package_id', '2'),
    setting('autobuy_threshold_gb', '12.5'),
    setting('autobuy_max_per_cycle', '0'),
  ];
  const { products, undecided } = read({
    billed: [billed(1), billed(2, { productId: '13' })],
    tables: {
      [TABLE.settings]: settings,
      [TABLE.defaults]: [defaults(12), defaults(13)],
      [TABLE.packages]: [pack(), pack({ available_for_pids: '12', size_gb: '100.00' })],
    },
  });
  expect(products[0]?.settings).toMatchObject({
    packages: ['extra-100gb', 'extra-50gb'],
    autoBuy: { enabled: true, package: 'extra-100gb', thresholdGb: 12.5, maxPerCycle: 1 },
  });
  expect(products[1]?.settings).toMatchObject({
    packages: ['extra-50gb'],
    autoBuy: { thresholdGb: 12.5, maxPerCycle: 1 },
  });
  expect(products[1]?.settings['autoBuy']).not.toHaveProperty('enabled');
  expect(undecided).toMatchObject([
    { object: 'product 13', column: 'autoBuy.package', value: '2', state: 'undecided' },
  ]);
});

test.each([
  [[setting('autobuy_enabled', '1')], 'autoBuy.package'],
  [[setting('autobuy_enabled', '1'), setting('autobuy_threshold_gb', '-1')], 'autoBuy'],
  [[setting('autobuy_enabled', '1'), setting('autobuy_max_per_cycle', 'x')], 'autoBuy'],
])('automatic purchases that are not clear stay off', (settings, column) => {
  const { products, undecided } = withDefaults({}, settings);
  expect(products[0]?.settings['autoBuy'] ?? {}).not.toHaveProperty('enabled');
  expect(undecided).toMatchObject([{ column }]);
});
