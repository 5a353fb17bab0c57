import type { Migration } from './migration.js';

/** Stores when the process of a run began, since a later process may have its id. */
export const processesOfRuns: Migration = {
  version: 33,
  name: '033-processes-of-runs',
  async up(db) {
    await db.schema.alterTable('runs').addColumn('process_start', 'text').execute();
  },
};
