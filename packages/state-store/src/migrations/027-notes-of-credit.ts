import { sql } from 'kysely';
import type { Migration } from './migration.js';

/** Notes of credit are for operators: clients read the description, which had been the note. */
export const notesOfCredit: Migration = {
  version: 27,
  name: '027-notes-of-credit',
  async up(db) {
    await db.schema.alterTable('ledger_bookings').addColumn('note', 'text').execute();
    await sql`update ledger_bookings set note = description, description = 'Credit'
      where kind = 'credit' and description <> 'Credit'`.execute(db);
  },
};
