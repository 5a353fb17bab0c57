import { expect, test } from '@jest/globals';
import { billed, type Columns, defaults, read, state, TABLE } from '../../test/old-tables.js';

const override = (service: number, columns: Columns = {}): Columns => ({
  serviceid: String(service),
  override_base_quota_gb: null,
  override_mode: null,
  override_action: null,
  updated_at: '2026-11-01 10:00:00',
  ...columns,
});

const withFields = (fields: Record<string, string>) => billed(1, { fields: { easydcim_service_id: '501', ...fields } });

const given = (columns: Columns, fields: Record<string, string> = {}, polled: Columns = {}) => ({
  billed: [withFields(fields)],
  tables: {
    [TABLE.state]: [state(1, polled)],
    [TABLE.defaults]: [defaults(12)],
    [TABLE.overrides]: [override(1, columns)],
  },
});

test.each([
  [{ override_base_quota_gb: '12.50' }, { quota_gb: '12.5' }],
  [{ override_base_quota_gb: '500' }, { quota_gb: '500' }],
  [
    { override_base_quota_gb: '0.01', override_mode: 'in' },
    { quota_gb: '0.01', mode: 'IN' },
  ],
  [{ override_action: 'disable_ports' }, { action: 'disable-ports' }],
  [{ override_action: 'suspend' }, { action: 'suspend-order' }],
  [{ override_action: 'BOTH' }, { action: 'both' }],
])('the override %j is moved', (columns, row) => {
  const { overrides, undecided } = read(given(columns));
  expect(overrides).toEqual([
    { service: 0, row: { quota_gb: '', unlimited: '', mode: '', action: '', note: expect.any(String), ...row } },
  ]);
  expect(undecided).toEqual([]);
});

test.each([
  [{ override_base_quota_gb: '0.00' }, 'quota_gb', 'cut the service at once'],
  [{ override_base_quota_gb: '-5' }, 'quota_gb', 'not a number of gigabytes'],
  [{ override_base_quota_gb: '1e3' }, 'quota_gb', 'not a number of gigabytes'],
  [{ override_base_quota_gb: '999999999999' }, 'quota_gb', 'not a number of gigabytes'],
  [{ override_mode: 'BOTH' }, 'mode', 'not IN, OUT or TOTAL'],
  [{ override_action: '__proto__' }, 'action', 'not an action'],
])('the override %j is to be decided', (columns: Columns, column, reason) => {
  const { overrides, undecided } = read(given(columns));
  expect(overrides).toEqual([]);
  expect(undecided).toMatchObject([
    { object: 'service 1', state: 'left-out', reason: expect.stringContaining('states nothing') },
    { object: 'service 1', column, state: 'undecided', reason: expect.stringContaining(reason) },
  ]);
});

test('the parts of an override that are usable are moved without the others', () => {
  const { overrides } = read(given({ override_base_quota_gb: '0', override_mode: 'OUT' }));
  expect(overrides).toMatchObject([{ row: { quota_gb: '', mode: 'OUT' } }]);
});

test('custom fields with quota and mode become columns of the service', () => {
  const { services } = read({ billed: [withFields({ traffic_mode: 'out', base_quota_override_gb: '250.00' })] });
  expect(services[0]?.columns).toMatchObject({ traffic_mode: 'OUT', base_quota_override_gb: '250' });
});

test.each([
  ['base_quota_override_gb', '0'],
  ['base_quota_override_gb', '500GB'],
  ['traffic_mode', 'both'],
])('a custom field %s of %j is emptied and to be decided', (name, value) => {
  const { services, undecided } = read({
    billed: [withFields({ [name]: value })],
    tables: { [TABLE.defaults]: [defaults(12)] },
  });
  expect(services[0]?.columns[name]).toBe('');
  expect(undecided).toMatchObject([
    { file: 'services.csv', object: 'service 1', column: name, value, state: 'undecided' },
  ]);
});

test('of a custom field and an override that differ, the field stays in force as in the tool', () => {
  const moved = read(
    given(
      { override_base_quota_gb: '300', override_mode: 'IN' },
      { base_quota_override_gb: '200', traffic_mode: 'OUT' },
    ),
  );
  expect(moved.overrides).toEqual([]);
  expect(moved.services[0]?.columns).toMatchObject({ base_quota_override_gb: '200', traffic_mode: 'OUT' });
  expect(moved.undecided).toMatchObject([
    { column: '', state: 'left-out' },
    { column: 'mode', value: 'IN', state: 'left-out' },
    { column: 'quota_gb', value: '300', state: 'left-out' },
  ]);
});

const FIRST = 'mod_easydcim_bw_';
const first = (columns: Columns, fields: Record<string, string>, polled: Columns) => {
  const { tables, ...rest } = given(columns, fields, polled);
  return {
    ...rest,
    tables: {
      [`${FIRST}service_state`]: tables[TABLE.state],
      [`${FIRST}product_defaults`]: tables[TABLE.defaults],
      [`${FIRST}service_overrides`]: tables[TABLE.overrides],
      [`${FIRST}packages`]: [],
      [`${FIRST}purchases`]: [],
    },
  };
};

test.each([
  ['the override', '300.00', '300', undefined],
  ['the field', '200.00', undefined, 'left-out'],
  ['neither', '77.00', '300', 'proposed'],
  ['nothing', null, '300', 'proposed'],
])('in the first versions the last poll shows which is in force: %s', (_title, base, quota, kind) => {
  const { overrides, undecided } = read(
    first({ override_base_quota_gb: '300' }, { base_quota_override_gb: '200' }, { base_quota_gb: base }),
  );
  expect(overrides[0]?.row['quota_gb']).toBe(quota);
  expect(undecided.find(({ column }) => column === 'quota_gb')?.state).toBe(kind);
});

test.each([
  ['IN', 'IN', undefined],
  ['OUT', '', 'left-out'],
  ['TOTAL', '', 'undecided'],
])('the same for the mode: %s', (polled, mode, kind) => {
  const { overrides, undecided } = read(
    first({ override_mode: 'IN', override_action: 'both' }, { traffic_mode: 'OUT' }, { mode: polled }),
  );
  expect(overrides[0]?.row['mode']).toBe(mode);
  expect(undecided.find(({ column }) => column === 'mode')?.state).toBe(kind);
});

test('of two overrides of a service the newest is read; others are named with their reasons', () => {
  const rows = [
    override(1, { override_base_quota_gb: '1', updated_at: '2026-01-01 00:00:00' }),
    override(1, { override_base_quota_gb: '2', updated_at: '2026-02-01 00:00:00' }),
    override(9, { override_base_quota_gb: '3' }),
    override(0, { override_base_quota_gb: '4' }),
  ];
  const { overrides, undecided } = read({
    billed: [billed(1)],
    tables: { [TABLE.overrides]: rows, [TABLE.defaults]: [defaults(12)] },
  });
  expect(overrides).toMatchObject([{ row: { quota_gb: '2' } }]);
  expect(undecided.map(({ object, reason }) => [object, reason])).toEqual([
    [`row 4 of ${TABLE.overrides}`, expect.stringContaining('names no service')],
    ['service 1', expect.stringContaining('older override')],
    ['service 9', expect.stringContaining('no such service')],
  ]);
});
