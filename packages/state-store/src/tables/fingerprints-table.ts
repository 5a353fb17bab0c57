import type { StoreTables } from '../store.js';
import type { Access } from './access.js';
import { insertRows } from './insert-rows.js';
import { fingerprints } from './record-tables.js';

/** The shapes of the panels' answers. */
export function fingerprintsTable(access: Access): StoreTables['fingerprints'] {
  return {
    list: (panel) =>
      access.read(async ({ db }) => {
        let query = db.selectFrom('fingerprints').select(fingerprints.columns);
        if (panel !== undefined) query = query.where('panel', '=', panel);
        const rows = await query.orderBy('panel').orderBy('endpoint').execute();
        return rows.map((row) => fingerprints.decode(row));
      }),
    put: (record) =>
      access.write(async (session) => {
        const rows = [fingerprints.values(record)];
        await insertRows(session, fingerprints, rows, { do: 'update', key: ['panel', 'endpoint'] });
      }),
    clear: (panel) =>
      access.write(async ({ db }) => {
        await db.deleteFrom('fingerprints').where('panel', '=', panel).execute();
      }),
  };
}
