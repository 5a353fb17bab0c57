import type { StoreTables } from '../store.js';
import type { Access } from './access.js';
import { insertRows } from './insert-rows.js';
import { switches } from './record-tables.js';

/** Switches of panels and products. */
export function switchesTable(access: Access): StoreTables['switches'] {
  return {
    list: () =>
      access.read(async ({ db }) => {
        const rows = await db
          .selectFrom('switches')
          .select(switches.columns)
          .orderBy('panel')
          .orderBy('product')
          .execute();
        return rows.map((row) => switches.decode(row));
      }),
    set: (record) =>
      access.write(async (session) => {
        await insertRows(session, switches, [switches.values(record)], { do: 'update', key: ['panel', 'product'] });
      }),
    clear: (panel, product) =>
      access.write(async ({ db }) => {
        let query = db.deleteFrom('switches').where('panel', '=', panel);
        if (product !== undefined) query = query.where('product', '=', product ?? '');
        await query.execute();
      }),
  };
}
