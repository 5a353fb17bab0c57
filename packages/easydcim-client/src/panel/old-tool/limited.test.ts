import { expect, test } from '@jest/globals';
import { billed, type Columns, defaults, pack, purchase, read, setting, state, TABLE } from '../../test/old-tables.js';

const given = (columns: Columns, more: Record<string, readonly Columns[]> = {}) =>
  read({
    billed: [billed(1)],
    tables: {
      [TABLE.state]: [state(1, { last_status: 'limited', last_used_gb: '1000.0001', ...columns })],
      [TABLE.defaults]: [defaults(12)],
      [TABLE.packages]: [pack()],
      ...more,
    },
  });

test('a limited service has usage and quota with the purchases of its cycle, to the nearest byte', () => {
  const { limited, undecided } = given(
    {},
    { [TABLE.purchases]: [purchase(1), purchase(1, { payment_status: 'failed', invoice_status: null })] },
  );
  expect(limited).toEqual([
    {
      ...{ service: 0, usedBytes: 1_073_741_931_374, quotaBytes: 1050 * 2 ** 30 },
      restricts: { ports: true, order: false, forwards: false },
    },
  ]);
  expect(undecided).toMatchObject([{ file: 'purchases.csv' }]);
});

test.each<[Columns, string]>([
  [{ last_used_gb: '-1.0000' }, '-1.0000'],
  [{ last_used_gb: null }, ''],
  [{ base_quota_gb: '0.00' }, '0.00'],
  [{ base_quota_gb: null }, ''],
  [{ base_quota_gb: '8388607.99' }, '8388607.99'],
  [{ last_used_gb: null, base_quota_gb: null }, ''],
])('a limit whose figures are unknown is named once, and is not one of usage 0: %j', (columns, value) => {
  const { limited, undecided } = given(columns, { [TABLE.purchases]: [purchase(1)] });
  expect(limited).toEqual([]);
  expect(undecided).toMatchObject([{ file: 'holds.csv', object: 'service 1', state: 'undecided', value }]);
});

test.each<[string, Columns, readonly Columns[], string]>([
  [
    'in an ended cycle',
    { cycle_end: '2026-11-14 23:59:59' },
    [],
    'until 2026-11-15, and it is in the one until 2026-12-15',
  ],
  ['in an unknown cycle', { cycle_end: null }, [], 'in which cycle the tool limited it is unknown'],
  ['as another one of the panel', { easydcim_service_id: '502' }, [], 'limited service 502 of the panel'],
  ['by a test', {}, [setting('test_mode', '1')], 'only tests'],
])('a service that was limited %s is to be decided', (_title, columns, settings, reason) => {
  const { limited, undecided } = given(columns, { [TABLE.settings]: [setting('managed_pids', ''), ...settings] });
  expect(limited).toEqual([]);
  expect(undecided.filter(({ file }) => file === 'holds.csv')).toMatchObject([
    { object: 'service 1', state: 'undecided', reason: expect.stringContaining(reason) },
  ]);
});

test.each([
  [{ last_status: 'ok' }, 0],
  [{ last_status: null }, 0],
  [{ last_status: 'Limited' }, 1],
  [{ last_status: 'autobuy', ports_limited: '1' }, 1],
  [{ last_status: 'ok', ports_limited: '0', service_suspended: '1' }, 1],
])('the state %j limits %i services', (columns, count) => {
  expect(given(columns).limited).toHaveLength(count);
});
