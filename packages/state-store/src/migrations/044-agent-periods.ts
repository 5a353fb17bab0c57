import type { Migration } from './migration.js';

/** Periods of agents that have ended, as they were last read. */
export const agentPeriods: Migration = {
  version: 44,
  name: '044-agent-periods',
  async up(db) {
    await db.schema
      .createTable('agent_periods')
      .addColumn('panel', 'text', (c) => c.notNull())
      .addColumn('agent', 'text', (c) => c.notNull())
      .addColumn('started_at', 'text', (c) => c.notNull())
      .addColumn('ended_at', 'text', (c) => c.notNull())
      .addColumn('accounting', 'text', (c) => c.notNull())
      .addColumn('limit_bytes', 'bigint')
      .addColumn('used_bytes', 'bigint')
      .addColumn('exceeded', 'integer')
      .addColumn('exceeded_at', 'text')
      .addColumn('read_at', 'text')
      .addPrimaryKeyConstraint('agent_periods_key', ['panel', 'agent', 'started_at'])
      .execute();
  },
};
