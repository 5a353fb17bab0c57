import type { Migration } from './migration.js';

/** What the last runs found to be wrong with services and nobody repairs, and who acknowledged it. */
export const alarms: Migration = {
  version: 31,
  name: '031-alarms',
  async up(db) {
    let table = db.schema
      .createTable('alarms')
      .addColumn('id', 'text', (c) => c.primaryKey().notNull())
      .addColumn('key', 'text', (c) => c.notNull().unique());
    for (const column of ['code', 'panel', 'service', 'message', 'scope', 'since'])
      table = table.addColumn(column, 'text', (c) => c.notNull());
    for (const column of ['acknowledged_at', 'acknowledged_by', 'note']) table = table.addColumn(column, 'text');
    await table.execute();
    await db.schema.createIndex('alarms_service').on('alarms').columns(['service', 'code']).execute();
    await db.schema.createIndex('alarms_panel').on('alarms').column('panel').execute();
  },
};
