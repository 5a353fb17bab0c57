import type { StoreTables } from '../store.js';
import type { Access } from './access.js';
import { insertRows } from './insert-rows.js';
import { autoBuys } from './record-tables.js';

/** Preferences for auto-buy. */
export function autoBuysTable(access: Access): StoreTables['autoBuys'] {
  return {
    list: () =>
      access.read(async ({ db }) => {
        const rows = await db
          .selectFrom('auto_buy')
          .select(autoBuys.columns)
          .orderBy('scope')
          .orderBy('subject')
          .execute();
        return rows.map((row) => autoBuys.decode(row));
      }),
    set: (record) =>
      access.write(async (session) => {
        await insertRows(session, autoBuys, [autoBuys.values(record)], { do: 'update', key: ['scope', 'subject'] });
      }),
    clear: (scope, subject) =>
      access.write(async ({ db }) => {
        const result = await db
          .deleteFrom('auto_buy')
          .where('scope', '=', scope)
          .where('subject', '=', subject)
          .executeTakeFirst();
        return result.numDeletedRows > 0n;
      }),
  };
}
