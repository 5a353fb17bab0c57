import type { Migration } from './migration.js';

/** What decides when a service is read next that a run found compliant: runs over what is due leave it as it is, too. */
export const readingsOfCompliant: Migration = {
  version: 40,
  name: '040-readings-of-compliant',
  async up(db) {
    await db.schema.alterTable('compliant_services').addColumn('reading', 'text').execute();
  },
};
