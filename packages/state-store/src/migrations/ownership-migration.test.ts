import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Sqlite from 'better-sqlite3';
import { sql } from 'kysely';
import { type Connection, toConnection } from '../sqlite/connect.js';
import { minute } from '../test/records.js';
import { migrate } from './migrate.js';
import { MIGRATIONS } from './migrations.js';

let connection: Connection;
beforeEach(async () => {
  connection = toConnection(new Sqlite(':memory:'), 0);
  await migrate(connection.db, minute(0), MIGRATIONS.slice(0, 22));
});
afterEach(() => connection.close());

interface Row {
  created: number;
  updated?: number;
  client?: string;
  since?: number;
  status?: string;
}

async function add(id: string, { created, updated = created, client = 'a', since, status = 'active' }: Row) {
  const refs = JSON.stringify({ line: '9001' });
  await sql`insert into services (id, panel, product, client, client_since, status, refs, own_refs, fields, created_at, updated_at)
    values (${id}, 'tel', 'line', ${client}, ${since === undefined ? null : minute(since)}, ${status}, ${refs}, '[]', '{}',
    ${minute(created)}, ${minute(updated)})`.execute(connection.db);
}

async function addBill(service: string, client: string, at: number): Promise<void> {
  await sql`insert into call_bills (id, key, service, subscriber, start, "end", state, billing, description, amount, charged,
    currency, digest, at, calls, client) values (${`cb-${at}`}, ${`k-${at}`}, ${service}, '9001', ${minute(at)}, ${minute(at + 1)},
    'confirmed', 'ledger', '', '0', '0', 'BRL', '', ${minute(at)}, 0, ${client})`.execute(connection.db);
}

async function periods(): Promise<string[]> {
  await migrate(connection.db, minute(0));
  const { rows } = await sql<{
    text: string;
  }>`select service || ' ' || coalesce(client, '-') || ' ' || coalesce(since, '')
    || '..' || coalesce(until, '') as text from ownership where subject = 'line:9001' order by seq`.execute(
    connection.db,
  );
  return rows.map(({ text }) => text);
}

describe('the periods of a store of before', () => {
  const ended = { created: 1, status: 'terminated' };
  const next = { created: 5, client: 'b' };

  it.each<[string, Row[], string[]]>([
    ['are whole for services that are in use', [{ created: 1 }], ['svc-1 a ..']],
    [
      'end with a service, at the latest when the next one came',
      [{ ...ended, updated: 9 }, next],
      [`svc-1 a ..${minute(5)}`, `svc-2 b ${minute(5)}..`],
    ],
    [
      'end when the last change of an ended service was stored',
      [{ ...ended, updated: 4, status: 'vanished' }, next],
      [`svc-1 a ..${minute(4)}`, `svc-2 b ${minute(5)}..`],
    ],
    [
      'belong to nobody known where no bill names the former client',
      [{ created: 1, client: 'b', since: 6 }],
      [`svc-1 - ..${minute(6)}`, `svc-1 b ${minute(6)}..`],
    ],
    [
      'of two services that were imported together are those of the one in use',
      [ended, { created: 1, client: 'b' }],
      ['svc-2 b ..'],
    ],
  ])('%s', async (_what, rows, expected) => {
    for (const [index, row] of rows.entries()) await add(`svc-${index + 1}`, row);
    expect(await periods()).toEqual(expected);
  });

  it('belong to the client that was billed before the change of the client', async () => {
    await add('svc-1', { created: 1, client: 'b', since: 6 });
    await addBill('svc-1', 'old', 2);
    await addBill('svc-1', 'a', 4);
    expect(await periods()).toEqual([`svc-1 a ..${minute(6)}`, `svc-1 b ${minute(6)}..`]);
  });
});
