import type { Migration } from './migration.js';

/** Cache of graphs drawn by panels. */
export const graphCache: Migration = {
  version: 3,
  name: '003-graph-cache',
  async up(db) {
    await db.schema
      .createTable('graph_cache')
      .addColumn('key', 'text', (c) => c.primaryKey().notNull())
      .addColumn('service', 'text', (c) => c.notNull())
      .addColumn('at', 'text', (c) => c.notNull())
      .addColumn('expires_at', 'text', (c) => c.notNull())
      .addColumn('body', 'text', (c) => c.notNull())
      .execute();
    await db.schema.createIndex('graph_cache_expiry').on('graph_cache').column('expires_at').execute();
  },
};
