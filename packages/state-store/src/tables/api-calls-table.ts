import type { StoreTables } from '../store.js';
import type { Access } from './access.js';
import { insertRecords, listByTime, pageByTime } from './record-queries.js';
import { apiCalls } from './record-tables.js';

/** Calls to the panels, redacted by the caller. */
export function apiCallsTable(access: Access): StoreTables['apiCalls'] {
  return {
    add: (records) => access.write((session) => insertRecords(session, apiCalls, records)),
    list: ({ service, panel, run, ...filter } = {}) =>
      access.read((session) =>
        listByTime(session, apiCalls, 'at', { where: { service, panel, run }, newestFirst: true, ...filter }),
      ),
    page: ({ service, ...request }) =>
      access.read((session) => pageByTime(session, apiCalls, 'at', { where: { service }, ...request })),
    written: ({ service, panel, since, after, limit }) =>
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
        if (panel !== undefined) query = query.where('panel', '=', panel);
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
