import type { StoreTables } from '../store.js';
import type { Access } from './access.js';
import { inChunksOrAll, inOrder, listed } from './chunks.js';
import { mustExist } from './must-exist.js';
import { purchases } from './record-tables.js';

/** Packages bought. */
export function purchasesTable(access: Access): StoreTables['purchases'] {
  return {
    list: ({ service, services, cycles, status, key } = {}) =>
      access.read(async ({ db }) => {
        const rows = await inChunksOrAll(services, (some) =>
          inChunksOrAll(cycles, (periods) => {
            let query = db.selectFrom('purchases').select(purchases.columns).select('seq');
            if (service !== undefined) query = query.where('service', '=', service);
            if (some !== null) query = query.where('service', 'in', listed(some));
            if (periods !== null) query = query.where('cycle', 'in', listed(periods));
            if (status !== undefined) query = query.where('status', '=', status);
            if (key !== undefined) query = query.where('key', '=', key);
            return query.execute();
          }),
        );
        return inOrder(rows, (row) => row.at).map((row) => purchases.decode(row));
      }),
    get: (id) =>
      access.read(async ({ db }) => {
        const row = await db.selectFrom('purchases').select(purchases.columns).where('id', '=', id).executeTakeFirst();
        return row === undefined ? null : purchases.decode(row);
      }),
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
    add: (record) =>
      access.write(async ({ db }) => {
        const result = await db
          .insertInto('purchases')
          .values(purchases.encode(record))
          .onConflict((conflict) => conflict.column('key').doNothing())
          .executeTakeFirst();
        return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
      }),
    update: (id, change) =>
      access.write(async ({ db }) => {
        const result = await db
          .updateTable('purchases')
          // Without the id the statement would be invalid when nothing changes.
          .set({ ...purchases.encodePart(id, change), id })
          .where('id', '=', id)
          .executeTakeFirst();
        mustExist('purchases', id, result.numUpdatedRows);
      }),
  };
}
