import { sql } from 'kysely';
import type { Migration } from './migration.js';

/** Readings that repeat the sample before, one row per run and panel instead of three rows per service. */
export const confirmations: Migration = {
  version: 9,
  name: '009-confirmations',
  async up(db) {
    await db.schema
      .createTable('confirmations')
      .addColumn('seq', 'integer', (c) => c.primaryKey())
      .addColumn('panel', 'text', (c) => c.notNull())
      .addColumn('run', 'text', (c) => c.notNull())
      .addColumn('at', 'text', (c) => c.notNull())
      .addColumn('read_at', 'text', (c) => c.notNull())
      .addColumn('resolution', 'text', (c) => c.notNull())
      .execute();
    await db.schema.createIndex('confirmations_panel').on('confirmations').columns(['panel', 'seq']).execute();
    await db.schema.createIndex('confirmations_age').on('confirmations').columns(['resolution', 'read_at']).execute();
    await db.schema.alterTable('usage_samples').addColumn('panel', 'text').execute();
    await db.schema.alterTable('usage_samples').addColumn('confirmed_from', 'integer').execute();
    await db.schema.alterTable('usage_samples').addColumn('confirmed_until', 'integer').execute();
    // At most one sample of a service is open: the last one.
    await db.schema
      .createIndex('usage_samples_open')
      .unique()
      .on('usage_samples')
      .column('service')
      .where(sql<boolean>`"panel" is not null and "confirmed_until" is null`)
      .execute();
  },
};
