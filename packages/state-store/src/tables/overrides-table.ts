import type { StoreTables } from '../store.js';
import type { Access } from './access.js';
import { inChunksOrAll, listed } from './chunks.js';
import { overrides } from './record-tables.js';

/** The operator's overrides for single services. */
export function overridesTable(access: Access): StoreTables['overrides'] {
  return {
    open: (ids) =>
      access.read(async ({ db }) => {
        const rows = await inChunksOrAll(ids, (chunk) => {
          let query = db.selectFrom('service_overrides').select(overrides.columns).where('until', 'is', null);
          if (chunk !== null) query = query.where('service', 'in', listed(chunk));
          return query.orderBy('service').execute();
        });
        return rows.map((row) => overrides.decode(row));
      }),
    all: (service) =>
      access.read(async ({ db }) => {
        let query = db.selectFrom('service_overrides').select(overrides.columns);
        if (service !== undefined) query = query.where('service', '=', service);
        const rows = await query.orderBy('service').orderBy('since').orderBy('seq').execute();
        return rows.map((row) => overrides.decode(row));
      }),
    set: (record) =>
      access.write(async ({ db }) => {
        await db
          .updateTable('service_overrides')
          .set({ until: record.since })
          .where('service', '=', record.service)
          .where('until', 'is', null)
          .execute();
        await db.insertInto('service_overrides').values(overrides.encode(record)).execute();
      }),
    end: (service, at) =>
      access.write(async ({ db }) => {
        const result = await db
          .updateTable('service_overrides')
          .set({ until: at })
          .where('service', '=', service)
          .where('until', 'is', null)
          .executeTakeFirst();
        return result.numUpdatedRows > 0n;
      }),
  };
}
