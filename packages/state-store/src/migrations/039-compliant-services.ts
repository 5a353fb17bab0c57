import type { Migration } from './migration.js';

/** The facts by which runs found services compliant, so that later ones need not decide on them again. */
export const compliantServices: Migration = {
  version: 39,
  name: '039-compliant-services',
  async up(db) {
    await db.schema
      .createTable('compliant_services')
      .addColumn('service', 'text', (c) => c.notNull())
      .addColumn('scope', 'text', (c) => c.notNull())
      .addColumn('digest', 'text', (c) => c.notNull())
      .addColumn('since', 'text', (c) => c.notNull())
      .addColumn('until', 'text', (c) => c.notNull())
      .addColumn('clock_ahead', 'integer', (c) => c.notNull())
      .addColumn('comparable', 'integer', (c) => c.notNull())
      .addColumn('above_zero', 'integer', (c) => c.notNull())
      .addPrimaryKeyConstraint('compliant_services_key', ['service', 'scope'])
      .execute();
  },
};
