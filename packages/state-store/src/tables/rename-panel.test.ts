import { describe, expect, it } from '@jest/globals';
import { toAgentSubject } from '@sluice/quota-core';
import { apiCall, minute, service } from '../test/records.js';
import { tamper, toBrokenBlock, useStore } from '../test/use-store.js';
import { readTables } from '../migrations/read-tables.js';
import { SCHEMA } from '../migrations/schema.js';
import { PANEL_TABLES, SUBJECT_TABLES } from './rename-panel.js';

const KEYS = { dropsSwitches: false, endedByName: ['brake:', 'brake:agents:', 'mark:'], beforeName: ['calls_due:'] };

describe('a panel that is renamed', () => {
  const at = useStore();

  it.each([
    ['panel', PANEL_TABLES],
    ['service', SUBJECT_TABLES],
  ])('is renamed in each table with the column %s', (column, tables) => {
    const defined = [...readTables(SCHEMA).values()];
    const having = defined.filter(({ columns }) => columns.some(({ name }) => name === column));
    expect(having.map(({ name }) => name).sort()).toEqual([...tables]);
  });

  it('is renamed in rows, keys and details, and no other panel is', async () => {
    const { store } = at;
    await store.services.put([service('svc-1', { panel: 'dcim' }), service('svc-2', { panel: 'dcim-2' })]);
    for (const panel of ['dcim', 'dcim-2'])
      await store.conditions.put({ key: `calls_due:${panel}:7`, since: minute(0), runs: 1, details: { panel } });
    await store.conditions.put({ key: 'other:dcim', since: minute(0), runs: 1, details: null });
    await store.panels.rename({ from: 'dcim', to: 'fra', ...KEYS });
    expect((await store.services.list()).map(({ panel }) => panel)).toEqual(['fra', 'dcim-2']);
    expect((await store.conditions.list('')).map(({ key, details }) => [key, details])).toEqual([
      ['calls_due:dcim-2:7', { panel: 'dcim-2' }],
      ['calls_due:fra:7', { panel: 'fra' }],
      ['other:dcim', null],
      ['renamed-panels', null],
    ]);
  });

  it('is renamed in its calls, also where they are with those of other panels, and a damaged block stays', async () => {
    const { store } = at;
    const count = async (panel: string): Promise<number> => (await store.apiCalls.list({ panel })).length;
    const agent = (panel: string): string => toAgentSubject(panel, 'uuid');
    await store.apiCalls.add([
      apiCall(minute(1), { run: 'run-1', panel: 'dcim' }),
      apiCall(minute(1), { run: 'run-1', panel: 'dcim-2' }),
    ]);
    await store.apiCalls.add([apiCall(minute(1), { run: 'run-2', panel: 'dcim', service: agent('dcim') })]);
    await store.apiCalls.add(Array.from({ length: 300 }, () => apiCall(minute(1), { run: 'run-3', panel: 'dcim' })));
    await store.apiCalls.add([apiCall(minute(1), { run: 'run-4', panel: 'other' })]);
    await tamper(at.location, `update api_call_blocks set data = ${toBrokenBlock()}, panel = null where run = 'run-4'`);
    await expect(count('fra')).rejects.toMatchObject({ code: 'store_damaged' });
    await store.panels.rename({ from: 'dcim', to: 'fra', ...KEYS });
    await tamper(at.location, `delete from api_call_blocks where run = 'run-4'`);
    expect([await count('dcim'), await count('fra'), await count('dcim-2')]).toEqual([0, 302, 1]);
    expect(await store.apiCalls.list({ panel: 'fra', limit: 10 })).toHaveLength(10);
    expect(await store.apiCalls.list({ service: agent('fra') })).toHaveLength(1);
  });

  it('is renamed in calls that were read before', async () => {
    const { store } = at;
    await store.apiCalls.add([
      apiCall(minute(1), { run: 'run-1', panel: 'dcim' }),
      apiCall(minute(1), { run: 'run-1', panel: 'dcim-2' }),
    ]);
    const read = async () =>
      Promise.all(['dcim', 'fra'].map(async (panel) => (await store.apiCalls.list({ panel })).length));
    expect(await read()).toEqual([1, 0]);
    await store.panels.rename({ from: 'dcim', to: 'fra', ...KEYS });
    expect(await read()).toEqual([0, 1]);
  });

  it('leaves the keys of other panels, where its name is a part of those', async () => {
    const { store } = at;
    for (const key of ['brake:agents', 'brake:agents:agents', 'brake:agents:dcim', 'calls_due:agents:7'])
      await store.conditions.put({ key, since: minute(0), runs: 1, details: null });
    await store.panels.rename({ from: 'agents', to: 'fra', ...KEYS });
    expect((await store.conditions.list('')).map(({ key }) => key)).toEqual([
      'brake:agents:dcim',
      'brake:agents:fra',
      'brake:fra',
      'calls_due:fra:7',
      'renamed-panels',
    ]);
  });
});
