import type { Migration } from './migration.js';

/** Finds former clients by name. */
export const clientsOfOwnership: Migration = {
  version: 32,
  name: '032-clients-of-ownership',
  async up(db) {
    await db.schema.createIndex('ownership_client').on('ownership').columns(['client', 'seq']).execute();
  },
};
