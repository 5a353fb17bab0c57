import { expect, test } from '@jest/globals';
import { easydcim } from '../kind.js';
import {
  billed,
  type Columns,
  defaults,
  NONE,
  pack,
  preference,
  purchase,
  read,
  state,
  TABLE,
  toInput,
} from '../../test/old-tables.js';
import { easydcimBw } from './index.js';

const override = (service: number, columns: Columns = {}): Columns => ({
  serviceid: String(service),
  override_base_quota_gb: '12.50',
  override_mode: 'OUT',
  override_action: 'suspend',
  updated_at: null,
  ...columns,
});

test('a shop in order is moved whole, and nothing is left to decide', () => {
  const { agents: _agents, ...moved } = read({
    billed: [billed(1), billed(2)],
    tables: {
      [TABLE.state]: [state(1), state(2, { last_status: 'limited', last_used_gb: '1050.1234' })],
      [TABLE.defaults]: [defaults(12, { default_quota_gb: '10240.00', default_quota_total_gb: '10240.00' })],
      [TABLE.overrides]: [override(1)],
      [TABLE.packages]: [pack()],
      [TABLE.purchases]: [purchase(2)],
      [TABLE.preferences]: [preference(1)],
    },
  });
  expect(moved).toMatchObject({
    services: [
      {
        billingId: '1',
        product: 'dedicated-10tb-12',
        columns: { easydcim_service_id: '501', easydcim_order_id: '701' },
      },
      { billingId: '2', product: 'dedicated-10tb-12', columns: { easydcim_service_id: '502' } },
    ],
    products: [{ name: 'dedicated-10tb-12', settings: { quota: { total: '10TB' }, packages: ['extra-50gb'] } }],
    packages: [{ name: 'extra-50gb', settings: { traffic: '50GB' } }],
    overrides: [{ service: 0, row: { quota_gb: '12.5', mode: 'OUT', action: 'suspend-order' } }],
    preferences: [{ service: 0, row: { enabled: 'yes' } }],
    purchases: [{ service: 1, row: { bytes: '53687091200' } }],
    limited: [{ service: 1, usedBytes: 1_127_561_414_941, quotaBytes: 1050 * 2 ** 30 }],
  });
  expect(moved.undecided).toEqual([]);
});

test('the kind loads the tool when it is asked for', async () => {
  expect(await easydcim.oldTools?.['easydcim-bw']?.()).toBe(easydcimBw);
});

test.each(Object.values(TABLE))('without the table %s, what it has is unknown and named', (absent) => {
  const input = toInput({ billed: [billed(1)] });
  const tables = new Map(input.tables);
  tables.delete(absent);
  expect(easydcimBw.read({ ...input, tables }).undecided).toContainEqual(
    expect.objectContaining({
      object: `table ${absent}`,
      state: 'undecided',
      reason: expect.stringMatching(/[Ee]xport/),
    }),
  );
});

test('without any table, services are moved by their custom fields', () => {
  const moved = easydcimBw.read({ ...toInput({ billed: [billed(1)] }), tables: new Map() });
  expect(moved.services).toHaveLength(1);
  expect(moved.undecided?.filter(({ object }) => object.startsWith('table '))).toHaveLength(7);
});

test('rows without any known column are named, and nothing fails', () => {
  const tables = Object.fromEntries(Object.keys(NONE).map((name) => [name, [{ id: null, other: 'x' }]]));
  const { undecided, ...moved } = read({ tables });
  expect(Object.values(moved).flat()).toEqual([]);
  expect(undecided.filter(({ object }) => object.startsWith('line 2 of '))).toHaveLength(6);
  expect(undecided.filter(({ object }) => object.startsWith('setting '))).toHaveLength(1);
});

test('of two sets of tables the one that was checked last is read, and the other named', () => {
  const first = (checked: string) => ({
    mod_easydcim_bw_service_state: [state(1, { last_check_at: checked, mode: 'IN' })],
  });
  const guard = { [TABLE.state]: [state(1, { last_check_at: '2026-11-30 12:00:00' })] };
  const named = (checked: string) =>
    read({ billed: [billed(1)], tables: { ...guard, ...first(checked) } })
      .undecided.filter(({ reason }) => reason.includes('another version'))
      .map(({ object, value }) => [object, value]);
  expect(named('2026-11-30 11:00:00')).toEqual([['table mod_easydcim_bw_service_state', '1 rows']]);
  expect(named('2026-11-30 13:00:00')).toEqual([[`table ${TABLE.state}`, '1 rows']]);
});

test('names of other objects in a cell or a field are texts like others', () => {
  const fields = JSON.parse('{"easydcim_service_id":"501","__proto__":"1","constructor":"2"}') as Record<
    string,
    string
  >;
  const { services, undecided } = read({
    billed: [billed(1, { fields, productId: '__proto__', productName: 'constructor' })],
    tables: { [TABLE.state]: [state(1, { serviceid: 'constructor' })] },
  });
  expect(services).toMatchObject([{ billingId: '1', product: null }]);
  expect(undecided).toMatchObject([
    { object: `row 1 of ${TABLE.state}`, state: 'undecided' },
    { object: 'service 1', column: 'product', value: '__proto__' },
  ]);
});

test('what is shown is on one line and short', () => {
  const { undecided } = read({
    billed: [billed(1)],
    tables: { [TABLE.overrides]: [override(1, { override_base_quota_gb: `\u001b[31m\n${'9'.repeat(5000)}` })] },
  });
  const { value } = undecided.find(({ column }) => column === 'quota_gb') ?? { value: '' };
  expect(value).toMatch(/^\[31m 9{90,}…$/);
  expect(value.length).toBeLessThan(110);
});
