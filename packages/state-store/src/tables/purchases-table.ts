import { type RawBuilder, sql } from 'kysely';
import type { StoreTables } from '../store.js';
import type { Access } from './access.js';
import { inChunksOrAll, inOrder, listed } from './record-queries.js';
import { addRecord, findRecord, listCounted, updateRecord } from './record-queries.js';
import { purchases } from './record-tables.js';

/** Packages bought. */
export function purchasesTable(access: Access): StoreTables['purchases'] {
  return {
    list: ({ service, services, cycles, status, key, keyPrefix } = {}) =>
      access.read(async (session) => {
        const rows = await inChunksOrAll(services, (some) =>
          inChunksOrAll(cycles, (cycle) => {
            const and = [
              ...(some === undefined ? [] : [sql<boolean>`"service" in ${listed(some)}`]),
              ...(keyPrefix === undefined ? [] : [beginsWith(keyPrefix)]),
            ];
            return listCounted(session, purchases, { where: { service, cycle, status, key }, and });
          }),
        );
        return inOrder(rows, (row) => row.at).map((row) => purchases.decode(row));
      }),
    get: (id) => access.read((session) => findRecord(session, purchases, { id })),
    countPaid: () =>
      access.read(async ({ db }) => {
        const rows = await db
          .selectFrom('purchases')
          .select((eb) => ['actor', eb.fn.countAll<number>().as('count')])
          .where('paid_at', 'is not', null)
          .groupBy('actor')
          .execute();
        const counts = { manual: 0, auto: 0 };
        for (const { actor, count } of rows) counts[actor as keyof typeof counts] = count;
        return counts;
      }),
    add: (record) => access.write((session) => addRecord(session, purchases, record, { columns: ['key'] })),
    update: (id, change) => access.write((session) => updateRecord(session, purchases, id, change)),
  };
}

/** As a range, which the index of the keys serves. */
function beginsWith(prefix: string): RawBuilder<boolean> {
  return sql<boolean>`("key" >= ${prefix} and "key" < ${`${prefix}\u{10ffff}`})`;
}
