import type { Migration } from './migration.js';

/** The restriction of each hold. */
export const restrictions: Migration = {
  version: 7,
  name: '007-restrictions',
  async up(db) {
    await db.schema.alterTable('holds').addColumn('restriction', 'text').execute();
  },
};
