import { addMoney } from '@sluice/quota-core';
import type { LedgerTables } from '../ledger-tables.js';
import { StoreError } from '../store-error.js';
import type { Access } from './access.js';
import { inChunks, listed } from './chunks.js';
import { invoiceLines, invoices } from './ledger-record-tables.js';
import { missingRow, mustExist } from './must-exist.js';

/** Invoices of the local ledger. */
export function invoicesTable(access: Access): LedgerTables['invoices'] {
  return {
    get: (id) =>
      access.read(async ({ db }) => {
        const row = await db.selectFrom('invoices').select(invoices.columns).where('id', '=', id).executeTakeFirst();
        return row === undefined ? null : invoices.decode(row);
      }),
    list: ({ client, status } = {}) =>
      access.read(async ({ db }) => {
        let query = db.selectFrom('invoices').select(invoices.columns);
        if (client !== undefined) query = query.where('client', '=', client);
        if (status !== undefined) query = query.where('status', '=', status);
        return (await query.orderBy('seq').execute()).map((row) => invoices.decode(row));
      }),
    lines: (ids) =>
      access.read(async ({ db }) => {
        const rows = await inChunks(ids, (chunk) =>
          db
            .selectFrom('invoice_lines')
            .select(invoiceLines.columns)
            .select('seq')
            .where('invoice', 'in', listed(chunk))
            .execute(),
        );
        return rows.sort((a, b) => a.seq - b.seq).map((row) => invoiceLines.decode(row));
      }),
    findLine: (key) =>
      access.read(async ({ db }) => {
        const row = await db
          .selectFrom('invoice_lines')
          .select(invoiceLines.columns)
          .where('key', '=', key)
          .executeTakeFirst();
        return row === undefined ? null : invoiceLines.decode(row);
      }),
    open: (record) =>
      access.write(async ({ db }) => {
        const row = invoices.encode({ ...record, status: 'open', total: '0', paidAt: null, closedAt: null });
        await db.insertInto('invoices').values(row).execute();
      }),
    ...changes(access),
    clients: () =>
      access.read(async ({ db }) => {
        const charged = await db.selectFrom('invoices').select('client').distinct().execute();
        const booked = await db
          .selectFrom('ledger_entries')
          .select('account')
          .distinct()
          .where('account', '>=', 'client:')
          .where('account', '<', 'client;')
          .execute();
        const ids = [...charged.map(({ client }) => client), ...booked.map(({ account }) => account.slice(7))];
        return [...new Set(ids)].sort();
      }),
  };
}

function changes(access: Access): Pick<LedgerTables['invoices'], 'addLine' | 'update'> {
  return {
    addLine: (line) =>
      access.write(async ({ db }) => {
        const invoice = await db
          .selectFrom('invoices')
          .select(['status', 'total'])
          .where('id', '=', line.invoice)
          .executeTakeFirst();
        if (invoice === undefined) throw missingRow('invoices', line.invoice);
        const result = await db
          .insertInto('invoice_lines')
          .values(invoiceLines.encode(line))
          .onConflict((conflict) => conflict.column('key').doNothing())
          .executeTakeFirst();
        if ((result.numInsertedOrUpdatedRows ?? 0n) === 0n) return false;
        if (invoice.status !== 'open') {
          const row = { table: 'invoices', id: line.invoice };
          const message = `The invoice "${line.invoice}" is ${invoice.status}; nothing was written.`;
          throw new StoreError('store_conflict', message, { row });
        }
        const total = addMoney(invoice.total, line.amount);
        await db.updateTable('invoices').set({ total }).where('id', '=', line.invoice).execute();
        return true;
      }),
    update: (id, change) =>
      access.write(async ({ db }) => {
        const result = await db
          .updateTable('invoices')
          // Without the id the statement would be invalid when nothing changes.
          .set({ ...invoices.encodePart(id, change), id })
          .where('id', '=', id)
          .executeTakeFirst();
        mustExist('invoices', id, result.numUpdatedRows);
      }),
  };
}
