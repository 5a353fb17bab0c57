import type { Migration } from './migration.js';

/** When the next reading of a service is due, or that of the lists of a panel, whose `service` is empty. */
export const nextReadings: Migration = {
  version: 38,
  name: '038-next-readings',
  async up(db) {
    await db.schema
      .createTable('next_readings')
      .addColumn('panel', 'text', (c) => c.notNull())
      .addColumn('service', 'text', (c) => c.notNull())
      .addColumn('due_at', 'text', (c) => c.notNull())
      .addColumn('reason', 'text', (c) => c.notNull())
      .addColumn('details', 'text', (c) => c.notNull())
      .addColumn('at', 'text', (c) => c.notNull())
      .addColumn('basis', 'text', (c) => c.notNull())
      .addColumn('spread', 'integer', (c) => c.notNull())
      .addColumn('rate', 'bigint')
      .addColumn('version', 'integer', (c) => c.notNull())
      .addPrimaryKeyConstraint('next_readings_key', ['panel', 'service'])
      .execute();
    await db.schema.createIndex('next_readings_due').on('next_readings').columns(['panel', 'due_at']).execute();
    await db.schema.createIndex('next_readings_service').on('next_readings').column('service').execute();
  },
};
