import { addMoney } from '@sluice/quota-core';
import type { InvoiceLineRecord, InvoiceRecord } from '../ledger-records.js';
import type { LedgerTables } from '../ledger-tables.js';
import { StoreError } from '../store-error.js';
import type { Access, Session } from './access.js';
import { inChunks } from './record-queries.js';
import { invoiceLines, invoices } from './ledger-record-tables.js';
import { missingRow } from './record-queries.js';
import { addRecord, findRecord, insertRecords, listCounted, listRecords, updateRecord } from './record-queries.js';

/** Invoices of the local ledger. */
export function invoicesTable(access: Access): LedgerTables['invoices'] {
  return {
    get: (id) => access.read((session) => findRecord(session, invoices, { id })),
    list: ({ client, status } = {}) =>
      access.read((session) => listRecords(session, invoices, { where: { client, status }, order: ['seq'] })),
    lines: (ids) =>
      access.read(async (session) => {
        const rows = await inChunks(ids, (invoice) => listCounted(session, invoiceLines, { where: { invoice } }));
        return rows.sort((a, b) => a.seq - b.seq).map((row) => invoiceLines.decode(row));
      }),
    findLine: (key) => access.read((session) => findRecord(session, invoiceLines, { key })),
    open: (record) => {
      const invoice: InvoiceRecord = { ...record, status: 'open', total: '0', paidAt: null, closedAt: null };
      return access.write((session) => insertRecords(session, invoices, [invoice]));
    },
    addLine: (line) => access.write((session) => addLine(session, line)),
    update: (id, change) => access.write((session) => updateRecord(session, invoices, id, change)),
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

async function addLine(session: Session, line: InvoiceLineRecord): Promise<boolean> {
  const invoice = await findRecord(session, invoices, { id: line.invoice });
  if (invoice === null) throw missingRow('invoices', line.invoice);
  if (!(await addRecord(session, invoiceLines, line, { columns: ['key'] }))) return false;
  if (invoice.status !== 'open') {
    const row = { table: 'invoices', id: line.invoice };
    const message = `The invoice "${line.invoice}" is ${invoice.status}; nothing was written.`;
    throw new StoreError('store_conflict', message, { row });
  }
  await updateRecord(session, invoices, line.invoice, { total: addMoney(invoice.total, line.amount) });
  return true;
}
