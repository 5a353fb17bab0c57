import type { Migration } from './migration.js';

/** The newest calls of a block beside all of them: whether a panel answers is read without unpacking a whole run. */
export const newestCalls: Migration = {
  version: 34,
  name: '034-newest-calls',
  async up(db) {
    await db.schema.alterTable('api_call_blocks').addColumn('newest', 'blob').execute();
  },
};
