import type { Migration } from './migration.js';

/** What people call a service and its client, where the client is reached, and the language that he reads. */
export const names: Migration = {
  version: 42,
  name: '042-names',
  async up(db) {
    for (const column of ['name', 'client_name', 'client_email', 'language'])
      await db.schema.alterTable('services').addColumn(column, 'text').execute();
  },
};
