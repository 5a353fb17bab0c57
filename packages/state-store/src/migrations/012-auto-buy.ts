import { sql } from 'kysely';
import type { Migration } from './migration.js';

/** Preferences for auto-buy, and of purchases their tax and refund. */
export const autoBuy: Migration = {
  version: 12,
  name: '012-auto-buy',
  async up(db) {
    await db.schema
      .alterTable('purchases')
      .addColumn('taxed', 'integer', (c) => c.notNull().defaultTo(0))
      .execute();
    await db.schema.alterTable('purchases').addColumn('refunded_at', 'text').execute();
    // Earlier versions made no refunds that were not confirmed.
    await sql`update purchases set refunded_at = at where status = 'refunded'`.execute(db);
    await db.schema
      .createTable('auto_buy')
      .addColumn('scope', 'text', (c) => c.notNull())
      .addColumn('subject', 'text', (c) => c.notNull())
      .addColumn('enabled', 'text')
      .addColumn('package', 'text')
      .addColumn('threshold', 'text')
      .addColumn('max_per_cycle', 'integer')
      .addColumn('since', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('auto_buy_key', ['scope', 'subject'])
      .execute();
  },
};
