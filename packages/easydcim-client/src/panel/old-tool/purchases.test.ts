import { expect, test } from '@jest/globals';
import { billed, type Columns, defaults, pack, purchase, read, state, TABLE } from '../../test/old-tables.js';

const given = (rows: Columns[], more: Parameters<typeof read>[0] = {}) =>
  read({
    billed: [billed(1)],
    ...more,
    tables: {
      [TABLE.state]: [state(1)],
      [TABLE.defaults]: [defaults(12)],
      [TABLE.packages]: [pack()],
      [TABLE.purchases]: rows,
      ...more.tables,
    },
  });

test('paid purchases of the current cycle are moved, exact and by the local time', () => {
  const { purchases, undecided } = given([
    purchase(1),
    purchase(1, { actor: 'autobuy_cron', size_gb: '0.01', price: '1' }),
  ]);
  expect(purchases).toEqual([
    {
      service: 0,
      row: {
        package: 'extra-50gb',
        bytes: String(50 * 2 ** 30),
        price: '9.90',
        currency: 'EUR',
        at: '2026-11-20T11:00:00.000Z',
        actor: 'manual',
        ref: 'mod_easydcim_bw_guard_purchases 1',
      },
    },
    { service: 0, row: expect.objectContaining({ bytes: '10737418', price: '1.00', actor: 'auto' }) },
  ]);
  expect(undecided).toEqual([]);
});

test.each<[string, Columns, string, string]>([
  [
    'of an ended cycle',
    { cycle_end: '2026-11-14 23:59:59', created_at: '2026-11-01 10:00:00' },
    'left-out',
    'has ended',
  ],
  ['of another cycle than its time', { cycle_end: '2026-11-14 23:59:59' }, 'undecided', 'due date was changed'],
  ['of a later cycle', { cycle_end: '2027-12-14 23:59:59' }, 'undecided', 'due date was changed'],
  ['without a cycle', { cycle_end: '0000-00-00 00:00:00' }, 'undecided', 'end of its cycle is unknown'],
  [
    'that is pending',
    { payment_status: 'pending', invoice_status: 'Unpaid' },
    'undecided',
    'invoice 31 is not known to be paid',
  ],
  [
    'that is pending, without an invoice',
    { payment_status: 'pending', invoice_status: null, invoiceid: null },
    'undecided',
    'no invoice',
  ],
  ['that failed', { payment_status: 'failed', invoice_status: null }, 'left-out', 'not paid'],
  ['that was refunded', { invoice_status: 'Refunded' }, 'undecided', 'invoice is refunded'],
  ['of another client', { userid: '9' }, 'undecided', 'not bought by the client'],
  ['without a size', { size_gb: '0.00' }, 'undecided', 'size is not'],
  ['with a negative size', { size_gb: '-50.00' }, 'undecided', 'size is not'],
  ['with a price that can’t be charged', { price: '9.999' }, 'undecided', 'decimals'],
  ['of the future', { created_at: '2026-12-01 00:00:00' }, 'undecided', 'in the future'],
  ['of an unknown service', { whmcs_serviceid: '99' }, 'left-out', 'no such service'],
  ['of no service', { whmcs_serviceid: null }, 'left-out', 'no such service'],
])('a purchase %s is named', (_title, columns, kind, reason) => {
  const { purchases, undecided } = given([purchase(1, columns)]);
  expect(purchases).toEqual([]);
  expect(undecided).toMatchObject([
    {
      file: 'purchases.csv',
      object: expect.stringMatching(/^purchase 1 of service/),
      state: kind,
      reason: expect.stringContaining(reason),
    },
  ]);
});

