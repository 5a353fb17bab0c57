import type { Migration } from './migration.js';

/** The newest instant confirmed by the clock: one row. */
export const clock: Migration = {
  version: 5,
  name: '005-clock',
  async up(db) {
    await db.schema
      .createTable('clock')
      .addColumn('name', 'text', (c) => c.primaryKey().notNull())
      .addColumn('at', 'text', (c) => c.notNull())
      .execute();
  },
};
