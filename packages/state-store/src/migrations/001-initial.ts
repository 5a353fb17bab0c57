import { type Kysely, sql } from 'kysely';
import { createHistoryTables } from './initial-history.js';
import type { Migration } from './migration.js';

/**
 * All tables of the first version. Instants and JSON are text, yes and no are 1 and 0, bytes are 64 bit integers;
 * `seq` is a row number that the database assigns.
 */
export const initial: Migration = {
  version: 1,
  name: '001-initial',
  async up(db) {
    await services(db);
    await usage(db);
    await purchases(db);
    await restrictions(db);
    await journal(db);
    await createHistoryTables(db);
    await coordination(db);
  },
};

const UNTIL_NULL = sql<boolean>`"until" is null`;

async function services(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('services')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('panel', 'text', (c) => c.notNull())
    .addColumn('product', 'text', (c) => c.notNull())
    .addColumn('client', 'text')
    .addColumn('billing_cycle', 'text')
    .addColumn('next_due_date', 'text')
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('traffic_mode', 'text')
    .addColumn('base_quota_override_gb', 'text')
    .addColumn('refs', 'text', (c) => c.notNull())
    .addColumn('own_refs', 'text', (c) => c.notNull())
    .addColumn('fields', 'text', (c) => c.notNull())
    .addColumn('protected_until', 'text')
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('updated_at', 'text', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('services_panel').on('services').columns(['panel', 'id']).execute();
  await db.schema.createIndex('services_product').on('services').columns(['product', 'id']).execute();
  await db.schema.createIndex('services_client').on('services').columns(['client', 'id']).execute();

  await db.schema
    .createTable('service_overrides')
    .addColumn('seq', 'integer', (c) => c.primaryKey())
    .addColumn('id', 'text', (c) => c.notNull().unique())
    .addColumn('service', 'text', (c) => c.notNull().references('services.id').onDelete('cascade'))
    .addColumn('quota_bytes', 'bigint')
    .addColumn('unlimited', 'integer', (c) => c.notNull())
    .addColumn('mode', 'text')
    .addColumn('action', 'text')
    .addColumn('since', 'text', (c) => c.notNull())
    .addColumn('until', 'text')
    .execute();
  await db.schema
    .createIndex('service_overrides_open')
    .unique()
    .on('service_overrides')
    .column('service')
    .where(UNTIL_NULL)
    .execute();
  await db.schema
    .createIndex('service_overrides_service')
    .on('service_overrides')
    .columns(['service', 'since'])
    .execute();
}

async function usage(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('cycles')
    .addColumn('id', 'text', (c) => c.primaryKey().notNull())
    .addColumn('service', 'text', (c) => c.notNull())
    .addColumn('starts_at', 'text', (c) => c.notNull())
    .addColumn('ends_at', 'text', (c) => c.notNull())
    .addColumn('opened_at', 'text', (c) => c.notNull())
    .addColumn('closed_at', 'text')
    .addColumn('in_bytes', 'bigint')
    .addColumn('out_bytes', 'bigint')
    .addColumn('total_bytes', 'bigint')
    .addColumn('read_at', 'text')
    .addColumn('peak_in_bytes', 'bigint')
    .addColumn('peak_out_bytes', 'bigint')
    .addColumn('peak_total_bytes', 'bigint')
    .addColumn('counter', 'text')
    .addColumn('allowance', 'text')
    .addColumn('thresholds', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('cycles_service')
    .on('cycles')
    .columns(['service', 'starts_at', 'opened_at', 'id'])
    .execute();

  await db.schema
    .createTable('usage_samples')
    .addColumn('service', 'text', (c) => c.notNull())
    .addColumn('at', 'text', (c) => c.notNull())
    .addColumn('cycle', 'text', (c) => c.notNull())
    .addColumn('in_bytes', 'bigint')
    .addColumn('out_bytes', 'bigint')
    .addColumn('total_bytes', 'bigint')
    .addColumn('raw', 'text', (c) => c.notNull())
    .addColumn('resolution', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('usage_samples_key', ['service', 'at'])
    .execute();
  // For the roll-up: the oldest rows of a resolution.
  await db.schema.createIndex('usage_samples_age').on('usage_samples').columns(['resolution', 'at']).execute();
}

async function purchases(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('purchases')
    .addColumn('seq', 'integer', (c) => c.primaryKey())
    .addColumn('id', 'text', (c) => c.notNull().unique())
    .addColumn('service', 'text', (c) => c.notNull())
    .addColumn('package', 'text', (c) => c.notNull())
    .addColumn('bytes', 'bigint', (c) => c.notNull())
    .addColumn('price', 'text', (c) => c.notNull())
    .addColumn('currency', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('actor', 'text', (c) => c.notNull())
    .addColumn('cycle', 'text', (c) => c.notNull())
    .addColumn('invoice', 'text')
    .addColumn('key', 'text', (c) => c.notNull().unique())
    .addColumn('at', 'text', (c) => c.notNull())
    .addColumn('paid_at', 'text')
    .execute();
  await db.schema.createIndex('purchases_service').on('purchases').columns(['service', 'at']).execute();
  await db.schema.createIndex('purchases_cycle').on('purchases').column('cycle').execute();
  await db.schema.createIndex('purchases_status').on('purchases').columns(['status', 'at']).execute();
}

async function restrictions(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('holds')
    .addColumn('seq', 'integer', (c) => c.primaryKey())
    .addColumn('id', 'text', (c) => c.notNull().unique())
    .addColumn('service', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('since', 'text', (c) => c.notNull())
    .addColumn('until', 'text')
    .addColumn('note', 'text')
    .addColumn('cycle', 'text')
    .addColumn('used_bytes', 'bigint')
    .addColumn('allowed_bytes', 'bigint')
    .addColumn('origin', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('holds_open')
    .unique()
    .on('holds')
    .columns(['service', 'reason'])
    .where(UNTIL_NULL)
    .execute();
  await db.schema.createIndex('holds_service').on('holds').columns(['service', 'since']).execute();

  await db.schema
    .createTable('evidence')
    .addColumn('seq', 'integer', (c) => c.primaryKey())
    .addColumn('id', 'text', (c) => c.notNull().unique())
    .addColumn('hold', 'text', (c) => c.notNull().references('holds.id'))
    .addColumn('service', 'text', (c) => c.notNull())
    .addColumn('panel', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('target', 'text', (c) => c.notNull())
    .addColumn('prior', 'text')
    .addColumn('action', 'text')
    .addColumn('adopted', 'integer', (c) => c.notNull())
    .addColumn('since', 'text', (c) => c.notNull())
    .addColumn('until', 'text')
    .addColumn('outcome', 'text')
    .execute();
  await db.schema
    .createIndex('evidence_open')
    .unique()
    .on('evidence')
    .columns(['panel', 'kind', 'target'])
    .where(UNTIL_NULL)
    .execute();
  await db.schema.createIndex('evidence_open_service').on('evidence').column('service').where(UNTIL_NULL).execute();
  await db.schema.createIndex('evidence_hold').on('evidence').column('hold').execute();
}

async function journal(db: Kysely<unknown>): Promise<void> {
  const unresolved = sql<boolean>`"state" in ('planned', 'in-doubt')`;
  await db.schema
    .createTable('actions')
    .addColumn('seq', 'integer', (c) => c.primaryKey())
    .addColumn('id', 'text', (c) => c.notNull().unique())
    .addColumn('run', 'text', (c) => c.notNull())
    .addColumn('panel', 'text', (c) => c.notNull())
    .addColumn('service', 'text')
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('target', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('hold', 'text')
    .addColumn('prior', 'text')
    .addColumn('payload', 'text')
    .addColumn('observed', 'text')
    .addColumn('error_code', 'text')
    .addColumn('error_message', 'text')
    .addColumn('planned_at', 'text', (c) => c.notNull())
    .addColumn('called_at', 'text')
    .addColumn('settled_at', 'text')
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('actions_open').unique().on('actions').column('key').where(unresolved).execute();
  await db.schema.createIndex('actions_service').on('actions').columns(['service', 'planned_at']).execute();
  await db.schema.createIndex('actions_run').on('actions').columns(['run', 'planned_at']).execute();
  await db.schema.createIndex('actions_planned').on('actions').column('planned_at').execute();
}

async function coordination(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('leases')
    .addColumn('name', 'text', (c) => c.primaryKey().notNull())
    .addColumn('fence', 'bigint', (c) => c.notNull())
    .addColumn('host', 'text')
    .addColumn('pid', 'integer')
    .addColumn('process_start', 'text')
    .addColumn('run', 'text')
    .addColumn('acquired_at', 'text')
    .addColumn('expires_at', 'text')
    .execute();

  await db.schema
    .createTable('switches')
    .addColumn('panel', 'text', (c) => c.notNull())
    .addColumn('product', 'text', (c) => c.notNull())
    .addColumn('enforce', 'text', (c) => c.notNull())
    .addColumn('since', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('switches_key', ['panel', 'product'])
    .execute();

  await db.schema
    .createTable('fingerprints')
    .addColumn('panel', 'text', (c) => c.notNull())
    .addColumn('endpoint', 'text', (c) => c.notNull())
    .addColumn('shape', 'text', (c) => c.notNull())
    .addColumn('since', 'text', (c) => c.notNull())
    .addColumn('confirmed', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('fingerprints_key', ['panel', 'endpoint'])
    .execute();
}