test.each<[string, Columns, Columns, string]>([
  ['a purchase that was paid since', { payment_status: 'pending' }, {}, 'its invoice is paid'],
  ['one that counted without a payment', { invoice_status: 'Unpaid' }, {}, 'collect the payment'],
  [
    'one without a time',
    { created_at: '0000-00-00 00:00:00' },
    { at: '2026-11-14T20:30:00.000Z' },
    'begin of the cycle',
  ],
  [
    'one before its cycle',
    { created_at: '2026-11-01 00:00:00' },
    { at: '2026-11-14T20:30:00.000Z' },
    'begin of the cycle',
  ],
  ['one of an unknown buyer', { actor: null }, { actor: 'manual' }, 'who bought is unknown'],
  ['one of an unknown package', { package_id: '77' }, { package: 'package-77' }, ''],
])('%s is moved', (_title, columns, row, reason) => {
  const { purchases, undecided } = given([purchase(1, columns)]);
  expect(purchases).toMatchObject([{ service: 0, row }]);
  const reasons = undecided.map((finding) => `${finding.state}: ${finding.reason}`);
  expect(reasons).toEqual(reason === '' ? [] : [expect.stringContaining(reason)]);
});

test.each(['One Time', null, 'fortnightly'])(
  'purchases of a service with the cycle %j are undecided',
  (billingCycle) => {
    const { purchases, undecided } = given([purchase(1)], { billed: [billed(1, { billingCycle })] });
    expect(purchases).toEqual([]);
    expect(undecided).toMatchObject([{ state: 'undecided', reason: expect.stringContaining('no recurring cycle') }]);
  },
);

test('the end of a short month is the same in the tool, whose begin may not be', () => {
  const service = billed(1, { nextDueDate: '2027-03-31' });
  const rows = [purchase(1, { cycle_end: '2027-03-30 23:59:59', created_at: '2026-11-29 10:00:00' })];
  expect(given(rows, { billed: [service] }).purchases).toEqual([]);
  const now = [purchase(1, { cycle_end: '2026-12-30 23:59:59', created_at: '2026-11-30 01:00:00' })];
  expect(given(now, { billed: [service] }).purchases).toHaveLength(1);
});

test('without a currency the amount stays as it is, and the currency is to be stated', () => {
  const { purchases, undecided } = given([purchase(1, { price: '9.9' })], { currency: null });
  expect(purchases).toMatchObject([{ row: { price: '9.9', currency: '' } }]);
  expect(undecided.filter(({ file }) => file === 'purchases.csv')).toMatchObject([
    { reason: expect.stringContaining('state it') },
  ]);
});

test.each([
  ['no limit', { unlimited_total: '1' }, 'left-out', 'no limit'],
  ['no quota', { default_quota_gb: '0', default_quota_total_gb: null }, 'undecided', 'no quota yet'],
])('purchases of a service with %s would have no effect', (_title, columns, kind, reason) => {
  const { purchases, undecided } = given([purchase(1)], { tables: { [TABLE.defaults]: [defaults(12, columns)] } });
  expect(purchases).toEqual([]);
  expect(undecided.filter(({ file }) => file === 'purchases.csv')).toMatchObject([
    { state: kind, reason: expect.stringContaining(reason) },
  ]);
});

test('purchases of a service that is not moved say why', () => {
  const { undecided } = given([purchase(1)], { billed: [billed(1, { status: 'terminated' })] });
  expect(undecided).toMatchObject([
    { file: 'purchases.csv', state: 'left-out', reason: expect.stringContaining('has ended in the billing system') },
    { file: 'services.csv' },
  ]);
});

test('purchases of a service of WHMCS that nothing links to the panel are undecided', () => {
  const { undecided } = given([purchase(2), purchase(3)], {
    billed: [billed(1), billed(2, { fields: {} }), billed(3, { fields: {}, status: 'terminated' })],
  });
  expect(undecided.map(({ object, state: kind }) => [object, kind])).toEqual([
    ['purchase 1 of service 2', 'undecided'],
    ['purchase 2 of service 3', 'left-out'],
  ]);
});

test('in the first versions the invoice alone shows that a purchase is paid', () => {
  const first = (invoice: string | null) => {
    const { payment_status: _state, actor: _actor, ...columns } = purchase(1, { invoice_status: invoice });
    return read({
      billed: [billed(1)],
      tables: {
        mod_easydcim_bw_service_state: [state(1)],
        mod_easydcim_bw_product_defaults: [defaults(12)],
        mod_easydcim_bw_purchases: [columns],
      },
    }).purchases.length;
  };
  expect([first('Paid'), first('Unpaid'), first(null)]).toEqual([1, 0, 0]);
});
