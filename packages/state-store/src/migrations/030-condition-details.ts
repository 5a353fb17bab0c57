import type { Migration } from './migration.js';

/** What is known of a condition, such as how many services the brake kept from being changed. */
export const conditionDetails: Migration = {
  version: 30,
  name: '030-condition-details',
  async up(db) {
    await db.schema.alterTable('conditions').addColumn('details', 'text').execute();
  },
};
