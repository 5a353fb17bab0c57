import type { Migration } from './migration.js';

/** Bills of the calls of a period, each once. */
export const callBills: Migration = {
  version: 13,
  name: '013-call-bills',
  async up(db) {
    let table = db.schema
      .createTable('call_bills')
      .addColumn('seq', 'integer', (c) => c.primaryKey())
      .addColumn('id', 'text', (c) => c.notNull().unique())
      .addColumn('key', 'text', (c) => c.notNull().unique());
    for (const column of ['service', 'subscriber', 'start', 'end', 'state', 'billing', 'description', 'amount'])
      table = table.addColumn(column, 'text', (c) => c.notNull());
    for (const column of ['charged', 'currency', 'digest', 'at'])
      table = table.addColumn(column, 'text', (c) => c.notNull());
    table = table.addColumn('calls', 'bigint', (c) => c.notNull());
    for (const column of ['client', 'invoice', 'file', 'note', 'sent_at', 'ended_at', 'run'])
      table = table.addColumn(column, 'text');
    await table.execute();
    await db.schema.createIndex('call_bills_service').on('call_bills').columns(['service', 'start']).execute();
    await db.schema.createIndex('call_bills_client').on('call_bills').columns(['client', 'start']).execute();
    await db.schema.createIndex('call_bills_invoice').on('call_bills').columns(['invoice']).execute();
    await db.schema.createIndex('call_bills_state').on('call_bills').columns(['state']).execute();
  },
};
