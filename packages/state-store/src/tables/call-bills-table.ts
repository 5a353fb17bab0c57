import type { LedgerTables } from '../ledger-tables.js';
import type { Access } from './access.js';
import { listed } from './chunks.js';
import { callBills } from './ledger-record-tables.js';
import { mustExist } from './must-exist.js';

/** Bills of the calls of a period. */
export function callBillsTable(access: Access): LedgerTables['callBills'] {
  return {
    get: (id) =>
      access.read(async ({ db }) => {
        const row = await db.selectFrom('call_bills').select(callBills.columns).where('id', '=', id).executeTakeFirst();
        return row === undefined ? null : callBills.decode(row);
      }),
    list: ({ service, client, invoice, states } = {}) =>
      access.read(async ({ db }) => {
        let query = db.selectFrom('call_bills').select(callBills.columns);
        if (service !== undefined) query = query.where('service', '=', service);
        if (client !== undefined) query = query.where('client', '=', client);
        if (invoice !== undefined) query = query.where('invoice', '=', invoice);
        if (states !== undefined) query = query.where('state', 'in', listed([...states]));
        const rows = await query.orderBy('service').orderBy('start', 'desc').orderBy('seq', 'desc').execute();
        return rows.map((row) => callBills.decode(row));
      }),
    find: (key) =>
      access.read(async ({ db }) => {
        const row = await db
          .selectFrom('call_bills')
          .select(callBills.columns)
          .where('key', '=', key)
          .executeTakeFirst();
        return row === undefined ? null : callBills.decode(row);
      }),
    add: (record) =>
      access.write(async ({ db }) => {
        const result = await db
          .insertInto('call_bills')
          .values(callBills.encode(record))
          .onConflict((conflict) => conflict.column('key').doNothing())
          .executeTakeFirst();
        return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
      }),
    update: (id, change) =>
      access.write(async ({ db }) => {
        const result = await db
          .updateTable('call_bills')
          // Without the id the statement would be invalid when nothing changes.
          .set({ ...callBills.encodePart(id, change), id })
          .where('id', '=', id)
          .executeTakeFirst();
        mustExist('call_bills', id, result.numUpdatedRows);
      }),
  };
}
