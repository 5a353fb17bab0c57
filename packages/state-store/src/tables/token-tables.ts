import type { TokenTables } from '../token-tables.js';
import type { Access } from './access.js';
import { mustExist } from './must-exist.js';
import { apiTokens, requests, sessions } from './token-record-tables.js';

/** Tokens, sessions, and answers to requests with a key. */
export function tokenTables(access: Access): TokenTables {
  return { apiTokens: apiTokensTable(access), sessions: sessionsTable(access), requests: requestsTable(access) };
}

function apiTokensTable(access: Access): TokenTables['apiTokens'] {
  const one = (column: 'id' | 'hash', value: string) =>
    access.read(async ({ db }) => {
      const row = await db
        .selectFrom('api_tokens')
        .select(apiTokens.columns)
        .where(column, '=', value)
        .executeTakeFirst();
      return row === undefined ? null : apiTokens.decode(row);
    });
  return {
    list: () =>
      access.read(async ({ db }) => {
        const rows = await db.selectFrom('api_tokens').select(apiTokens.columns).orderBy('seq').execute();
        return rows.map((row) => apiTokens.decode(row));
      }),
    get: (id) => one('id', id),
    find: (hash) => one('hash', hash),
    add: (record) =>
      access.write(async ({ db }) => {
        await db.insertInto('api_tokens').values(apiTokens.encode(record)).execute();
      }),
    update: (id, change) =>
      access.write(async ({ db }) => {
        const result = await db
          .updateTable('api_tokens')
          // Without the id the statement would be invalid when nothing changes.
          .set({ ...apiTokens.encodePart(id, change), id })
          .where('id', '=', id)
          .executeTakeFirst();
        mustExist('api_tokens', id, result.numUpdatedRows);
      }),
  };
}

function sessionsTable(access: Access): TokenTables['sessions'] {
  return {
    get: (hash) =>
      access.read(async ({ db }) => {
        const row = await db
          .selectFrom('sessions')
          .select(sessions.columns)
          .where('hash', '=', hash)
          .executeTakeFirst();
        return row === undefined ? null : sessions.decode(row);
      }),
    add: (record) =>
      access.write(async ({ db }) => {
        await db.deleteFrom('sessions').where('expires_at', '<=', record.createdAt).execute();
        await db.insertInto('sessions').values(sessions.encode(record)).execute();
      }),
    remove: (hash) =>
      access.write(async ({ db }) => {
        await db.deleteFrom('sessions').where('hash', '=', hash).execute();
      }),
    removeOf: (token) =>
      access.write(async ({ db }) => {
        await db.deleteFrom('sessions').where('token', '=', token).execute();
      }),
  };
}

function requestsTable(access: Access): TokenTables['requests'] {
  return {
    get: (who, key) =>
      access.read(async ({ db }) => {
        const row = await db
          .selectFrom('requests')
          .select(requests.columns)
          .where('who', '=', who)
          .where('key', '=', key)
          .executeTakeFirst();
        return row === undefined ? null : requests.decode(row);
      }),
    add: (record) =>
      access.write(async ({ db }) => {
        const result = await db
          .insertInto('requests')
          .values(requests.encode(record))
          .onConflict((conflict) => conflict.columns(['who', 'key']).doNothing())
          .executeTakeFirst();
        return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
      }),
    put: (record) =>
      access.write(async ({ db }) => {
        const { who, key } = record;
        const result = await db
          .updateTable('requests')
          .set(requests.encode(record))
          .where('who', '=', who)
          .where('key', '=', key)
          .executeTakeFirst();
        mustExist('requests', key, result.numUpdatedRows);
      }),
    renew: ({ who, key, owner, at }) =>
      access.write(async ({ db }) => {
        await db
          .updateTable('requests')
          .set({ at })
          .where('who', '=', who)
          .where('key', '=', key)
          .where('owner', '=', JSON.stringify(owner))
          .execute();
      }),
    remove: (who, key) =>
      access.write(async ({ db }) => {
        await db.deleteFrom('requests').where('who', '=', who).where('key', '=', key).execute();
      }),
  };
}
