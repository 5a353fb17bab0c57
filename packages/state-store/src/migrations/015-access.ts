import type { Migration } from './migration.js';

/** API tokens and share links, sessions of the dashboard, and answers to requests with a key. */
export const access: Migration = {
  version: 15,
  name: '015-access',
  async up(db) {
    let tokens = db.schema
      .createTable('api_tokens')
      .addColumn('seq', 'integer', (c) => c.primaryKey())
      .addColumn('id', 'text', (c) => c.notNull().unique())
      .addColumn('hash', 'text', (c) => c.notNull().unique());
    for (const column of ['name', 'kind', 'scopes', 'created_at', 'created_by'])
      tokens = tokens.addColumn(column, 'text', (c) => c.notNull());
    for (const column of ['client', 'rights', 'expires_at', 'revoked_at', 'last_used_at'])
      tokens = tokens.addColumn(column, 'text');
    await tokens.execute();
    await db.schema
      .createTable('sessions')
      .addColumn('hash', 'text', (c) => c.primaryKey().notNull())
      .addColumn('token', 'text', (c) => c.notNull())
      .addColumn('created_at', 'text', (c) => c.notNull())
      .addColumn('expires_at', 'text', (c) => c.notNull())
      .execute();
    await db.schema.createIndex('sessions_token').on('sessions').columns(['token']).execute();
    await db.schema.createIndex('sessions_end').on('sessions').columns(['expires_at']).execute();
    await db.schema
      .createTable('requests')
      .addColumn('who', 'text', (c) => c.notNull())
      .addColumn('key', 'text', (c) => c.notNull())
      .addColumn('fingerprint', 'text', (c) => c.notNull())
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('owner', 'text')
      .addColumn('status', 'integer')
      .addColumn('answer', 'text')
      .addColumn('at', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('requests_key', ['who', 'key'])
      .execute();
    await db.schema.createIndex('requests_at').on('requests').columns(['at']).execute();
  },
};
