import { expect, test } from '@jest/globals';
import { SETTINGS, TABLES } from './tables.js';

test('each query reads its own table and the invoices of its rows, and nothing else', () => {
  for (const { name, query } of TABLES) {
    const read = [...(query ?? '').matchAll(/\bFROM (\w+)/g)].map(([, table]) => table);
    const allowed = name.endsWith('_purchases') ? [name, 'tblinvoices'] : [name];
    expect(read.filter((table) => !allowed.includes(table ?? ''))).toEqual([]);
    expect(query).toMatch(/^SELECT /);
    expect(query).not.toMatch(/;|\*|\b(INSERT|UPDATE|DELETE|INTO|DROP|ALTER|LOCK|FOR UPDATE)\b/i);
  }
});

test('each query returns the columns that a file has to have, by their names', () => {
  for (const { columns, query } of TABLES) {
    for (const column of columns)
      expect(query).toMatch(new RegExp(`(^SELECT |, )(t\\.${column}|${column})(,| FROM)|AS ${column}[, ]`));
  }
});

test('the settings that are read have no secret among them', () => {
  const query = TABLES.find(({ name }) => name === 'tbladdonmodules')?.query ?? '';
  expect(SETTINGS.filter((name) => /token|password|secret|key|proxy|url|username/i.test(name))).toEqual([]);
  expect(query).toContain("WHERE module IN ('easydcim_bandwidth', 'easydcim_bandwidth_guard', 'easydcim_bw')");
  expect(query).toContain("AND setting IN ('managed_pids', ");
});

test('names of tables are those of both sets, without a list of choices in the first', () => {
  expect(TABLES.map(({ name }) => name)).toEqual([
    'mod_easydcim_bw_guard_service_state',
    'mod_easydcim_bw_guard_product_defaults',
    'mod_easydcim_bw_guard_service_overrides',
    'mod_easydcim_bw_guard_packages',
    'mod_easydcim_bw_guard_purchases',
    'mod_easydcim_bw_guard_client_prefs',
    'mod_easydcim_bw_service_state',
    'mod_easydcim_bw_product_defaults',
    'mod_easydcim_bw_service_overrides',
    'mod_easydcim_bw_packages',
    'mod_easydcim_bw_purchases',
    'tbladdonmodules',
  ]);
});

test('a column that only some versions have is read without naming its table', () => {
  const query = TABLES.find(({ name }) => name === 'mod_easydcim_bw_packages')?.query ?? '';
  expect(query).toContain('(SELECT active FROM mod_easydcim_bw_packages AS own WHERE own.id = t.id) AS active');
  expect(query).toContain('CROSS JOIN (SELECT NULL AS is_active, NULL AS active) AS absent');
});

test.each(['mod_easydcim_bw_service_state', 'mod_easydcim_bw_guard_service_state'])(
  'the action of the last poll is read from %s, and exports without it are read, too',
  (name) => {
    const table = TABLES.find((one) => one.name === name);
    expect(table?.query).toContain(`(SELECT action FROM ${name} AS own WHERE own.id = t.id) AS action`);
    expect(table?.columns).not.toContain('action');
  },
);
