import type { Migration } from './migration.js';

/** When a call without a known outcome was given up: the panel may make the change for a while after it. */
export const givenUpCalls: Migration = {
  version: 18,
  name: '018-given-up-calls',
  async up(db) {
    await db.schema.alterTable('actions').addColumn('given_up_at', 'text').execute();
  },
};
