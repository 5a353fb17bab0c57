import type { SampleRecord } from '../records.js';
import type { StoreTables } from '../store.js';
import type { Access, Session } from './access.js';
import { closeSamples, listConfirmations, NEWEST, withConfirmations } from './confirmations-table.js';
import { inChunksOrAll, listed } from './chunks.js';
import { insertRows, lastOfEach } from './insert-rows.js';
import { samples } from './record-tables.js';

/** Readings of each service. */
export function samplesTable(access: Access): StoreTables['samples'] {
  return {
    add: (records) =>
      access.write(async (session) => {
        const rows = lastOfEach(records, (record) => `${record.at} ${record.service}`);
        await closeSamples(
          session,
          rows.map((record) => record.service),
        );
        await insertRows(
          session,
          samples,
          rows.map((record) => samples.values(record)),
          { do: 'update', key: ['service', 'at'] },
        );
      }),
    list: (filter) => access.read((session) => listSamples(session, filter)),
    latest: (ids) =>
      access.read(async ({ db }) => {
        const rows = await inChunksOrAll(ids, (chunk) => {
          let query = db
            .selectFrom('services')
            .innerJoin('usage_samples as base', (join) =>
              join.onRef('base.service', '=', 'services.id').on('base.at', '=', (eb) =>
                eb
                  .selectFrom('usage_samples as s')
                  .select((inner) => inner.fn.max('s.at').as('at'))
                  .whereRef('s.service', '=', 'services.id'),
              ),
            )
            .leftJoin('confirmations as last', (join) =>
              join.on('last.seq', '=', NEWEST).on('base.confirmed_until', 'is', null),
            )
            .select(samples.columns.map((column) => `base.${column}` as const))
            .select(['last.read_at as last_at', 'last.resolution as last_resolution']);
          if (chunk !== null) query = query.where('services.id', 'in', listed(chunk));
          return query.orderBy('services.id').execute();
        });
        return rows.map(({ last_at: at, last_resolution: resolution, ...row }) =>
          samples.decode({ ...row, at: at ?? row.at, resolution: resolution ?? row.resolution }),
        );
      }),
  };
}

type SampleFilter = Parameters<StoreTables['samples']['list']>[0];

async function listSamples(
  session: Session,
  { service, from, to, limit, cycle, newestFirst = false }: SampleFilter,
): Promise<SampleRecord[]> {
  const { db } = session;
  // Confirmations first: a sample that is closed in between is then read twice, not half.
  const repeated = await listConfirmations(session, service);
  let query = db.selectFrom('usage_samples').select(samples.columns).where('service', '=', service);
  if (cycle !== undefined) query = query.where('cycle', '=', cycle);
  if (from !== undefined) query = query.where('at', '>=', repeated.findLast((row) => row.at < from)?.at ?? from);
  if (repeated.length === 0) {
    if (to !== undefined) query = query.where('at', '<=', to);
    if (limit !== undefined) query = query.limit(limit);
    const rows = await query.orderBy('at', newestFirst ? 'desc' : 'asc').execute();
    return rows.map((row) => samples.decode(row));
  }
  const rows = await query.orderBy('at').execute();
  const all = withConfirmations(
    rows.map((row) => samples.decode(row)),
    repeated,
  );
  const inside = all.filter(({ at }) => (from === undefined || at >= from) && (to === undefined || at <= to));
  return (newestFirst ? inside.reverse() : inside).slice(0, limit);
}
