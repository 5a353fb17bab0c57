import { type Kysely, sql } from 'kysely';
import type { Migration } from './migration.js';

/** Tables of agents, their users, the users disabled for them, and reservations. */
export const agents: Migration = {
  version: 2,
  name: '002-agents',
  async up(db) {
    await people(db);
    await disabled(db);
    await reservations(db);
  },
};

async function people(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('agents')
    .addColumn('panel', 'text', (c) => c.notNull())
    .addColumn('uuid', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('parent', 'text')
    .addColumn('limit_bytes', 'bigint')
    .addColumn('limit_since', 'text')
    .addColumn('account', 'text')
    .addColumn('figures', 'text')
    .addColumn('verdict', 'text')
    .addColumn('held_since', 'text')
    .addColumn('thresholds', 'text', (c) => c.notNull())
    .addColumn('missing_since', 'text')
    .addColumn('gone', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('agents_key', ['panel', 'uuid'])
    .execute();

  // One row per user of a panel: only the key is indexed.
  await db.schema
    .createTable('agent_users')
    .addColumn('panel', 'text', (c) => c.notNull())
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('uuid', 'text')
    .addColumn('panel_id', 'bigint', (c) => c.notNull())
    .addColumn('owner', 'text')
    .addColumn('last_bytes', 'bigint', (c) => c.notNull())
    .addColumn('limit_bytes', 'bigint', (c) => c.notNull())
    .addColumn('total_bytes', 'bigint', (c) => c.notNull())
    .addColumn('first_seen_at', 'text', (c) => c.notNull())
    .addColumn('missing_since', 'text')
    .addColumn('gone', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('agent_users_key', ['panel', 'key'])
    .execute();

  await db.schema
    .createTable('agent_snapshots')
    .addColumn('panel', 'text', (c) => c.primaryKey().notNull())
    .addColumn('at', 'text', (c) => c.notNull())
    .addColumn('until', 'text', (c) => c.notNull())
    .addColumn('users', 'integer', (c) => c.notNull())
    .addColumn('admins', 'integer', (c) => c.notNull())
    .addColumn('owner_name', 'text', (c) => c.notNull())
    .execute();
}

async function disabled(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('agent_disabled')
    .addColumn('seq', 'integer', (c) => c.primaryKey())
    .addColumn('id', 'text', (c) => c.notNull().unique())
    .addColumn('panel', 'text', (c) => c.notNull())
    .addColumn('uuid', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('owner', 'text')
    .addColumn('agent', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('used_bytes', 'bigint')
    .addColumn('limit_bytes', 'bigint')
    .addColumn('run', 'text')
    .addColumn('at', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('fingerprint', 'text', (c) => c.notNull())
    .addColumn('reenabled', 'integer', (c) => c.notNull())
    .addColumn('settled_at', 'text')
    .addColumn('outcome', 'text')
    .execute();
  await db.schema
    .createIndex('agent_disabled_open')
    .unique()
    .on('agent_disabled')
    .columns(['panel', 'uuid'])
    .where(sql<boolean>`"settled_at" is null`)
    .execute();
  await db.schema.createIndex('agent_disabled_agent').on('agent_disabled').columns(['panel', 'agent', 'at']).execute();
  await db.schema.createIndex('agent_disabled_user').on('agent_disabled').columns(['panel', 'uuid', 'at']).execute();
}

async function reservations(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('agent_reservations')
    .addColumn('panel', 'text', (c) => c.notNull())
    .addColumn('uuid', 'text', (c) => c.notNull())
    .addColumn('agent', 'text', (c) => c.notNull())
    .addColumn('chain', 'text', (c) => c.notNull())
    .addColumn('bytes', 'bigint', (c) => c.notNull())
    .addColumn('left_bytes', 'bigint', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('wanted', 'text')
    .addColumn('created_at', 'text', (c) => c.notNull())
    .addColumn('expires_at', 'text', (c) => c.notNull())
    .addColumn('holder', 'text')
    .addColumn('seen_at', 'text')
    .addColumn('settled_at', 'text')
    .addColumn('closed_at', 'text')
    .addColumn('outcome', 'text')
    .addPrimaryKeyConstraint('agent_reservations_key', ['panel', 'uuid'])
    .execute();
  await db.schema
    .createIndex('agent_reservations_live')
    .on('agent_reservations')
    .columns(['panel', 'created_at'])
    .where(sql<boolean>`"state" <> 'closed'`)
    .execute();
}
