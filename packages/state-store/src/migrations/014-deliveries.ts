import type { Migration } from './migration.js';

/** Notices to be sent to channels, and conditions that last over several runs. */
export const deliveries: Migration = {
  version: 14,
  name: '014-deliveries',
  async up(db) {
    let table = db.schema
      .createTable('deliveries')
      .addColumn('seq', 'integer', (c) => c.primaryKey())
      .addColumn('id', 'text', (c) => c.notNull().unique());
    for (const column of ['notice', 'channel', 'event', 'state', 'next_at', 'at'])
      table = table.addColumn(column, 'text', (c) => c.notNull());
    table = table.addColumn('attempts', 'integer', (c) => c.notNull());
    for (const column of ['recipient', 'last_error', 'sent_at']) table = table.addColumn(column, 'text');
    await table.execute();
    await db.schema.createIndex('deliveries_notice').unique().on('deliveries').columns(['notice', 'channel']).execute();
    await db.schema.createIndex('deliveries_due').on('deliveries').columns(['state', 'channel', 'next_at']).execute();
    await db.schema
      .createTable('conditions')
      .addColumn('key', 'text', (c) => c.primaryKey().notNull())
      .addColumn('since', 'text', (c) => c.notNull())
      .addColumn('runs', 'integer', (c) => c.notNull())
      .execute();
  },
};
