import { statSync } from 'node:fs';
import { findSubjectAgent } from '@sluice/quota-core';
import { type Kysely, sql } from 'kysely';
import { expectedSchema } from './expected-schema.js';
import { findWrongEntries, findWrongInvoices } from './ledger-check.js';
import type { StoreCheck } from './store.js';
import { IN_MEMORY } from './sqlite/open-handle.js';
import { toStoreError } from './sqlite/to-store-error.js';
import { StoreError } from './store-error.js';
import type { Session } from './tables/access.js';
import * as agentTables from './tables/agent-record-tables.js';
import { decodeBlock, decodeNewest } from './tables/api-call-block.js';
import type { Database } from './tables/database.js';
import * as holdTables from './tables/hold-record-tables.js';
import * as ledgerTables from './tables/ledger-record-tables.js';
import * as runTables from './tables/run-record-tables.js';
import * as serviceTables from './tables/service-record-tables.js';
import { OF_SERVICES } from './tables/record-queries.js';
import * as tokenTables from './tables/token-record-tables.js';

/** Maximum findings reported per check; many findings usually have one cause. */
const FINDINGS = 20;

/** Rows read per query. */
const PAGE = 1000;

interface Finding {
  object: string;
  message: string;
}

/** Checks a store. Returns one entry per check that passed and one per finding. */
export async function checkStore(session: Session, location: string, schemaVersion: number): Promise<StoreCheck[]> {
  const { db } = session;
  const checks: readonly Check[] = [
    { name: 'integrity', object: location, find: () => damage(db) },
    { name: 'foreign-keys', object: location, find: () => danglingKeys(db) },
    { name: 'schema', object: `version ${schemaVersion}`, find: () => findAlteredSchema(db) },
    { name: 'permissions', object: location, find: () => findOpenPermissions(location), severity: 'warning' },
    { name: 'rows', object: location, find: () => damagedRows(db) },
    { name: 'one-open-hold', object: 'holds', find: () => findDoubleHolds(db) },
    { name: 'one-open-evidence', object: 'evidence', find: () => findDoubleEvidence(db) },
    {
      name: 'evidence-of-ended-holds',
      object: 'evidence',
      find: () => findLeftoverEvidence(db),
      severity: 'warning',
    },
    { name: 'ledger', object: 'ledger_entries', find: () => findWrongEntries(session) },
    { name: 'invoices', object: 'invoices', find: () => findWrongInvoices(session) },
    { name: 'unknown-services', object: 'services', find: () => findUnknownServices(db) },
  ];
  const results: StoreCheck[] = [];
  for (const check of checks) results.push(...(await entries(check, location)));
  return results;
}

interface Check {
  name: string;
  /** What the check reports as `ok` when it has no findings. */
  object: string;
  find: () => Finding[] | Promise<Finding[]>;
  severity?: 'warning';
}

async function entries({ name, object, find, severity }: Check, location: string): Promise<StoreCheck[]> {
  const status = severity ?? 'failed';
  try {
    const findings = await find();
    if (findings.length === 0) return [{ name, object, status: 'ok', message: 'ok' }];
    return findings.slice(0, FINDINGS).map((finding) => ({ name, status, ...finding }));
  } catch (error) {
    // A damaged file fails some checks; the others still show the extent of the damage.
    const known = toStoreError(error, location);
    if (!(known instanceof StoreError) || known.code !== 'store_damaged') throw error;
    return [{ name, object, status: 'failed', message: known.message }];
  }
}

