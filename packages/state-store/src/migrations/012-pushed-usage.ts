import type { Migration } from './migration.js';

/** Usage of each service, as last written into the billing system. */
export const pushedUsage: Migration = {
  version: 12,
  name: '012-pushed-usage',
  async up(db) {
    await db.schema
      .createTable('pushed_usage')
      .addColumn('service', 'text', (c) => c.primaryKey().notNull())
      .addColumn('figures', 'text', (c) => c.notNull())
      .addColumn('at', 'text', (c) => c.notNull())
      .execute();
  },
};
