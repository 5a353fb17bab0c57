import type { Migration } from './migration.js';

/** The part that a run was over: a run over one panel does not stand for the scheduled one. */
export const runScope: Migration = {
  version: 16,
  name: '016-run-scope',
  async up(db) {
    await db.schema.alterTable('runs').addColumn('scope', 'text').execute();
  },
};
