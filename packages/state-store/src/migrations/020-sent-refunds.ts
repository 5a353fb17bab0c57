import type { Migration } from './migration.js';

/** When the refund of a purchase was sent: until its outcome is known it is not sent again. */
export const sentRefunds: Migration = {
  version: 20,
  name: '020-sent-refunds',
  async up(db) {
    await db.schema.alterTable('purchases').addColumn('refund_sent_at', 'text').execute();
  },
};
