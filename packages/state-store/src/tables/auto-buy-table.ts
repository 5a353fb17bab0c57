import type { LedgerTables } from '../ledger-tables.js';
import type { Access } from './access.js';
import { insertRows } from './insert-rows.js';
import { autoBuyPreferences } from './ledger-record-tables.js';

/** Preferences for auto-buy of services and clients. */
export function autoBuyTable(access: Access): LedgerTables['autoBuy'] {
  return {
    list: (filter) =>
      access.read(async ({ db }) => {
        let query = db.selectFrom('auto_buy_preferences').select(autoBuyPreferences.columns);
        if (filter) query = query.where('scope', '=', filter.scope).where('subject', '=', filter.subject);
        const rows = await query.orderBy('scope').orderBy('subject').execute();
        return rows.map((row) => autoBuyPreferences.decode(row));
      }),
    put: (record) =>
      access.write(async (session) => {
        const key = { do: 'update', key: ['scope', 'subject'] } as const;
        await insertRows(session, autoBuyPreferences, [autoBuyPreferences.values(record)], key);
      }),
    remove: (scope, subject) =>
      access.write(async ({ db }) => {
        const result = await db
          .deleteFrom('auto_buy_preferences')
          .where('scope', '=', scope)
          .where('subject', '=', subject)
          .executeTakeFirst();
        return result.numDeletedRows > 0n;
      }),
  };
}
