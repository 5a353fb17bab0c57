import type { StoreTables } from '../store.js';
import type { Access } from './access.js';
import { insertRows } from './insert-rows.js';
import { notices } from './record-tables.js';

/** Notices for the operator or the client. */
export function noticesTable(access: Access): StoreTables['notices'] {
  return {
    add: (records) =>
      access.write(async (session) => {
        const ids = await insertRows(
          session,
          { table: notices.table, columns: notices.columns, returning: 'id' },
          records.map((record) => notices.values(record)),
          { do: 'nothing', key: ['key'] },
        );
        const added = new Set(ids);
        return records.filter((record) => added.has(record.id));
      }),
    list: ({ run, service, since, limit, newestFirst = false } = {}) =>
      access.read(async ({ db }) => {
        let query = db.selectFrom('notices').select(notices.columns);
        if (run !== undefined) query = query.where('run', '=', run);
        if (service !== undefined) query = query.where('service', '=', service);
        if (since !== undefined) query = query.where('at', '>=', since);
        if (limit !== undefined) query = query.limit(limit);
        const direction = newestFirst ? 'desc' : 'asc';
        const rows = await query.orderBy('at', direction).orderBy('seq', direction).execute();
        return rows.map((row) => notices.decode(row));
      }),
    has: (key) =>
      access.read(async ({ db }) => {
        const row = await db.selectFrom('notices').select('id').where('key', '=', key).executeTakeFirst();
        return row !== undefined;
      }),
  };
}
