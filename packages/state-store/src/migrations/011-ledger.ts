import { type Kysely, sql } from 'kysely';
import type { Migration } from './migration.js';

/** Local ledger, invoices, what a purchase was charged, and preferences for auto-buy. */
export const ledger: Migration = {
  version: 11,
  name: '011-ledger',
  async up(db) {
    await invoices(db);
    await bookings(db);
    await preferences(db);
    for (const column of ['client', 'billing', 'charged', 'note', 'run'])
      await db.schema.alterTable('purchases').addColumn(column, 'text').execute();
  },
};

async function invoices(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('invoices')
    .addColumn('seq', 'integer', (c) => c.primaryKey())
    .addColumn('id', 'text', (c) => c.notNull().unique())
    .addColumn('client', 'text', (c) => c.notNull())
    .addColumn('currency', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('total', 'text', (c) => c.notNull())
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('paid_at', 'text')
    .addColumn('closed_at', 'text')
    .execute();
  await db.schema.createIndex('invoices_client').on('invoices').columns(['client', 'seq']).execute();
  await db.schema.createIndex('invoices_status').on('invoices').columns(['status', 'seq']).execute();
  await db.schema
    .createTable('invoice_lines')
    .addColumn('seq', 'integer', (c) => c.primaryKey())
    .addColumn('key', 'text', (c) => c.notNull().unique())
    .addColumn('invoice', 'text', (c) => c.notNull().references('invoices.id'))
    .addColumn('description', 'text', (c) => c.notNull())
    .addColumn('amount', 'text', (c) => c.notNull())
    .addColumn('at', 'text', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('invoice_lines_invoice').on('invoice_lines').columns(['invoice', 'seq']).execute();
}

async function bookings(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('ledger_bookings')
    .addColumn('seq', 'integer', (c) => c.primaryKey())
    .addColumn('id', 'text', (c) => c.notNull().unique())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('ref', 'text')
    .addColumn('invoice', 'text', (c) => c.references('invoices.id'))
    .addColumn('description', 'text', (c) => c.notNull())
    .addColumn('at', 'text', (c) => c.notNull())
    .addColumn('actor', 'text', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('ledger_bookings_ref').unique().on('ledger_bookings').columns(['kind', 'ref']).execute();
  await db.schema.createIndex('ledger_bookings_invoice').on('ledger_bookings').columns(['invoice', 'seq']).execute();
  await db.schema
    .createTable('ledger_entries')
    .addColumn('seq', 'integer', (c) => c.primaryKey())
    .addColumn('booking', 'text', (c) => c.notNull().references('ledger_bookings.id'))
    .addColumn('account', 'text', (c) => c.notNull())
    .addColumn('currency', 'text', (c) => c.notNull())
    .addColumn('amount', 'text', (c) => c.notNull())
    .addColumn('balance', 'text', (c) => c.notNull())
    .addCheckConstraint('ledger_entries_credit', sql`"account" not like 'client:%' or "balance" not like '-%'`)
    .execute();
  await db.schema.createIndex('ledger_entries_booking').on('ledger_entries').columns(['booking', 'seq']).execute();
  await db.schema
    .createIndex('ledger_entries_account')
    .on('ledger_entries')
    .columns(['account', 'currency', 'seq'])
    .execute();
}

async function preferences(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('auto_buy_preferences')
    .addColumn('scope', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('enabled', 'integer')
    .addColumn('package', 'text')
    .addColumn('threshold_bytes', 'bigint')
    .addColumn('threshold_percent', 'text')
    .addColumn('max_per_cycle', 'integer')
    .addColumn('updated_at', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('auto_buy_preferences_pk', ['scope', 'subject'])
    .execute();
}
