import { type Kysely, sql } from 'kysely';
import type { Database } from './tables/database.js';
import { COLUMNS } from './tables/dialect.js';
import { MARK_VERSION } from './copy/move-mark.js';
import type { ApiTokenRecord } from './token-records.js';

/** What every schema version has of a token. */
export type PastToken = Pick<
  ApiTokenRecord,
  'id' | 'name' | 'kind' | 'client' | 'scopes' | 'scopesBefore' | 'createdAt' | 'expiresAt' | 'revokedAt'
>;

/** What earlier versions left in a store, which may have any schema version. */
export interface StorePast {
  /** Migrations that ran, oldest first, with their instants (ISO UTC); those of a new store ran at one instant. */
  migrations: { version: number; appliedAt: string }[];
  /** All tokens and share links, oldest first. */
  tokens: PastToken[];
  /** Services with automatic purchases that belong to no link, and who set them last; null where that is not known. */
  autoBuy: { service: string; actor: string | null }[];
}

/** Returns what earlier versions left in an open database of any schema version. */
export async function readPast(db: Kysely<Database>): Promise<StorePast> {
  const columns = await listColumns(db);
  const has = (table: string, column = 'seq'): boolean => columns.has(`${table}.${column}`);
  return {
    migrations: has('schema_migrations', 'version') ? await readMigrations(db) : [],
    tokens: has('api_tokens') ? await readTokens(db, has('api_tokens', 'scopes_before')) : [],
    autoBuy: has('auto_buy_preferences', 'scope')
      ? await readAutoBuy(db, has('auto_buy_preferences', 'link'), has('runs', 'actor'))
      : [],
  };
}

async function listColumns(db: Kysely<Database>): Promise<Set<string>> {
  const { rows } = await sql<{ name: string }>`
    select tables."table" || '.' || tables."column" as "name" from ${COLUMNS} as tables
    where tables."table" in ('schema_migrations', 'api_tokens', 'auto_buy_preferences', 'runs')`.execute(db);
  return new Set(rows.map(({ name }) => name));
}

async function readMigrations(db: Kysely<Database>): Promise<StorePast['migrations']> {
  const { rows } = await sql<StorePast['migrations'][number]>`
    select version, applied_at as "appliedAt" from schema_migrations where version < ${MARK_VERSION} order by version`.execute(
    db,
  );
  return rows;
}

async function readTokens(db: Kysely<Database>, hasBefore: boolean): Promise<PastToken[]> {
  type Row = Omit<PastToken, 'scopes' | 'scopesBefore'> & { scopes: string; scopesBefore: string | null };
  const before = hasBefore ? sql.ref('scopes_before') : sql`null`;
  const { rows } = await sql<Row>`
    select id, name, kind, client, scopes, ${before} as "scopesBefore", created_at as "createdAt",
      expires_at as "expiresAt", revoked_at as "revokedAt"
    from api_tokens order by seq`.execute(db);
  const list = (text: string): string[] => JSON.parse(text) as string[];
  return rows.map(({ scopes, scopesBefore, ...row }) => ({
    ...row,
    scopes: list(scopes),
    scopesBefore: scopesBefore === null ? null : list(scopesBefore),
  }));
}

async function readAutoBuy(db: Kysely<Database>, hasLink: boolean, hasActor: boolean): Promise<StorePast['autoBuy']> {
  const ofNoLink = hasLink ? sql`and link is null` : sql``;
  const actor = hasActor
    ? sql`(select actor from runs where command = 'auto-buy set' and service = subject order by seq desc limit 1)`
    : sql`null`;
  const { rows } = await sql<StorePast['autoBuy'][number]>`
    select subject as service, ${actor} as actor from auto_buy_preferences
    where scope = 'service' and enabled = 1 ${ofNoLink} order by subject`.execute(db);
  return rows;
}
