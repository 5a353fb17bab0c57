import type { Migration } from './migration.js';

/** Resources of each service, as last read from its panel. */
export const resources: Migration = {
  version: 4,
  name: '004-resources',
  async up(db) {
    await db.schema
      .createTable('service_resources')
      .addColumn('service', 'text', (c) => c.primaryKey().notNull())
      .addColumn('panel', 'text', (c) => c.notNull())
      .addColumn('mapping', 'text', (c) => c.notNull())
      .addColumn('resources', 'text', (c) => c.notNull())
      .addColumn('at', 'text', (c) => c.notNull())
      .execute();
  },
};
