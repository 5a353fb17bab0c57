import type { Migration } from './migration.js';

/** Since when it is known that a service has an object: the first one had it also before, and has no beginning. */
export const timesOfOwnership: Migration = {
  version: 37,
  name: '037-times-of-ownership',
  async up(db) {
    await db.schema.alterTable('ownership').addColumn('stored_at', 'text').execute();
  },
};
