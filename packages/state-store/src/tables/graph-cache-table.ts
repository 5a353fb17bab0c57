import type { StoreTables } from '../store.js';
import type { Access } from './access.js';
import { insertRows } from './insert-rows.js';
import { graphCache } from './record-tables.js';

/** Cache of graphs drawn by panels. */
export function graphCacheTable(access: Access): StoreTables['graphCache'] {
  return {
    get: (key, now) =>
      access.read(async ({ db }) => {
        const row = await db
          .selectFrom('graph_cache')
          .select(graphCache.columns)
          .where('key', '=', key)
          .where('expires_at', '>', now)
          .executeTakeFirst();
        return row === undefined ? null : graphCache.decode(row);
      }),
    put: (record) =>
      access.write(async (session) => {
        await session.db.deleteFrom('graph_cache').where('expires_at', '<=', record.at).execute();
        await insertRows(session, graphCache, [graphCache.values(record)], { do: 'update', key: ['key'] });
      }),
  };
}
