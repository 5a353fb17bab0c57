import type { StoreTables } from '../store.js';
import type { Access } from './access.js';
import { inChunksOrAll, listed } from './chunks.js';
import { insertRows, lastOfEach } from './insert-rows.js';
import { cycles } from './record-tables.js';

/** The periods of each service. */
export function cyclesTable(access: Access): StoreTables['cycles'] {
  return {
    newest: (ids) =>
      access.read(async ({ db }) => {
        const rows = await inChunksOrAll(ids, (chunk) => {
          // From the services, not from the cycles: one index look-up each, however long the history has grown.
          let query = db
            .selectFrom('services')
            .innerJoin('cycles', (join) =>
              join.on('cycles.id', '=', (eb) =>
                eb
                  .selectFrom('cycles as c')
                  .select('c.id')
                  .whereRef('c.service', '=', 'services.id')
                  .orderBy('c.starts_at', 'desc')
                  .orderBy('c.opened_at', 'desc')
                  .orderBy('c.id', 'desc')
                  .limit(1),
              ),
            )
            .select(cycles.columns.map((column) => `cycles.${column}` as const));
          if (chunk !== null) query = query.where('services.id', 'in', listed(chunk));
          return query.orderBy('services.id').execute();
        });
        return rows.map((row) => cycles.decode(row));
      }),
    ofService: (service) =>
      access.read(async ({ db }) => {
        const rows = await db
          .selectFrom('cycles')
          .select(cycles.columns)
          .where('service', '=', service)
          .orderBy('starts_at')
          .orderBy('opened_at')
          .orderBy('id')
          .execute();
        return rows.map((row) => cycles.decode(row));
      }),
    put: (records) =>
      access.write(async (session) => {
        const rows = lastOfEach(records, cycles.idOf).map((record) => cycles.values(record));
        await insertRows(session, cycles, rows, { do: 'update', key: ['id'] });
      }),
    remove: (ids) =>
      access.write(async ({ db }) => {
        await db.deleteFrom('cycles').where('id', 'in', listed(ids)).execute();
      }),
  };
}
