import { sql } from 'kysely';
import type { StoreTables } from '../store.js';
import type { Access } from './access.js';
import { inChunksOrAll, inOrder } from './chunks.js';
import { mustExist } from './must-exist.js';
import { addRecord, listCounted, listRecords, updateRecord } from './record-queries.js';
import { holds } from './record-tables.js';
import { ofSubjects } from './subjects.js';

/** Holds of services and agents. */
export function holdsTable(access: Access): StoreTables['holds'] {
  return {
    open: ({ services, panel, reason, agentsOf } = {}) =>
      access.read(async (session) => {
        const rows = await inChunksOrAll(services, (chunk) => {
          const and = [ofSubjects(agentsOf, chunk)];
          if (panel !== undefined) and.push(sql`"service" in (select "id" from "services" where "panel" = ${panel})`);
          return listCounted(session, holds, { where: { until: null, reason }, and });
        });
        // Sorted here: otherwise SQLite would scan the whole history by the other index to avoid sorting.
        return inOrder(rows, (row) => `${row.service} ${row.since}`).map((row) => holds.decode(row));
      }),
    all: ({ service, agentsOf } = {}) =>
      access.read((session) => {
        const and = [ofSubjects(agentsOf, service === undefined ? undefined : [service])];
        return listRecords(session, holds, { and, order: ['service', 'since', 'seq'] });
      }),
    add: (record) =>
      access.write((session) => addRecord(session, holds, record, { columns: ['service', 'reason'], open: true })),
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
    reopen: (id) =>
      access.write(async ({ db }) => {
        const hold = await db.selectFrom('holds').select(['service', 'reason']).where('id', '=', id).executeTakeFirst();
        mustExist('holds', id, hold === undefined ? 0n : 1n);
        const open = await db
          .selectFrom('holds')
          .select('id')
          .where('service', '=', hold?.service ?? '')
          .where('reason', '=', hold?.reason ?? '')
          .where('until', 'is', null)
          .executeTakeFirst();
        if (open !== undefined) return false;
        await db.updateTable('holds').set({ until: null }).where('id', '=', id).execute();
        return true;
      }),
    update: (id, change) => access.write((session) => updateRecord(session, holds, id, change)),
  };
}
