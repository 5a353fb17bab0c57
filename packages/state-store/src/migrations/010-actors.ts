import type { Migration } from './migration.js';

/** Who ran a command on which service and why, and until when a quota does not restrict a service. */
export const actors: Migration = {
  version: 10,
  name: '010-actors',
  async up(db) {
    for (const column of ['service', 'actor', 'note'])
      await db.schema.alterTable('runs').addColumn(column, 'text').execute();
    await db.schema.createIndex('runs_service').on('runs').columns(['service', 'started_at']).execute();
    await db.schema.alterTable('service_overrides').addColumn('note', 'text').execute();
    await db.schema.alterTable('services').addColumn('quota_released_until', 'text').execute();
  },
};