async function damage(db: Kysely<Database>): Promise<Finding[]> {
  const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check(${sql.lit(FINDINGS)})`.execute(db);
  return rows
    .filter((row) => row.integrity_check !== 'ok')
    .map((row) => ({ object: 'file', message: `${row.integrity_check}. Restore a backup.` }));
}

async function danglingKeys(db: Kysely<Database>): Promise<Finding[]> {
  const { rows } = await sql<{ table: string; rowid: number; parent: string }>`pragma foreign_key_check`.execute(db);
  return rows.map((row) => ({
    object: row.table,
    message: `Row ${row.rowid} refers to a row of ${row.parent} that does not exist.`,
  }));
}

async function findAlteredSchema(db: Kysely<Database>): Promise<Finding[]> {
  const expected = await expectedSchema();
  const { rows } = await sql<{ name: string; sql: string }>`
    select name, sql from sqlite_master where sql is not null`.execute(db);
  const found = new Map(rows.map((row) => [row.name, row.sql]));
  const foreign = rows.filter(({ name }) => !expected.has(name) && !name.startsWith('sqlite_'));
  const differing = [...expected]
    .filter(([name, text]) => found.get(name) !== text)
    .map(([name]) => ({
      object: name,
      message: found.has(name) ? 'Its definition differs from the schema of this version.' : 'It is missing.',
    }));
  return [...differing, ...foreign.map(({ name }) => ({ object: name, message: 'Sluice did not create it.' }))];
}

function findOpenPermissions(location: string): Finding[] {
  if (location === IN_MEMORY) return [];
  const mode = statSync(location).mode & 0o777;
  if ((mode & 0o077) === 0) return [];
  return [
    {
      object: location,
      message: `Other users of this host can access it (mode ${mode.toString(8)}). Run: chmod 600 ${location}`,
    },
  ];
}

async function findDoubleHolds(db: Kysely<Database>): Promise<Finding[]> {
  const rows = await db
    .selectFrom('holds')
    .select(['service', 'reason'])
    .where('until', 'is', null)
    .groupBy(['service', 'reason'])
    .having((eb) => eb(eb.fn.countAll(), '>', 1))
    .limit(FINDINGS)
    .execute();
  return rows.map((row) => ({ object: row.service, message: `It has more than one open hold for ${row.reason}.` }));
}

async function findDoubleEvidence(db: Kysely<Database>): Promise<Finding[]> {
  const rows = await db
    .selectFrom('evidence')
    .select(['panel', 'kind', 'target'])
    .where('until', 'is', null)
    .groupBy(['panel', 'kind', 'target'])
    .having((eb) => eb(eb.fn.countAll(), '>', 1))
    .limit(FINDINGS)
    .execute();
  return rows.map((row) => ({
    object: `${row.panel} ${row.kind} ${row.target}`,
    message: 'It has more than one row of open evidence.',
  }));
}

async function findLeftoverEvidence(db: Kysely<Database>): Promise<Finding[]> {
  const rows = await db
    .selectFrom('evidence')
    .innerJoin('holds', 'holds.id', 'evidence.hold')
    .select(['evidence.id', 'evidence.service', 'evidence.kind', 'evidence.target'])
    .where('evidence.until', 'is', null)
    .where('holds.until', 'is not', null)
    .limit(FINDINGS)
    .execute();
  return rows.map((row) => ({
    object: row.id,
    message: `The hold of ${findSubjectAgent(row.service) === null ? 'service' : 'agent'} ${findSubjectAgent(row.service) ?? row.service} ended, and its restriction of ${row.kind} ${row.target} is still to be undone.`,
  }));
}

async function findUnknownServices(db: Kysely<Database>): Promise<Finding[]> {
  const { rows } = await sql<{ service: string }>`
    select "service" from (
      select "service" from "holds" where "until" is null union select "service" from "evidence" where "until" is null)
    where ${sql.raw(OF_SERVICES)} and "service" not in (select "id" from "services")
    order by "service" limit ${FINDINGS}`.execute(db);
  return rows.map(({ service }) => ({
    object: service,
    message: 'It has open holds or restrictions, but the service does not exist. Import it again.',
  }));
}

interface Readable {
  table: string;
  columns: readonly string[];
  decode(row: never): unknown;
}

/** Tables with many rows and nothing in them that could be damaged on its own. */
const PLAIN: readonly Readable[] = [serviceTables.samples, runTables.apiCalls, agentTables.agentUsers];

const READABLE: readonly Readable[] = [serviceTables, holdTables, runTables, agentTables, ledgerTables, tokenTables]
  .flatMap((each) => Object.values<Readable>(each))
  .filter((table) => !PLAIN.includes(table))
  .sort((a, b) => (a.table < b.table ? -1 : 1));

async function damagedBlocks(db: Kysely<Database>): Promise<Finding[]> {
  const findings: Finding[] = [];
  const blocks = await db.selectFrom('api_call_blocks').select('seq').orderBy('seq').execute();
  for (const { seq } of blocks) {
    if (findings.length >= FINDINGS) break;
    const row = await db
      .selectFrom('api_call_blocks')
      .select(['data', 'newest'])
      .where('seq', '=', seq)
      .executeTakeFirst();
    try {
      if (row !== undefined) decodeBlock(seq, row.data);
      if (row !== undefined && row.newest !== null) decodeNewest(seq, row.newest);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      findings.push({ object: `api_call_blocks ${seq}`, message: error.message });
    }
  }
  return findings;
}

async function damagedRows(db: Kysely<Database>): Promise<Finding[]> {
  const findings = await damagedBlocks(db);
  for (const table of READABLE) {
    const columns = sql.join(table.columns.map((column) => sql.ref(column)));
    for (let last: number | undefined = 0; last !== undefined;) {
      const { rows }: { rows: { row_number: number }[] } = await sql<{ row_number: number }>`
        select rowid as row_number, ${columns} from ${sql.table(table.table)}
        where rowid > ${last} order by rowid limit ${PAGE}`.execute(db);
      for (const row of rows) {
        try {
          table.decode(row as never);
        } catch (error) {
          if (!(error instanceof StoreError)) throw error;
          findings.push({ object: `${table.table} ${error.row?.id ?? ''}`, message: error.message });
        }
      }
      if (findings.length >= FINDINGS) return findings;
      last = rows.length < PAGE ? undefined : rows.at(-1)?.row_number;
    }
  }
  return findings;
}
