import type { StoreTables } from '../store.js';
import type { Access, Session } from './access.js';
import { closeSamples, CONFIRMED, confirmedDecision, IS_OPEN, NEWEST } from './confirmations-table.js';
import { inChunks, inChunksOrAll, listed } from './record-queries.js';
import { decisionBasis } from './decision-basis.js';
import { insertRows, lastOfEach } from './insert-rows.js';
import { insertRecords, listByTime } from './record-queries.js';
import { decisionHistory, decisions } from './record-tables.js';

/** The latest decision about each service, and its history. */
export function decisionsTable(access: Access): StoreTables['decisions'] {
  return {
    latest: (ids) =>
      access.read(async ({ db }) => {
        const rows = await inChunksOrAll(ids, (chunk) => {
          let query = newest(db);
          if (chunk !== undefined) query = query.where('decisions.service', 'in', listed(chunk));
          return query.orderBy('decisions.service').execute();
        });
        return rows.map((row) => confirmedDecision(decisions.decode(row), row));
      }),
    record: (records) =>
      access.write(async (session) => {
        const latest = lastOfEach(records, (record) => record.service).map((record) => ({
          record,
          basis: decisionBasis(record),
        }));
        const services = latest.map(({ record }) => record.service);
        await closeSamples(session, services);
        const known = await readBasis(session, services);
        const changed = latest.filter(({ record, basis }) => known.get(record.service) !== basis);
        await insertRecords(
          session,
          decisionHistory,
          changed.map(({ record }) => record),
        );
        await insertRows(
          session,
          { table: decisions.table, columns: [...decisions.columns, 'basis'] },
          latest.map(({ record, basis }) => {
            const values = decisions.values(record);
            values.push(basis);
            return values;
          }),
          { do: 'update', key: ['service'] },
        );
      }),
    at: (service, at) =>
      access.read(async (session) => {
        const latest = await newest(session.db).where('decisions.service', '=', service).executeTakeFirst();
        if (latest !== undefined && (latest.last_at ?? latest.at) <= at) {
          return confirmedDecision(decisions.decode(latest), latest);
        }
        const selection = { where: { service }, until: at, newestFirst: true, limit: 1 };
        const [earlier] = await listByTime(session, decisionHistory, 'at', selection);
        return earlier ?? null;
      }),
  };
}

/** The newest decisions with their last confirmation. */
function newest(db: Session['db']) {
  return db
    .selectFrom('decisions')
    .leftJoin('usage_samples as base', (join) => join.onRef('base.service', '=', 'decisions.service').on(IS_OPEN))
    .leftJoin('confirmations as last', (join) => join.on('last.seq', '=', NEWEST))
    .select(decisions.columns.map((column) => `decisions.${column}` as const))
    .select(CONFIRMED);
}

async function readBasis({ db }: Session, services: readonly string[]): Promise<Map<string, string>> {
  const rows = await inChunks(services, (chunk) =>
    db.selectFrom('decisions').select(['service', 'basis']).where('service', 'in', listed(chunk)).execute(),
  );
  return new Map(rows.map((row) => [row.service, row.basis]));
}
