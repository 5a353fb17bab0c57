import type { LedgerTables } from '../ledger-tables.js';
import type { Access } from './access.js';
import { invoicesTable } from './invoices-table.js';
import { autoBuyPreferences, callBills } from './ledger-record-tables.js';
import { ledgerTable } from './ledger-table.js';
import { addRecord, deleteRecords, findRecord, listRecords, putRecords, updateRecord } from './record-queries.js';

/** Tables of money. */
export function ledgerTables(access: Access): LedgerTables {
  return {
    ledger: ledgerTable(access),
    invoices: invoicesTable(access),
    callBills: callBillsTable(access),
    autoBuy: autoBuyTable(access),
  };
}

/** Bills of the calls of a period. */
function callBillsTable(access: Access): LedgerTables['callBills'] {
  return {
    get: (id) => access.read((session) => findRecord(session, callBills, { id })),
    list: ({ service, subscriber, client, invoice, states } = {}) =>
      access.read((session) => {
        const where = { service, subscriber, client, invoice, state: states };
        return listRecords(session, callBills, { where, order: ['service', 'start desc', 'seq desc'] });
      }),
    find: (key) => access.read((session) => findRecord(session, callBills, { key })),
    add: (record) => access.write((session) => addRecord(session, callBills, record, { columns: ['key'] })),
    update: (id, change) => access.write((session) => updateRecord(session, callBills, id, change)),
  };
}

/** Preferences for auto-buy of services and clients. */
function autoBuyTable(access: Access): LedgerTables['autoBuy'] {
  return {
    list: (filter) =>
      access.read((session) =>
        listRecords(session, autoBuyPreferences, { where: filter ?? {}, order: ['scope', 'subject'] }),
      ),
    put: (record) => access.write((session) => putRecords(session, autoBuyPreferences, ['scope', 'subject'], [record])),
    remove: (scope, subject) =>
      access.write((session) => deleteRecords(session, autoBuyPreferences, { scope, subject })),
  };
}
