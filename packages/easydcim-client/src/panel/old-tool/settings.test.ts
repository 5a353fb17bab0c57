import { expect, test } from '@jest/globals';
import { billed, type Columns, defaults, read, setting, TABLE } from '../../test/old-tables.js';

const given = (settings: Columns[], more: Parameters<typeof read>[0] = {}) =>
  read({
    billed: [billed(1)],
    ...more,
    tables: { [TABLE.defaults]: [defaults(12)], [TABLE.settings]: settings, ...more.tables },
  });

test.each([
  [setting('traffic_direction_map', 'swap'), 'set panels.dcim.trafficDirection: swapped'],
  [setting('module_enabled', '0'), 'switched off'],
  [setting('test_mode', 'on'), 'only tests'],
  [setting('default_calculation_mode', 'ALL'), 'not IN, OUT or TOTAL'],
  [setting('managed_pids', '12;all'), 'not a list of ids'],
])('the setting %j is named', (row, reason) => {
  expect(given([row]).undecided).toMatchObject([
    { object: `setting ${row['setting'] ?? ''}`, state: 'undecided', reason: expect.stringContaining(reason) },
  ]);
});

test.each([
  [setting('traffic_direction_map', 'normal'), {}],
  [setting('traffic_direction_map', 'swap'), { trafficDirection: 'swapped' }],
  [setting('module_enabled', '1'), {}],
  [setting('test_mode', ''), {}],
  [setting('use_impersonation', null), {}],
])('there is nothing to say of %j', (row, settings) => {
  expect(given([row], { settings }).undecided).toEqual([]);
});

test('settings of another module, and a second value of one, are named', () => {
  const { services, undecided } = given([
    setting('managed_pids', '99', 'easydcim_bandwidth_guard'),
    setting('managed_pids', '12'),
    setting('managed_pids', '13'),
    setting('x', '1', 'other'),
  ]);
  expect(services).toHaveLength(1);
  expect(undecided.map(({ object, value }) => [object, value])).toEqual([
    ['setting managed_pids of easydcim_bandwidth_guard', '99'],
    ['setting managed_pids of easydcim_bw', '13'],
    ['setting x of other', '1'],
  ]);
});

test('the first versions have other names for the scope and the package', () => {
  const first = (settings: Columns[]) =>
    read({
      billed: [billed(1), billed(2, { productId: '13' })],
      tables: {
        mod_easydcim_bw_product_defaults: [defaults(12)],
        mod_easydcim_bw_service_overrides: [],
        mod_easydcim_bw_service_state: [],
        mod_easydcim_bw_purchases: [],
        mod_easydcim_bw_packages: [
          {
            name: 'A',
            size_gb: '5',
            price: '1',
            taxed: '1',
            available_for_pids: null,
            available_for_gids: null,
            active: '1',
          },
        ],
        [TABLE.settings]: settings,
      },
    });
  const auto = [setting('autobuy_enabled', 'on'), setting('default_package_id', '1'), setting('enabled_pids', '12')];
  const { services, products } = first(auto);
  expect(services).toMatchObject([{ billingId: '1' }]);
  expect(products).toMatchObject([{ settings: { autoBuy: { enabled: true, package: 'extra-5gb' } } }]);
  const other = ['autobuy_enabled', 'autobuy_default_package_id', 'enabled_pids'].map((name, index) =>
    setting(name, ['on', '1', '12'][index] ?? '', 'easydcim_bandwidth'),
  );
  expect(first(other).products).toMatchObject([{ settings: { autoBuy: { enabled: true, package: 'extra-5gb' } } }]);
});
