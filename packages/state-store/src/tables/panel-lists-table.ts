import type { StoreTables } from '../store.js';
import type { Access } from './access.js';
import { inChunks, listed } from './chunks.js';
import { insertRows } from './insert-rows.js';
import { graphCache } from './record-tables.js';

/** A later reading replaces a list; until then even an old one is better than none. */
const NEVER = '9999-12-31T23:59:59.999Z';

const keyOf = (panel: string, list: string): string => JSON.stringify(['list', list, panel]);

/** Ids of what panels have. They are kept in the cache of the panels' answers, each list under one key. */
export function panelListsTable(access: Access): StoreTables['panelLists'] {
  return {
    ids: (list, panels) =>
      access.read(async ({ db }) => {
        const keys = panels.map((panel) => keyOf(panel, list));
        const rows = await inChunks(keys, (chunk) =>
          db.selectFrom('graph_cache').select(['key', 'body']).where('key', 'in', listed(chunk)).execute(),
        );
        const bodies = new Map(rows.map(({ key, body }) => [key, body]));
        return keys.flatMap((key) => JSON.parse(bodies.get(key) ?? '[]') as string[]);
      }),
    put: (panel, list, { ids, at }) =>
      access.write(async (session) => {
        const record = { key: keyOf(panel, list), service: '', at, expiresAt: NEVER, body: JSON.stringify(ids) };
        await insertRows(session, graphCache, [graphCache.values(record)], { do: 'update', key: ['key'] });
      }),
  };
}
