import type { Migration } from './migration.js';

/** Services whose refs are still to be written into the billing system. */
export const writeBacks: Migration = {
  version: 17,
  name: '017-write-backs',
  async up(db) {
    await db.schema
      .createTable('write_backs')
      .addColumn('service', 'text', (c) => c.primaryKey().notNull())
      .addColumn('columns', 'text', (c) => c.notNull())
      .addColumn('at', 'text', (c) => c.notNull())
      .execute();
  },
};
