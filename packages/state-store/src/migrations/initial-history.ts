import type { Kysely } from 'kysely';

/** Creates the tables of the first version that record what happened: decisions, notices, runs and API calls. */
export async function createHistoryTables(db: Kysely<unknown>): Promise<void> {
  await decisions(db);
  await notices(db);
  await runs(db);
  await apiCalls(db);
}

async function decisions(db: Kysely<unknown>): Promise<void> {
  for (const table of ['decisions', 'decision_history'] as const) {
    const own =
      table === 'decisions'
        ? db.schema
            .createTable(table)
            .addColumn('service', 'text', (c) => c.primaryKey().notNull())
            .addColumn('basis', 'text', (c) => c.notNull())
        : db.schema
            .createTable(table)
            .addColumn('seq', 'integer', (c) => c.primaryKey())
            .addColumn('service', 'text', (c) => c.notNull());
    await own
      .addColumn('run', 'text', (c) => c.notNull())
      .addColumn('at', 'text', (c) => c.notNull())
      .addColumn('cycle', 'text')
      .addColumn('status', 'text', (c) => c.notNull())
      .addColumn('rule', 'text', (c) => c.notNull())
      .addColumn('mode', 'text')
      .addColumn('action', 'text')
      .addColumn('in_bytes', 'bigint')
      .addColumn('out_bytes', 'bigint')
      .addColumn('total_bytes', 'bigint')
      .addColumn('read_at', 'text')
      .addColumn('allowance', 'text')
      .addColumn('would_hold', 'text', (c) => c.notNull())
      .addColumn('observing', 'integer', (c) => c.notNull())
      .addColumn('error_code', 'text')
      .addColumn('error_message', 'text')
      .addColumn('inputs', 'text')
      .execute();
  }
  await db.schema.createIndex('decision_history_service').on('decision_history').columns(['service', 'at']).execute();
}

async function notices(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('notices')
    .addColumn('seq', 'integer', (c) => c.primaryKey())
    .addColumn('id', 'text', (c) => c.notNull().unique())
    .addColumn('key', 'text', (c) => c.notNull().unique())
    .addColumn('code', 'text', (c) => c.notNull())
    .addColumn('panel', 'text')
    .addColumn('service', 'text')
    .addColumn('message', 'text', (c) => c.notNull())
    .addColumn('run', 'text')
    .addColumn('at', 'text', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('notices_run').on('notices').columns(['run', 'at']).execute();
  await db.schema.createIndex('notices_service').on('notices').columns(['service', 'at']).execute();
  await db.schema.createIndex('notices_at').on('notices').column('at').execute();
}

async function runs(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('runs')
    .addColumn('seq', 'integer', (c) => c.primaryKey())
    .addColumn('id', 'text', (c) => c.notNull().unique())
    .addColumn('command', 'text', (c) => c.notNull())
    .addColumn('dry_run', 'integer', (c) => c.notNull())
    .addColumn('observing', 'text', (c) => c.notNull())
    .addColumn('started_at', 'text', (c) => c.notNull())
    .addColumn('finished_at', 'text')
    .addColumn('exit_code', 'integer')
    .addColumn('totals', 'text')
    .addColumn('error', 'text')
    .addColumn('host', 'text', (c) => c.notNull())
    .addColumn('pid', 'integer', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('runs_command').on('runs').columns(['command', 'started_at']).execute();
  await db.schema.createIndex('runs_started').on('runs').column('started_at').execute();
}

async function apiCalls(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('api_calls')
    .addColumn('seq', 'integer', (c) => c.primaryKey())
    .addColumn('at', 'text', (c) => c.notNull())
    .addColumn('run', 'text')
    .addColumn('panel', 'text', (c) => c.notNull())
    .addColumn('service', 'text')
    .addColumn('endpoint', 'text', (c) => c.notNull())
    .addColumn('method', 'text', (c) => c.notNull())
    .addColumn('path', 'text', (c) => c.notNull())
    .addColumn('status', 'integer')
    .addColumn('duration_ms', 'integer', (c) => c.notNull())
    .addColumn('attempt', 'integer', (c) => c.notNull())
    .addColumn('ok', 'integer', (c) => c.notNull())
    .addColumn('code', 'text')
    .addColumn('message', 'text')
    .addColumn('changing', 'integer', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('api_calls_at').on('api_calls').column('at').execute();
  await db.schema.createIndex('api_calls_service').on('api_calls').columns(['service', 'at']).execute();
  await db.schema.createIndex('api_calls_run').on('api_calls').columns(['run', 'at']).execute();
  await db.schema.createIndex('api_calls_panel').on('api_calls').columns(['panel', 'at']).execute();
}
