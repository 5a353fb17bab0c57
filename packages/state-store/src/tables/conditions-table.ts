import type { StoreTables } from '../store.js';
import type { Access } from './access.js';
import { insertRows } from './insert-rows.js';
import { conditions } from './record-tables.js';

/** What lasts over several runs. */
export function conditionsTable(access: Access): StoreTables['conditions'] {
  return {
    get: (key) =>
      access.read(async ({ db }) => {
        const row = await db
          .selectFrom('conditions')
          .select(conditions.columns)
          .where('key', '=', key)
          .executeTakeFirst();
        return row === undefined ? null : conditions.decode(row);
      }),
    put: (record) =>
      access.write(async (session) => {
        await insertRows(session, conditions, [conditions.values(record)], { do: 'update', key: ['key'] });
      }),
    end: (key) =>
      access.write(async ({ db }) => {
        const result = await db.deleteFrom('conditions').where('key', '=', key).executeTakeFirst();
        return result.numDeletedRows > 0n;
      }),
  };
}
