import type { StoreTables } from '../store.js';
import type { Access } from './access.js';
import { inChunks, listed } from './chunks.js';
import { insertRows, lastOfEach } from './insert-rows.js';
import { pushedUsage } from './record-tables.js';

/** Usage of each service as last written into the billing system. */
export function pushedUsageTable(access: Access): StoreTables['pushedUsage'] {
  return {
    list: ({ services }) =>
      access.read(async ({ db }) => {
        const rows = await inChunks(services, (chunk) =>
          db
            .selectFrom('pushed_usage')
            .select(pushedUsage.columns)
            .where('service', 'in', listed(chunk))
            .orderBy('service')
            .execute(),
        );
        return rows.map((row) => pushedUsage.decode(row));
      }),
    put: (records) =>
      access.write(async (session) => {
        const rows = lastOfEach(records, pushedUsage.getId).map((record) => pushedUsage.values(record));
        await insertRows(session, pushedUsage, rows, { do: 'update', key: ['service'] });
      }),
  };
}
