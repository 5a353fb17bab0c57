import { sql } from 'kysely';
import type { StoreTables } from '../store.js';
import type { Access } from './access.js';
import { inChunksOrAll, inOrder } from './chunks.js';
import { mustExist } from './must-exist.js';
import { findRecord, insertRecords, listByTime, listCounted, pageByTime, updateRecord } from './record-queries.js';
import { actions } from './record-tables.js';

/** Repeats the condition of the partial index literally: with bound values SQLite would not use the index. */
const UNRESOLVED = sql<boolean>`"state" in ('planned', 'in-doubt')`;

/** The journal. */
export function actionsTable(access: Access): StoreTables['actions'] {
  return {
    get: (id) => access.read((session) => findRecord(session, actions, { id })),
    plan: (records) => access.write((session) => insertRecords(session, actions, records)),
    called: (id, at) =>
      access.write(async ({ db }) => {
        const result = await db
          .updateTable('actions')
          .set((eb) => ({ called_at: at, attempts: eb('attempts', '+', 1) }))
          .where('id', '=', id)
          .executeTakeFirst();
        mustExist('actions', id, result.numUpdatedRows);
      }),
    end: (id, change) => access.write((session) => updateRecord(session, actions, id, change)),
    unresolved: ({ panel, services } = {}) =>
      access.read(async (session) => {
        const rows = await inChunksOrAll(services, (service) =>
          listCounted(session, actions, { where: { service, panel }, and: [UNRESOLVED] }),
        );
        return inOrder(rows, (row) => row.planned_at).map((row) => actions.decode(row));
      }),
    list: ({ service, run, ...filter }) =>
      access.read((session) => listByTime(session, actions, 'planned_at', { where: { service, run }, ...filter })),
    page: ({ service, ...request }) =>
      access.read((session) => pageByTime(session, actions, 'planned_at', { where: { service }, ...request })),
  };
}
