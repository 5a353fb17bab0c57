import { describe, expect, it } from '@jest/globals';
import { minute, service } from '../test/records.js';
import { useStore } from '../test/use-store.js';
import { connectWriter } from '../sqlite/connect.js';
import { PANEL_TABLES, SUBJECT_TABLES } from './rename-panel.js';

const KEYS = { dropsSwitches: false, endedByName: ['brake:', 'brake:agents:', 'mark:'], beforeName: ['calls_due:'] };

describe('a panel that is renamed', () => {
  const at = useStore();

  it.each([
    ['panel', PANEL_TABLES],
    ['service', SUBJECT_TABLES],
  ])('is renamed in each table with the column %s', async (column, tables) => {
    const { handle, close } = await connectWriter(at.location, 1000);
    const named = handle.prepare(
      `select "tables"."name" from sqlite_master as "tables" join pragma_table_info("tables"."name") as "columns"
        where "tables"."type" = 'table' and "columns"."name" = ? order by 1`,
    );
    expect(named.pluck().all(column)).toEqual([...tables]);
    await close();
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
    ]);
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
    ]);
  });
});
