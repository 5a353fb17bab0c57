import { findSubjectAgent } from '@sluice/quota-core';
import { type Kysely, sql } from 'kysely';
import { findWrongEntries, findWrongInvoices } from './ledger-check.js';
import { readTables } from './migrations/read-tables.js';
import type { StoreCheck } from './store.js';
import { StoreError } from './store-error.js';
import type { Session } from './tables/access.js';
import * as agentTables from './tables/agent-record-tables.js';
import { decodeBlock, decodeNewest } from './tables/api-call-block.js';
import type { Stored } from './tables/columns.js';
import type { Database } from './tables/database.js';
import { execute, joined, name, names, statement, text } from './tables/insert-rows.js';
import * as holdTables from './tables/hold-record-tables.js';
import * as ledgerTables from './tables/ledger-record-tables.js';
import * as runTables from './tables/run-record-tables.js';
import * as serviceTables from './tables/service-record-tables.js';
import { OF_SERVICES } from './tables/record-queries.js';
import * as tokenTables from './tables/token-record-tables.js';

/** Maximum findings reported per check; many findings usually have one cause. */
export const FINDINGS = 20;

/** Rows read per query. */
const PAGE = 1000;

/** What a check found. */
export interface Finding {
  object: string;
  message: string;
}

/** What a database is checked for beside the rows, and how its errors are read. */
export interface OwnChecks {
  location: string;
  checks: readonly Check[];
  toStoreError(error: unknown): unknown;
}

/** Checks a store. Returns one entry per check that passed and one per finding. */
export async function checkStore(session: Session, own: OwnChecks): Promise<StoreCheck[]> {
  const { db } = session;
  const checks: readonly Check[] = [
    ...own.checks,
    { name: 'rows', object: own.location, find: () => damagedRows(session) },
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
  for (const check of checks) results.push(...(await entries(check, own)));
  return results;
}

/** One check. */
export interface Check {
  name: string;
  /** What the check reports as `ok` when it has no findings. */
  object: string;
  find: () => Finding[] | Promise<Finding[]>;
  severity?: 'warning';
}

async function entries({ name, object, find, severity }: Check, own: OwnChecks): Promise<StoreCheck[]> {
  const status = severity ?? 'failed';
  try {
    const findings = await find();
    if (findings.length === 0) return [{ name, object, status: 'ok', message: 'ok' }];
    return findings.slice(0, FINDINGS).map((finding) => ({ name, status, ...finding }));
  } catch (error) {
    // A damaged file fails some checks; the others still show the extent of the damage.
    const known = own.toStoreError(error);
    if (!(known instanceof StoreError) || known.code !== 'store_damaged') throw error;
    return [{ name, object, status: 'failed', message: known.message }];
  }
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
    as "found" where ${sql.raw(OF_SERVICES)} and "service" not in (select "id" from "services")
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

async function damagedRows(session: Session): Promise<Finding[]> {
  const findings = await damagedBlocks(session.db);
  const { SCHEMA } = await import('./migrations/schema.js');
  const definitions = readTables(SCHEMA);
  for (const table of READABLE) {
    const key = definitions.get(table.table)?.primaryKey ?? [];
    for await (const rows of pagesByKey(session, table, key))
      for (const row of rows) {
        try {
          table.decode(row as never);
        } catch (error) {
          if (!(error instanceof StoreError)) throw error;
          findings.push({ object: `${table.table} ${error.row?.id ?? ''}`, message: error.message });
        }
        if (findings.length >= FINDINGS) return findings;
      }
  }
  return findings;
}

/** Reads all rows of a table in pages, in the order of its primary key. */
async function* pagesByKey(
  session: Session,
  { table, columns }: Readable,
  key: readonly string[],
): AsyncGenerator<Record<string, Stored>[]> {
  const read = names([...new Set([...columns, ...key])]);
  const from = statement`select ${read} from ${name(table)}`;
  const order = statement`order by ${names(key)} limit ${PAGE}`;
  for (let last: Record<string, Stored> | undefined, isFirst = true; isFirst || last !== undefined; isFirst = false) {
    const row = last;
    const values = row === undefined ? [] : key.map((column) => statement`${row[column] ?? null}`);
    const behind = row === undefined ? text('') : statement`where (${names(key)}) > (${joined(values, ', ')})`;
    const { rows } = await execute<Record<string, Stored>>(session, joined([from, behind, order], ' '));
    yield rows;
    last = rows.length < PAGE ? undefined : rows.at(-1);
  }
}
