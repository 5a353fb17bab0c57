import type { StoreTables } from '../store.js';
import type { Access } from './access.js';
import { insertRows } from './insert-rows.js';
import { behind, toPage } from './page.js';
import { apiCalls } from './record-tables.js';

/** Calls to the panels, redacted by the caller. */
export function apiCallsTable(access: Access): StoreTables['apiCalls'] {
  return {
    add: (records) =>
      access.write(async (session) => {
        await insertRows(
          session,
          apiCalls,
          records.map((record) => apiCalls.values(record)),
        );
      }),
    list: ({ service, panel, run, since, until, limit } = {}) =>
      access.read(async ({ db }) => {
        let query = db.selectFrom('api_calls').select(apiCalls.columns);
        if (service !== undefined) query = query.where('service', '=', service);
        if (panel !== undefined) query = query.where('panel', '=', panel);
        if (run !== undefined) query = query.where('run', '=', run);
        if (since !== undefined) query = query.where('at', '>=', since);
        if (until !== undefined) query = query.where('at', '<=', until);
        if (limit !== undefined) query = query.limit(limit);
        const rows = await query.orderBy('at', 'desc').orderBy('seq', 'desc').execute();
        return rows.map((row) => apiCalls.decode(row));
      }),
    page: ({ service, since, after, limit }) =>
      access.read(async ({ db }) => {
        let query = db.selectFrom('api_calls').select(apiCalls.columns).select('seq');
        if (service !== undefined) query = query.where('service', '=', service);
        if (since !== undefined) query = query.where('at', '>=', since);
        if (after) query = query.where(behind('at', after));
        const rows = await query.orderBy('at').orderBy('seq').limit(limit).execute();
        return toPage(
          rows,
          limit,
          (row) => row.at,
          (row) => apiCalls.decode(row),
        );
      }),
    written: ({ service, since, after, limit }) =>
      access.read(async ({ db }) => {
        const newest = await db
          .selectFrom('api_calls')
          .select((eb) => eb.fn.max<number | null>('seq').as('seq'))
          .executeTakeFirst();
        const last = newest?.seq ?? 0;
        // The numbers begin again when the last row was deleted.
        const from = after === null ? null : Math.min(after, last);
        let query = db.selectFrom('api_calls').select(apiCalls.columns).select('seq').where('seq', '<=', last);
        if (service !== undefined) query = query.where('service', '=', service);
        if (since !== undefined) query = query.where('at', '>=', since);
        if (from !== null) query = query.where('seq', '>', from);
        const rows = await query
          .orderBy('seq', from === null ? 'desc' : 'asc')
          .limit(limit)
          .execute();
        if (from === null) rows.reverse();
        // A page that is not full reached the end, past rows that the filters excluded.
        const full = from !== null && rows.length >= limit;
        return { records: rows.map((row) => apiCalls.decode(row)), last: full ? (rows.at(-1)?.seq ?? last) : last };
      }),
  };
}
