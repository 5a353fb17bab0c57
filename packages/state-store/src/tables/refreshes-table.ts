import { sql } from 'kysely';
import type { StoreTables } from '../store.js';
import type { Access } from './access.js';
import { insertRecords, listByTime, pageByTime, updateRecord } from './record-queries.js';
import { refreshes } from './record-tables.js';

/** Restrictions that were applied again. */
export function refreshesTable(access: Access): StoreTables['refreshes'] {
  return {
    start: (record) => access.write((session) => insertRecords(session, refreshes, [record])),
    finish: (id, panel, change) =>
      access.write(async (session) => {
        // Only the newest state is used.
        await session.db
          .updateTable('refreshes')
          .set({ state: null })
          .where('panel', '=', panel)
          .where('state', 'is not', null)
          .execute();
        await updateRecord(session, refreshes, id, change);
      }),
    state: (panel) =>
      access.read(async (session) => {
        const and = [sql<boolean>`"state" is not null`];
        const filter = { where: { panel }, and, newestFirst: true, limit: 1 };
        const [newest] = await listByTime(session, refreshes, 'started_at', filter);
        return newest?.state ?? null;
      }),
    list: (filter = {}) =>
      access.read((session) => listByTime(session, refreshes, 'started_at', { newestFirst: true, ...filter })),
    page: (request) => access.read((session) => pageByTime(session, refreshes, 'started_at', request)),
  };
}
