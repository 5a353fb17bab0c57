import type { Migration } from './migration.js';

/** Who set a switch. */
export const switchActors: Migration = {
  version: 24,
  name: '024-switch-actors',
  async up(db) {
    await db.schema.alterTable('switches').addColumn('actor', 'text').execute();
  },
};
