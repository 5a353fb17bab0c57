import type { CycleRecord } from '../records.js';
import type { StoreTables } from '../store.js';
import type { Access, Session } from './access.js';
import { closeSamples, CONFIRMED, confirmedCycle, IS_OPEN, NEWEST } from './confirmations-table.js';
import { inChunksOrAll, listed } from './chunks.js';
import { putRecords } from './record-queries.js';
import { cycles } from './record-tables.js';

/** The cycles of each service. */
export function cyclesTable(access: Access): StoreTables['cycles'] {
  return {
    newest: (ids) =>
      access.read(async ({ db }) => {
        const rows = await inChunksOrAll(ids, (chunk) => {
          // From the services, not from the cycles: one search in the index each, however long the history is.
          let query = db
            .selectFrom('services')
            .innerJoin('cycles', (join) =>
              join.on('cycles.id', '=', (eb) =>
                eb
                  .selectFrom('cycles as c')
                  .select('c.id')
                  .whereRef('c.service', '=', 'services.id')
                  .orderBy('c.starts_at', 'desc')
                  .orderBy('c.opened_at', 'desc')
                  .orderBy('c.id', 'desc')
                  .limit(1),
              ),
            )
            .leftJoin('usage_samples as base', (join) =>
              join.onRef('base.service', '=', 'cycles.service').onRef('base.cycle', '=', 'cycles.id').on(IS_OPEN),
            )
            .leftJoin('confirmations as last', (join) => join.on('last.seq', '=', NEWEST))
            .select(cycles.columns.map((column) => `cycles.${column}` as const))
            .select(CONFIRMED);
          if (chunk !== undefined) query = query.where('services.id', 'in', listed(chunk));
          return query.orderBy('services.id').execute();
        });
        return rows.map((row) => confirmedCycle(cycles.decode(row), row));
      }),
    ofService: (service) =>
      access.read(async ({ db }) => {
        const rows = await db
          .selectFrom('cycles')
          .leftJoin('usage_samples as base', (join) =>
            join.onRef('base.service', '=', 'cycles.service').onRef('base.cycle', '=', 'cycles.id').on(IS_OPEN),
          )
          .leftJoin('confirmations as last', (join) => join.on('last.seq', '=', NEWEST))
          .select(cycles.columns.map((column) => `cycles.${column}` as const))
          .select(CONFIRMED)
          .where('cycles.service', '=', service)
          .orderBy('cycles.starts_at')
          .orderBy('cycles.opened_at')
          .orderBy('cycles.id')
          .execute();
        return rows.map((row) => confirmedCycle(cycles.decode(row), row));
      }),
    put: (records) => access.write((session) => putCycles(session, records)),
    remove: (ids) =>
      access.write(async ({ db }) => {
        await db.deleteFrom('cycles').where('id', 'in', listed(ids)).execute();
      }),
  };
}

async function putCycles(session: Session, records: readonly CycleRecord[]): Promise<void> {
  await closeSamples(
    session,
    records.map((record) => record.service),
  );
  await putRecords(session, cycles, ['id'], records);
}
