import type { StoreTables } from '../store.js';
import type { Access, Session } from './access.js';
import { inChunks, inChunksOrAll, listed } from './chunks.js';
import { decisionBasis } from './decision-basis.js';
import { insertRows, lastOfEach } from './insert-rows.js';
import { decisionHistory, decisions } from './record-tables.js';

/** What was decided about each service, and why. */
export function decisionsTable(access: Access): StoreTables['decisions'] {
  return {
    latest: (ids) =>
      access.read(async ({ db }) => {
        const rows = await inChunksOrAll(ids, (chunk) => {
          let query = db.selectFrom('decisions').select(decisions.columns);
          if (chunk !== null) query = query.where('service', 'in', listed(chunk));
          return query.orderBy('service').execute();
        });
        return rows.map((row) => decisions.decode(row));
      }),
    record: (records) =>
      access.write(async (session) => {
        const newest = lastOfEach(records, (record) => record.service).map((record) => ({
          record,
          basis: decisionBasis(record),
        }));
        const known = await basisOf(
          session,
          newest.map(({ record }) => record.service),
        );
        const changed = newest.filter(({ record, basis }) => known.get(record.service) !== basis);
        await insertRows(
          session,
          decisionHistory,
          changed.map(({ record }) => decisionHistory.values(record)),
        );
        await insertRows(
          session,
          { table: decisions.table, columns: [...decisions.columns, 'basis'] },
          newest.map(({ record, basis }) => {
            const values = decisions.values(record);
            values.push(basis);
            return values;
          }),
          { do: 'update', key: ['service'] },
        );
      }),
    at: (service, at) =>
      access.read(async ({ db }) => {
        const latest = await db
          .selectFrom('decisions')
          .select(decisions.columns)
          .where('service', '=', service)
          .where('at', '<=', at)
          .executeTakeFirst();
        if (latest !== undefined) return decisions.decode(latest);
        const row = await db
          .selectFrom('decision_history')
          .select(decisionHistory.columns)
          .where('service', '=', service)
          .where('at', '<=', at)
          .orderBy('at', 'desc')
          .orderBy('seq', 'desc')
          .limit(1)
          .executeTakeFirst();
        return row === undefined ? null : decisionHistory.decode(row);
      }),
  };
}

async function basisOf({ db }: Session, services: readonly string[]): Promise<Map<string, string>> {
  const rows = await inChunks(services, (chunk) =>
    db.selectFrom('decisions').select(['service', 'basis']).where('service', 'in', listed(chunk)).execute(),
  );
  return new Map(rows.map((row) => [row.service, row.basis]));
}
