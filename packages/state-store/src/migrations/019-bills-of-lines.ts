import type { Migration } from './migration.js';

/** Bills are searched for by line, whichever service had it then. */
export const billsOfLines: Migration = {
  version: 19,
  name: '019-bills-of-lines',
  async up(db) {
    await db.schema.createIndex('call_bills_subscriber').on('call_bills').columns(['subscriber', 'start']).execute();
  },
};
