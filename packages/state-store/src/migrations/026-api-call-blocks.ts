import type { Migration } from './migration.js';

/** The calls of a run as one compressed row, instead of a row and four entries of indexes for each; older rows stay until they end. */
export const apiCallBlocks: Migration = {
  version: 26,
  name: '026-api-call-blocks',
  async up(db) {
    await db.schema
      .createTable('api_call_blocks')
      .addColumn('seq', 'integer', (c) => c.primaryKey())
      .addColumn('first_seq', 'integer', (c) => c.notNull())
      .addColumn('first_at', 'text', (c) => c.notNull())
      .addColumn('last_at', 'text', (c) => c.notNull())
      .addColumn('run', 'text')
      .addColumn('panel', 'text')
      .addColumn('data', 'blob', (c) => c.notNull())
      .execute();
    // Has all but the calls, so that searching for a block reads none.
    await db.schema
      .createIndex('api_call_blocks_time')
      .on('api_call_blocks')
      .columns(['last_at', 'first_at', 'first_seq', 'run', 'panel'])
      .execute();
  },
};
