import type { StoreTables } from '../store.js';
import type { Access } from './access.js';
import { inChunksOrAll, inOrder, listed } from './chunks.js';
import { mustExist } from './must-exist.js';
import { holds } from './record-tables.js';
import { isAgentOn, ofServices } from './subjects.js';

/** Holds of services and agents. */
export function holdsTable(access: Access): StoreTables['holds'] {
  return {
    open: ({ services, panel, reason, agentsOf } = {}) =>
      access.read(async ({ db }) => {
        const rows = await inChunksOrAll(services, (chunk) => {
          let query = db.selectFrom('holds').select(holds.columns).select('seq').where('until', 'is', null);
          if (agentsOf !== undefined) query = query.where(isAgentOn(agentsOf));
          else if (chunk !== null) query = query.where('service', 'in', listed(chunk));
          else if (panel === undefined) query = query.where(ofServices);
          if (reason !== undefined) query = query.where('reason', '=', reason);
          if (panel !== undefined) {
            query = query.where('service', 'in', (eb) =>
              eb.selectFrom('services').select('services.id').where('services.panel', '=', panel),
            );
          }
          return query.execute();
        });
        // Sorted here: otherwise SQLite would scan the whole history by the other index to avoid sorting.
        return inOrder(rows, (row) => `${row.service} ${row.since}`).map((row) => holds.decode(row));
      }),
    all: ({ service, agentsOf } = {}) =>
      access.read(async ({ db }) => {
        let query = db.selectFrom('holds').select(holds.columns);
        if (agentsOf !== undefined) query = query.where(isAgentOn(agentsOf));
        else query = service === undefined ? query.where(ofServices) : query.where('service', '=', service);
        const rows = await query.orderBy('service').orderBy('since').orderBy('seq').execute();
        return rows.map((row) => holds.decode(row));
      }),
    add: (record) =>
      access.write(async ({ db }) => {
        const result = await db
          .insertInto('holds')
          .values(holds.encode(record))
          .onConflict((conflict) => conflict.columns(['service', 'reason']).where('until', 'is', null).doNothing())
          .executeTakeFirst();
        return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
      }),
    end: (id, at) =>
      access.write(async ({ db }) => {
        // An ended hold keeps its first end.
        const result = await db
          .updateTable('holds')
          .set((eb) => ({ until: eb.fn.coalesce('until', eb.val(at)) }))
          .where('id', '=', id)
          .executeTakeFirst();
        mustExist('holds', id, result.numUpdatedRows);
      }),
    update: (id, change) =>
      access.write(async ({ db }) => {
        const result = await db
          .updateTable('holds')
          // Without the id the statement would be invalid when nothing changes.
          .set({ ...holds.encodePart(id, change), id })
          .where('id', '=', id)
          .executeTakeFirst();
        mustExist('holds', id, result.numUpdatedRows);
      }),
  };
}
