import type { StoreTables } from '../store.js';
import type { Access } from './access.js';
import { mustExist } from './must-exist.js';
import { behind, toPage } from './page.js';
import { refreshes } from './record-tables.js';

/** Restrictions that were applied again. */
export function refreshesTable(access: Access): StoreTables['refreshes'] {
  return {
    start: (record) =>
      access.write(async ({ db }) => {
        await db.insertInto('refreshes').values(refreshes.encode(record)).execute();
      }),
    finish: (id, panel, change) =>
      access.write(async ({ db }) => {
        // Only the newest state is used.
        await db
          .updateTable('refreshes')
          .set({ state: null })
          .where('panel', '=', panel)
          .where('state', 'is not', null)
          .execute();
        const result = await db
          .updateTable('refreshes')
          .set(refreshes.encodePart(id, change))
          .where('id', '=', id)
          .executeTakeFirst();
        mustExist('refreshes', id, result.numUpdatedRows);
      }),
    state: (panel) =>
      access.read(async ({ db }) => {
        const row = await db
          .selectFrom('refreshes')
          .select(refreshes.columns)
          .where('panel', '=', panel)
          .where('state', 'is not', null)
          .orderBy('started_at', 'desc')
          .limit(1)
          .executeTakeFirst();
        return row === undefined ? null : refreshes.decode(row).state;
      }),
    list: ({ since, limit } = {}) =>
      access.read(async ({ db }) => {
        let query = db.selectFrom('refreshes').select(refreshes.columns);
        if (since !== undefined) query = query.where('started_at', '>=', since);
        if (limit !== undefined) query = query.limit(limit);
        const rows = await query.orderBy('started_at', 'desc').orderBy('seq', 'desc').execute();
        return rows.map((row) => refreshes.decode(row));
      }),
    page: ({ since, after, limit }) =>
      access.read(async ({ db }) => {
        let query = db.selectFrom('refreshes').select(refreshes.columns).select('seq');
        if (since !== undefined) query = query.where('started_at', '>=', since);
        if (after) query = query.where(behind('started_at', after));
        const rows = await query.orderBy('started_at').orderBy('seq').limit(limit).execute();
        return toPage(
          rows,
          limit,
          (row) => row.started_at,
          (row) => refreshes.decode(row),
        );
      }),
  };
}
