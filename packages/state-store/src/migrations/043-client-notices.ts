import type { Migration } from './migration.js';

/** Which notices readers have switched off, and the addresses that they have chosen for them. */
export const clientNotices: Migration = {
  version: 43,
  name: '043-client-notices',
  async up(db) {
    await db.schema
      .createTable('client_notices')
      .addColumn('reader', 'text', (c) => c.notNull())
      .addColumn('event', 'text', (c) => c.notNull())
      .addColumn('wanted', 'integer', (c) => c.notNull())
      .addColumn('since', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('client_notices_key', ['reader', 'event'])
      .execute();
    await db.schema
      .createTable('client_addresses')
      .addColumn('reader', 'text', (c) => c.primaryKey().notNull())
      .addColumn('address', 'text')
      .addColumn('confirmed_at', 'text')
      .addColumn('asked', 'text')
      .addColumn('asked_hash', 'text')
      .addColumn('asked_at', 'text')
      .addColumn('attempts', 'text', (c) => c.notNull())
      .execute();
    await db.schema.createIndex('client_addresses_asked').on('client_addresses').column('asked_hash').execute();
  },
};
