import type { StoreTables } from '../store.js';
import type { Access } from './access.js';
import { insertRows } from './insert-rows.js';
import { apiCalls } from './record-tables.js';

/** Calls to the panels, redacted by whoever made them. */
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
  };
}
