import type { Migration } from './migration.js';

/** Restrictions that were applied again, in case the panel had undone them. */
export const refreshes: Migration = {
  version: 6,
  name: '006-refreshes',
  async up(db) {
    await db.schema
      .createTable('refreshes')
      .addColumn('seq', 'integer', (c) => c.primaryKey())
      .addColumn('id', 'text', (c) => c.notNull().unique())
      .addColumn('run', 'text', (c) => c.notNull())
      .addColumn('panel', 'text', (c) => c.notNull())
      .addColumn('started_at', 'text', (c) => c.notNull())
      .addColumn('finished_at', 'text')
      .addColumn('targets', 'integer', (c) => c.notNull())
      .addColumn('calls', 'integer', (c) => c.notNull())
      .addColumn('failed', 'integer', (c) => c.notNull())
      .addColumn('away', 'text', (c) => c.notNull())
      .addColumn('error', 'text')
      .addColumn('state', 'text')
      .execute();
    await db.schema.createIndex('refreshes_started').on('refreshes').column('started_at').execute();
    await db.schema.createIndex('refreshes_panel').on('refreshes').columns(['panel', 'started_at']).execute();
  },
};
