import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CompiledQuery, Kysely } from 'kysely';
import type { Client } from 'pg';
import { newClient } from '../postgres/connect.js';
import { type ClientConnection, toKysely } from '../postgres/driver.js';
import { readPostgresUrl } from '../postgres/url.js';
import { storable } from '../postgres/values.js';
import { postgresWords } from '../postgres/words.js';
import { ImmediateSqliteDialect } from '../sqlite/immediate-sqlite-dialect.js';
import { openWriter } from '../sqlite/open-handle.js';
import type { StoreTables } from '../store.js';
import { StoreLock } from '../store-lock.js';
import { fillSchema, LARGE } from '../test/fill-schema.js';
import { FILTERED, OPEN } from '../test/planned-queries.js';
import { type Plan, readPostgresPlan, readSqlitePlan, type Step } from '../test/plans.js';
import { useStore } from '../test/use-store.js';
import { acquireSchema, type EmptySchema } from '../testing/empty-stores.js';
import { whyNoPostgres } from '../testing/server.js';
import type { Words } from './access.js';
import { createTables } from './create-tables.js';
import type { Database } from './database.js';
import { SQLITE_WORDS } from './dialect.js';

type Work = (tables: StoreTables) => Promise<unknown>;

function runOn(db: Kysely<Database>, words: Words, work: Work): Promise<unknown> {
  const session = { db, texts: new Map<string, string>(), closed: new Set<string>(), words };
  return work(createTables({ read: (each) => each(session), write: (each) => each(session) }));
}

/** A list as it is filtered. */
const listed =
  (filter: { status: string; search?: string }): Work =>
  ({ overview }) =>
    overview.services({ ...filter, order: 'id', limit: 10, offset: 0 }, { panels: {}, others: '2026-01-01' });

function testPlans(plan: (work: Work) => Promise<Plan[]>): void {
  it('a search reads all services once more than the list without it', async () => {
    const [[without], [searched]] = [
      await plan(listed({ status: 'ok' })),
      await plan(listed({ status: 'ok', search: 'São 0912 345' })),
    ];
    expect(without?.whole.length).toBeGreaterThan(0);
    expect(searched?.whole.length).toBeLessThanOrEqual((without?.whole.length ?? 0) + 1);
  });

  it.each(Object.entries(FILTERED))('%s goes by an index', async (_, work) => {
    const plans = await plan(work);
    expect(plans.length).toBeGreaterThan(0);
    expect(plans.flatMap(({ whole }) => whole)).toEqual([]);
  });

  it.each(Object.entries(OPEN))('%s reads only what is open', async (_, [index, work]) => {
    const plans = await plan(work);
    expect(plans.flatMap(({ whole }) => whole)).toEqual([]);
    expect(plans.flatMap(({ indexes }) => indexes)).toContain(index);
  });
}

describe('the plan of', () => {
  const at = useStore();
  testPlans(async (work) => {
    const handle = await openWriter(at.location, 1000);
    const queries: CompiledQuery[] = [];
    const log = ({ query }: { query: CompiledQuery }): void => {
      queries.push(query);
    };
    const db = new Kysely<Database>({ dialect: new ImmediateSqliteDialect(handle, new StoreLock(1000)), log });
    try {
      await runOn(db, SQLITE_WORDS, work);
      return queries.map(({ sql, parameters }) => {
        const lines = handle.prepare<unknown[], { detail: string }>(`explain query plan ${sql}`).all(parameters);
        return readSqlitePlan(lines.map(({ detail }) => detail));
      });
    } finally {
      await db.destroy();
    }
  });
});

/** A statement is planned for its values five times; then a plan for any values may take their place. */
const TIMES = 7;

/** A value or a list of them, of the type that the statement expects. */
function toLiteral(value: unknown): string {
  if (value === null) return 'null';
  const list = Array.isArray(value) ? `{${value.map((each) => JSON.stringify(each)).join()}}` : null;
  return `'${(list ?? `${value as string | number}`).replaceAll("'", "''")}'`;
}

async function explain(client: Client, { sql, parameters }: CompiledQuery): Promise<Plan[]> {
  const values = parameters.map((value) => toLiteral(storable(value))).join();
  await client.query(`deallocate all; prepare planned as ${sql}`);
  const plans: Plan[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `explain (format json) execute planned${values === '' ? '' : `(${values})`}`,
    );
    const [plan] = JSON.parse(rows[0]?.['QUERY PLAN'] ?? '[]') as [{ Plan: Step }];
    plans.push(readPostgresPlan(plan.Plan, LARGE));
  }
  return plans;
}

const reason = whyNoPostgres();
(reason === null ? describe : describe.skip)(
  `on PostgreSQL${reason === null ? '' : ` (${reason})`} the plan of`,
  () => {
    let schema: EmptySchema;
    let client: Client;
    beforeAll(async () => {
      schema = await acquireSchema();
      client = newClient(readPostgresUrl(schema.url), { wait: 60_000, mayLast: true });
      await client.connect();
      for (const statement of fillSchema()) await client.query(statement);
    });
    afterAll(async () => {
      await client.end();
      await schema.drop();
      await schema.release();
    });

    testPlans(async (work) => {
      const queries: CompiledQuery[] = [];
      // It answers as an empty store does.
      const executeQuery = (query: CompiledQuery): Promise<unknown> => {
        queries.push(query);
        return Promise.resolve({ rows: [], numAffectedRows: 1n });
      };
      const connection = { executeQuery } as unknown as ClientConnection;
      const source = { acquire: () => Promise.resolve(connection), release: () => undefined };
      await runOn(toKysely(source), postgresWords({ leasesByCaller: true }), work);
      const plans: Plan[] = [];
      for (const query of queries) plans.push(...(await explain(client, query)));
      return plans;
    });
  },
);
