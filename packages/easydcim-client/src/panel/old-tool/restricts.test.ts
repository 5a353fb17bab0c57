import { expect, test } from '@jest/globals';
import {
  billed,
  type Columns,
  defaults,
  type Given,
  read,
  setting,
  state,
  TABLE,
  toInput,
  toTables,
} from '../../test/old-tables.js';
import { easydcimBw } from './index.js';

const override = (action: string | null): Columns => ({
  ...{ serviceid: '1', override_base_quota_gb: null, override_mode: null },
  ...{ override_action: action, updated_at: null },
});

/** The state of a limited service, a product that only disables ports, and other tables. */
const given = (columns: Columns, tables: Given['tables'] = {}): Given => ({
  billed: [billed(1)],
  tables: {
    [TABLE.state]: [state(1, { last_status: 'limited', last_used_gb: '1000.0000', ...columns })],
    [TABLE.defaults]: [defaults(12)],
    ...tables,
  },
});

const PORTS = { ports: true, order: false, forwards: false };
const ORDER = { ports: false, order: true, forwards: false };
const BOTH = { ports: true, order: true, forwards: false };

const restricts = (from: Given) => read(from).limited.map((limit) => limit.restricts);

const reasons = (from: Given) =>
  read(from)
    .undecided.filter(({ file }) => file === 'holds.csv')
    .map(({ object, state: said, reason }) => [object, said, reason.split(': check on the panel')[0]]);

test.each([
  ['disable_ports', PORTS],
  ['suspend', ORDER],
  ['both', BOTH],
])('the action %s restricts %j, stored or in force', (action, expected) => {
  const other = action === 'disable_ports' ? 'suspend' : 'disable_ports';
  const byProduct = (text: string) => ({ [TABLE.defaults]: [defaults(12, { default_action: text })] });
  expect(restricts(given({ action }, byProduct(other)))).toEqual([expected]);
  expect(restricts(given({ action: null }, byProduct(action)))).toEqual([expected]);
  const byService = { ...byProduct(other), [TABLE.overrides]: [override(action)] };
  expect(restricts(given({}, byService))).toEqual([expected]);
  expect(restricts(given({ action }, { ...byProduct(other), [TABLE.overrides]: [override(null)] }))).toEqual([
    expected,
  ]);
  const bySettings = { [TABLE.defaults]: [], [TABLE.settings]: [setting('default_action', action)] };
  expect(restricts(given({}, bySettings))).toEqual([expected]);
});

test('without any action that is stated, the tool disables ports', () => {
  expect(restricts(given({}, { [TABLE.defaults]: [] }))).toEqual([PORTS]);
  expect(restricts(given({}, { [TABLE.defaults]: [defaults(12, { default_action: null })] }))).toEqual([PORTS]);
});

test.each<[Columns, object]>([
  [{ ports_limited: '1', service_suspended: '0' }, PORTS],
  [{ ports_limited: '0', service_suspended: '1' }, ORDER],
  [{ ports_limited: '1', service_suspended: '1', action: 'both' }, BOTH],
])('the first version says what it restricted: %j', (columns, expected) => {
  const tables = { [TABLE.defaults]: [defaults(12, { default_action: 'both' })] };
  expect(restricts(given(columns, tables))).toEqual([expected]);
});

test('without the id of an order the tool suspended none', () => {
  expect(restricts(given({ action: 'both', easydcim_order_id: null }))).toEqual([PORTS]);
  expect(restricts(given({ action: 'suspend', easydcim_order_id: '0' }))).toEqual([]);
});

const NOTHING = 'by what the tool stored it restricted neither ports nor order';

test.each<[string, Columns, Given['tables'], string]>([
  ['no action of the tool', { action: 'shape' }, {}, 'its action is shape, which is not an action of the tool'],
  ['an override without one', {}, { [TABLE.overrides]: [override('shape')] }, 'its action is shape'],
  [
    'a product without one',
    {},
    { [TABLE.defaults]: [defaults(12, { default_action: 'shape' })] },
    'its action is shape',
  ],
  [
    'settings without one',
    {},
    { [TABLE.defaults]: [], [TABLE.settings]: [setting('default_action', 'shape')] },
    'its action is shape',
  ],
  [
    'a product that is not moved',
    {},
    { [TABLE.defaults]: [defaults(12, { enabled: '0' })] },
    'which action was in force',
  ],
  [
    'flags against its action',
    { ports_limited: '1', service_suspended: '0', action: 'suspend' },
    {},
    'its action is suspend, but by ports_limited and service_suspended',
  ],
  ['one flag against the action in force', { service_suspended: '1' }, {}, 'its action is disable_ports, but by'],
  ['flags that are off', { ports_limited: '0', service_suspended: '0' }, {}, NOTHING],
  ['a flag that is not one', { ports_limited: 'x', service_suspended: '0' }, {}, 'its ports_limited is x'],
  ['an order that it did not have', { action: 'suspend', easydcim_order_id: null }, {}, NOTHING],
  ['another order', { action: 'both', easydcim_order_id: '999' }, {}, 'the tool suspended order 999'],
])('a limit with %s is undecided, and named once', (_title, columns, tables, reason) => {
  const from = given(columns, tables);
  expect(restricts(from)).toEqual([]);
  expect(reasons(from)).toEqual([['service 1', 'undecided', expect.stringMatching(new RegExp(`^${reason}`))]]);
});

test.each([TABLE.overrides, TABLE.defaults])('without the table %s, only a stored action is known', (absent) => {
  const limitedWithout = (columns: Columns) => {
    const input = toInput(given(columns));
    const tables = new Map(input.tables);
    tables.delete(absent);
    return easydcimBw.read({ ...input, tables }).limited;
  };
  expect(limitedWithout({})).toEqual([]);
  expect(limitedWithout({ action: 'suspend' })).toMatchObject([{ restricts: ORDER }]);
});

test('without settings, the action of a product without a row is not known', () => {
  const input = toInput(given({}, { [TABLE.defaults]: [] }));
  const tables = new Map([...input.tables, ...toTables({ [TABLE.settings]: [] })]);
  expect(easydcimBw.read({ ...input, tables }).limited).toEqual([]);
});
