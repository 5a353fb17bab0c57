import { type Kysely, sql } from 'kysely';
import type { Migration } from './migration.js';

const COLUMNS = [
  ...['service', 'at', 'cycle', 'in_bytes', 'out_bytes', 'total_bytes', 'raw', 'resolution'],
  ...['panel', 'confirmed_from', 'confirmed_until'],
];

/**
 * Readings in the order of their key, without a second copy of it and without an index by age. A raw answer that has just the
 * figures of its columns is empty text.
 */
export const compactSamples: Migration = {
  version: 28,
  name: '028-compact-samples',
  async up(db) {
    await db.schema.alterTable('usage_samples').renameTo('usage_samples_before').execute();
    await create(db);
    const columns = sql.join(COLUMNS.map((name) => sql.ref(name)));
    await sql`insert into "usage_samples" (${columns}) select ${columns} from "usage_samples_before"`.execute(db);
    await sql`update "usage_samples" set "raw" = '' where "raw" = json_object('in', "in_bytes", 'out', "out_bytes", 'total', "total_bytes")`.execute(
      db,
    );
    await db.schema.dropTable('usage_samples_before').execute();
    // At most one sample of a service is open: the last one.
    await db.schema
      .createIndex('usage_samples_open')
      .unique()
      .on('usage_samples')
      .column('service')
      .where(sql<boolean>`"panel" is not null and "confirmed_until" is null`)
      .execute();
  },
};

function create(db: Kysely<unknown>): Promise<void> {
  return db.schema
    .createTable('usage_samples')
    .addColumn('service', 'text', (c) => c.notNull())
    .addColumn('at', 'text', (c) => c.notNull())
    .addColumn('cycle', 'text', (c) => c.notNull())
    .addColumn('in_bytes', 'bigint')
    .addColumn('out_bytes', 'bigint')
    .addColumn('total_bytes', 'bigint')
    .addColumn('raw', 'text', (c) => c.notNull())
    .addColumn('resolution', 'text', (c) => c.notNull())
    .addColumn('panel', 'text')
    .addColumn('confirmed_from', 'integer')
    .addColumn('confirmed_until', 'integer')
    .addPrimaryKeyConstraint('usage_samples_key', ['service', 'at'])
    .modifyEnd(sql`without rowid`)
    .execute();
}
