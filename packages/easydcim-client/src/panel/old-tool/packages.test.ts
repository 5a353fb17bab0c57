import { expect, test } from '@jest/globals';
import { billed, type Columns, defaults, pack, read, TABLE } from '../../test/old-tables.js';

const given = (packages: Columns[], currency: string | null = 'EUR') =>
  read({
    billed: [billed(1)],
    currency,
    tables: { [TABLE.packages]: packages, [TABLE.defaults]: [defaults(12)] },
  });

test('packages have size, price and title; two of one size have different names', () => {
  const { packages, products, undecided } = given([
    pack({ name: 'بسته ۵۰ گیگ', size_gb: '50.00', price: '9.9' }),
    pack({ name: '"a", b\r\nc', size_gb: '12.50' }),
    pack({ size_gb: '50', price: '0.00' }),
    pack({ name: null, size_gb: '1024.00' }),
  ]);
  expect(packages.map(({ name, settings }) => [name, settings])).toEqual([
    ['extra-50gb', { name: 'بسته ۵۰ گیگ', traffic: '50GB', price: '9.90', taxed: true }],
    ['extra-12-5gb', { name: '"a", b c', traffic: '12.5GB', price: '9.90', taxed: true }],
    ['extra-50gb-3', { name: 'Extra', traffic: '50GB', price: '0.00', taxed: true }],
    ['extra-1tb', { traffic: '1TB', price: '9.90', taxed: true }],
  ]);
  expect(products[0]?.settings['packages']).toEqual(['extra-12-5gb', 'extra-1tb', 'extra-50gb', 'extra-50gb-3']);
  expect(undecided).toEqual([]);
});

test.each<[Columns, string, string]>([
  [{ is_active: '0' }, 'left-out', ''],
  [{ is_active: null }, 'undecided', 'is_active'],
  [{ size_gb: '0.00' }, 'undecided', 'traffic'],
  [{ size_gb: '-3' }, 'undecided', 'traffic'],
  [{ size_gb: '5,5' }, 'undecided', 'traffic'],
  [{ price: null }, 'undecided', 'price'],
  [{ price: '-1.00' }, 'undecided', 'price'],
  [{ price: '1e2' }, 'undecided', 'price'],
  [{ price: '9.999' }, 'undecided', 'price'],
])('the package %j is not moved', (columns, state, column) => {
  const { packages, undecided } = given([pack(columns)]);
  expect(packages).toEqual([]);
  expect(undecided).toMatchObject([{ file: 'packages.yaml', object: 'package 1 (Extra)', state, column }]);
});

test('prices have the decimals of the currency; without one it is to be stated', () => {
  expect(given([pack({ price: '500.00' })], 'JPY').packages[0]?.settings['price']).toBe('500');
  const { packages, undecided } = given([pack()], null);
  expect(packages[0]?.settings['price']).toBe('9.90');
  expect(undecided).toMatchObject([{ object: 'currency', state: 'undecided' }]);
});

test.each([
  [{ available_for_pids: '12, 13' }, ['extra-50gb'], undefined],
  [{ available_for_pids: '[12,"13"]' }, ['extra-50gb'], undefined],
  [{ available_for_pids: '13' }, undefined, undefined],
  [{ available_for_gids: '2' }, undefined, '2'],
  [{ available_for_pids: '12', available_for_gids: '2' }, ['extra-50gb'], '2'],
  [{ available_for_pids: 'all' }, undefined, 'all'],
])('the offer %j is that of its products', (columns, offered, value) => {
  const { products, undecided } = given([pack(columns)]);
  expect(products[0]?.settings['packages']).toEqual(offered);
  expect(undecided.map((finding) => finding.value)).toEqual(value === undefined ? [] : [value]);
});

test('an untaxed package has a note, since the invoices had tax', () => {
  const [entry] = given([pack({ taxed: '0' })]).packages;
  expect(entry).toMatchObject({
    settings: { taxed: false },
    notes: [expect.any(String), expect.stringContaining('check taxed')],
  });
});

test('packages of the first versions have another column for their state', () => {
  const { is_active: _state, ...columns } = pack();
  const name = 'mod_easydcim_bw_packages';
  const read1 = (more: Columns) =>
    read({ billed: [billed(1)], tables: { [name]: [{ ...columns, ...more }] } }).packages.length;
  expect([
    read1({ active: '1', is_active: null }),
    read1({ is_active: '1', active: null }),
    read1({ active: '0' }),
  ]).toEqual([1, 1, 0]);
});
