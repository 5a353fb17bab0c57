import { expect, test } from '@jest/globals';
import { billed, type Columns, defaults, pack, preference, read, TABLE } from '../../test/old-tables.js';

const given = (rows: Columns[], packages = [pack(), pack({ is_active: '0' })]) => {
  const { preferences, undecided } = read({
    billed: [billed(1), billed(2, { client: null })],
    tables: { [TABLE.defaults]: [defaults(12)], [TABLE.packages]: packages, [TABLE.preferences]: rows },
  });
  return { preferences, undecided: undecided.filter(({ file }) => file === 'preferences.csv') };
};

test.each<[Columns, object]>([
  [{}, { enabled: 'yes', package: 'extra-50gb', threshold_gb: '20', max_per_cycle: '3' }],
  [{ autobuy_enabled: '0' }, { enabled: 'no', package: 'extra-50gb', threshold_gb: '20', max_per_cycle: '3' }],
  [
    { autobuy_package_id: null, autobuy_threshold_gb: null, autobuy_max_per_cycle: null },
    { enabled: 'yes', package: '', threshold_gb: '', max_per_cycle: '' },
  ],
  [{ autobuy_threshold_gb: '0.00' }, { enabled: 'yes', package: 'extra-50gb', threshold_gb: '0', max_per_cycle: '3' }],
])('the choice %j is moved', (columns, row) => {
  const { preferences, undecided } = given([preference(1, columns)]);
  expect(preferences).toEqual([{ service: 0, row }]);
  expect(undecided).toEqual([]);
});

test.each<[Columns, string]>([
  [{ autobuy_package_id: '2' }, 'package'],
  [{ autobuy_package_id: '0' }, 'package'],
  [{ autobuy_package_id: '__proto__' }, 'package'],
  [{ autobuy_threshold_gb: '-1.00' }, 'threshold_gb'],
  [{ autobuy_max_per_cycle: '1.5' }, 'max_per_cycle'],
  [{ autobuy_enabled: null }, 'enabled'],
])('a choice that is not clear buys nothing: %j', (columns, column) => {
  const { preferences, undecided } = given([preference(1, columns)]);
  expect(preferences).toMatchObject([
    { service: 0, row: { enabled: 'no', [column]: column === 'enabled' ? 'no' : '' } },
  ]);
  expect(undecided).toMatchObject([{ object: 'service 1, client 1', column, state: 'undecided' }]);
});

test('a package that the product does not offer is not bought', () => {
  const { preferences, undecided } = given([preference(1)], [pack({ available_for_pids: '13' })]);
  expect(preferences).toMatchObject([{ row: { enabled: 'no', package: '' } }]);
  expect(undecided).toMatchObject([{ column: 'package', reason: expect.stringContaining('does not offer it') }]);
});

test('at most 0 per cycle is 1, as the tool bought', () => {
  const { preferences, undecided } = given([preference(1, { autobuy_max_per_cycle: '0' })]);
  expect(preferences).toMatchObject([{ row: { enabled: 'yes', max_per_cycle: '1' } }]);
  expect(undecided).toMatchObject([{ column: 'max_per_cycle', state: 'proposed' }]);
});

test('the newest choice wins, and those of others and of no service are named', () => {
  const rows = [
    preference(1, { id: '1', updated_at: '2026-11-02 10:00:00', autobuy_max_per_cycle: '2' }),
    preference(1, { id: '2', updated_at: '2026-11-01 10:00:00', autobuy_max_per_cycle: '9' }),
    preference(1, { id: '3', userid: '5' }),
    preference(2, { id: '4' }),
    preference(0, { id: '5' }),
    preference(8, { id: '6' }),
  ];
  for (const order of [rows, [...rows].reverse()]) {
    const { preferences, undecided } = given(order);
    expect(preferences).toMatchObject([{ service: 0, row: { max_per_cycle: '2' } }]);
    expect(undecided.map(({ object, state, reason }) => [object, state, reason])).toEqual([
      [`row 5 of ${TABLE.preferences}`, 'left-out', expect.stringContaining('names no service')],
      ['service 1, client 1', 'left-out', expect.stringContaining('row 2 of')],
      ['service 1, client 5', 'left-out', expect.stringContaining('of client 1')],
      ['service 2, client 2', 'undecided', expect.stringContaining('client of its service is unknown')],
      ['service 8, client 8', 'left-out', expect.stringContaining('no such service')],
    ]);
  }
});
