import { sql } from 'kysely';
import type { TokenTables } from '../token-tables.js';
import type { Access, Session } from './access.js';
import { isIn, NO_LIMIT } from './dialect.js';
import { mustExist } from './record-queries.js';
import { addRecord, deleteRecords, findRecord, insertRecords, listRecords, updateRecord } from './record-queries.js';
import { apiTokens, requests, sessions } from './token-record-tables.js';

/** Tokens, sessions, and answers to requests with a key. */
export function tokenTables(access: Access): TokenTables {
  return { apiTokens: apiTokensTable(access), sessions: sessionsTable(access), requests: requestsTable(access) };
}

function apiTokensTable(access: Access): TokenTables['apiTokens'] {
  return {
    list: () => access.read((session) => listRecords(session, apiTokens, { order: ['seq'] })),
    get: (id) => access.read((session) => findRecord(session, apiTokens, { id })),
    find: (hash) => access.read((session) => findRecord(session, apiTokens, { hash })),
    add: (record) => access.write((session) => insertRecords(session, apiTokens, [record])),
    update: (id, change) => access.write((session) => updateRecord(session, apiTokens, id, change)),
  };
}

function sessionsTable(access: Access): TokenTables['sessions'] {
  return {
    get: (hash) => access.read((session) => findRecord(session, sessions, { hash })),
    add: (record, most) =>
      access.write(async (session) => {
        await session.db.deleteFrom('sessions').where('expires_at', '<=', record.createdAt).execute();
        await insertRecords(session, sessions, [record]);
        const { token } = record;
        await sql`delete from "sessions" where "token" = ${token} and "rowid" in (select "rowid" from "sessions"
          where "token" = ${token} order by "rowid" desc limit ${NO_LIMIT} offset ${most})`.execute(session.db);
      }),
    remove: async (hash) => {
      await access.write((session) => deleteRecords(session, sessions, { hash }));
    },
    removeByToken: async (token) => {
      await access.write((session) => deleteRecords(session, sessions, { token }));
    },
  };
}

function requestsTable(access: Access): TokenTables['requests'] {
  return {
    get: (who, key) => access.read((session) => findRecord(session, requests, { who, key })),
    add: (record) => access.write((session) => addRecord(session, requests, record, { columns: ['who', 'key'] })),
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
    remove: async (who, key) => {
      await access.write((session) => deleteRecords(session, requests, { who, key }));
    },
    listRunning: (who) =>
      access.read((session) => listRecords(session, requests, { where: { who, state: 'running' }, order: ['key'] })),
    trim: async (who, kept) => {
      await access.write(({ db }) => ('rows' in kept ? trimByRows(db, who, kept.rows) : trimByTime(db, who, kept)));
    },
  };
}

async function trimByRows(db: Session['db'], who: string, rows: number): Promise<void> {
  await sql`delete from "requests" where "who" = ${who} and "rowid" in (select "rowid" from "requests"
    where "who" = ${who} and "state" = 'done' order by "rowid" desc limit ${NO_LIMIT} offset ${rows})`.execute(db);
}

async function trimByTime(
  db: Session['db'],
  who: string,
  { since, bytes }: { since: string; bytes: number },
): Promise<void> {
  await db.deleteFrom('requests').where('who', '=', who).where('at', '<', since).execute();
  const { rows } = await sql<{ key: string; bytes: number }>`select "key", octet_length("answer") as "bytes"
    from "requests" where "who" = ${who} and "state" = 'done' order by "rowid" desc`.execute(db);
  let total = 0;
  const above = rows.filter((row) => (total += row.bytes) > bytes).map(({ key }) => key);
  if (above.length > 0) await db.deleteFrom('requests').where('who', '=', who).where(isIn('key', above)).execute();
}
