import type { Migration } from './migration.js';

/** Since when a service belongs to its client, where it had another one before. */
export const clientSince: Migration = {
  version: 21,
  name: '021-client-since',
  async up(db) {
    await db.schema.alterTable('services').addColumn('client_since', 'text').execute();
  },
};
