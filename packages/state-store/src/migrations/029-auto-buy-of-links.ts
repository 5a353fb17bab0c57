import type { Migration } from './migration.js';

/** The share link that set a preference for automatic purchases, which ends with it. */
export const autoBuyOfLinks: Migration = {
  version: 29,
  name: '029-auto-buy-of-links',
  async up(db) {
    await db.schema.alterTable('auto_buy_preferences').addColumn('link', 'text').execute();
  },
};
