import type { StoreTables } from '../store.js';
import type { Access } from './access.js';
import { inChunksOrAll, listed } from './chunks.js';
import { insertRows, lastOfEach } from './insert-rows.js';
import { samples } from './record-tables.js';

/** What was read of each service, and when. */
export function samplesTable(access: Access): StoreTables['samples'] {
  return {
    add: (records) =>
      access.write(async (session) => {
        const rows = lastOfEach(records, (record) => `${record.at} ${record.service}`);
        await insertRows(
          session,
          samples,
          rows.map((record) => samples.values(record)),
          { do: 'update', key: ['service', 'at'] },
        );
      }),
    list: ({ service, from, to, limit, cycle, newestFirst = false }) =>
      access.read(async ({ db }) => {
        let query = db.selectFrom('usage_samples').select(samples.columns).where('service', '=', service);
        if (from !== undefined) query = query.where('at', '>=', from);
        if (to !== undefined) query = query.where('at', '<=', to);
        if (cycle !== undefined) query = query.where('cycle', '=', cycle);
        if (limit !== undefined) query = query.limit(limit);
        const rows = await query.orderBy('at', newestFirst ? 'desc' : 'asc').execute();
        return rows.map((row) => samples.decode(row));
      }),
    latest: (ids) =>
      access.read(async ({ db }) => {
        const rows = await inChunksOrAll(ids, (chunk) => {
          let query = db
            .selectFrom('services')
            .innerJoin('usage_samples', (join) =>
              join.onRef('usage_samples.service', '=', 'services.id').on('usage_samples.at', '=', (eb) =>
                eb
                  .selectFrom('usage_samples as s')
                  .select((inner) => inner.fn.max('s.at').as('at'))
                  .whereRef('s.service', '=', 'services.id'),
              ),
            )
            .select(samples.columns.map((column) => `usage_samples.${column}` as const));
          if (chunk !== null) query = query.where('services.id', 'in', listed(chunk));
          return query.orderBy('services.id').execute();
        });
        return rows.map((row) => samples.decode(row));
      }),
  };
}
