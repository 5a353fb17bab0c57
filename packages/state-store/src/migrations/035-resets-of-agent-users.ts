import type { Migration } from './migration.js';

/** The day of the panel's last reset of a user, as the last list showed it: a later one proves a reset in between. */
export const resetsOfAgentUsers: Migration = {
  version: 35,
  name: '035-resets-of-agent-users',
  async up(db) {
    await db.schema.alterTable('agent_users').addColumn('reset_date', 'text').execute();
  },
};
