import { afterEach, beforeEach, expect, it } from '@jest/globals';
import Sqlite from 'better-sqlite3';
import { sql } from 'kysely';
import { type Connection, toConnection } from '../sqlite/connect.js';
import { minute } from '../test/records.js';
import { migrate } from './migrate.js';
import { MIGRATIONS } from './migrations.js';

let connection: Connection;
beforeEach(async () => {
  connection = toConnection(new Sqlite(':memory:'), 0);
  await migrate(connection.db, minute(0), MIGRATIONS.slice(0, 35));
});
afterEach(() => connection.close());

/** Adds a service; `line`: the one that it names. */
async function add(panel: string, line: string): Promise<void> {
  await sql`insert into services (id, panel, product, status, refs, own_refs, fields, created_at, updated_at)
    values ('svc-1', ${panel}, 'line', 'active', ${JSON.stringify({ line })}, '[]', '{}', ${minute(1)},
    ${minute(1)})`.execute(connection.db);
}

async function addPeriod(panel: string, line: string, until: number | null): Promise<void> {
  await sql`insert into ownership (panel, subject, service, client, since, until)
    values (${panel}, ${`line:${line}`}, 'svc-1', 'a', null, ${until === null ? null : minute(until)})`.execute(
    connection.db,
  );
}

/** Returns the panels of bills of the line 9001 that were made at these minutes. */
async function panelsOf(...made: number[]): Promise<(string | null)[]> {
  for (const at of made)
    await sql`insert into call_bills (id, key, service, subscriber, start, "end", state, billing, description, amount, charged,
      currency, digest, at, calls) values (${`cb-${at}`}, ${`k-${at}`}, 'svc-1', '9001', ${minute(0)}, ${minute(1)},
      'confirmed', 'ledger', '', '0', '0', 'BRL', '', ${minute(at)}, 0)`.execute(connection.db);
  await migrate(connection.db, minute(0));
  const { rows } = await sql<{ panel: string | null }>`select panel from call_bills order by seq`.execute(
    connection.db,
  );
  return rows.map(({ panel }) => panel);
}

it('is that of a service that still has the line', async () => {
  await add('tel', '9001');
  await addPeriod('tel', '9001', null);
  expect(await panelsOf(2)).toEqual(['tel']);
});

it('is the one that the service had when the bill was made, also where both have a line of that id', async () => {
  await add('other', '9001');
  await addPeriod('tel', '9001', 5);
  await addPeriod('other', '9001', null);
  expect(await panelsOf(4, 6)).toEqual(['tel', 'other']);
});

it('is the last one that it had, for a bill that was made after its line ended or its service was removed', async () => {
  await addPeriod('tel', '9001', 3);
  await addPeriod('other', '9001', 5);
  expect(await panelsOf(6)).toEqual(['other']);
});

it('has the new name where the service ended before it changed', async () => {
  await add('voice', '9001');
  await addPeriod('tel', '9001', 5);
  expect(await panelsOf(6)).toEqual(['voice']);
});

it('is not known where nothing names the line', async () => {
  await add('tel', '7');
  await addPeriod('tel', '7', null);
  expect(await panelsOf(2)).toEqual([null]);
});
