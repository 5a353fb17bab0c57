import type { StoreTables } from '../store.js';
import type { Access } from './access.js';
import { inChunks, listed } from './chunks.js';
import { insertRows, lastOfEach } from './insert-rows.js';
import { resources } from './record-tables.js';

/** Resources of each service. */
export function resourcesTable(access: Access): StoreTables['resources'] {
  return {
    list: ({ services }) =>
      access.read(async ({ db }) => {
        const rows = await inChunks(services, (chunk) =>
          db
            .selectFrom('service_resources')
            .select(resources.columns)
            .where('service', 'in', listed(chunk))
            .orderBy('service')
            .execute(),
        );
        return rows.map((row) => resources.decode(row));
      }),
    put: (records) =>
      access.write(async (session) => {
        const rows = lastOfEach(records, resources.getId).map((record) => resources.values(record));
        await insertRows(session, resources, rows, { do: 'update', key: ['service'] });
      }),
  };
}
