import type { Migration } from './migration.js';

/** The figures of notices, as they were when each was made; null for those of before. */
export const dataOfNotices: Migration = {
  version: 45,
  name: '045-data-of-notices',
  async up(db) {
    await db.schema.alterTable('notices').addColumn('data', 'text').execute();
  },
};
