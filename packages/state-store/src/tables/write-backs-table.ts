import type { StoreTables } from '../store.js';
import type { Access } from './access.js';
import { inChunks, listed } from './chunks.js';
import { insertRows, lastOfEach } from './insert-rows.js';
import { writeBacks } from './record-tables.js';

/** Services whose refs are still to be written into the billing system. */
export function writeBacksTable(access: Access): StoreTables['writeBacks'] {
  return {
    list: ({ services }: { services?: string[] } = {}) =>
      access.read(async ({ db }) => {
        const query = db.selectFrom('write_backs').select(writeBacks.columns).orderBy('service');
        const rows =
          services === undefined
            ? await query.execute()
            : await inChunks(services, (chunk) => query.where('service', 'in', listed(chunk)).execute());
        return rows.map((row) => writeBacks.decode(row));
      }),
    put: (records) =>
      access.write(async (session) => {
        const rows = lastOfEach(records, writeBacks.getId).map((record) => writeBacks.values(record));
        await insertRows(session, writeBacks, rows, { do: 'update', key: ['service'] });
      }),
    remove: ({ service, at }) =>
      access.write(async ({ db }) => {
        await db.deleteFrom('write_backs').where('service', '=', service).where('at', '=', at).execute();
      }),
  };
}
