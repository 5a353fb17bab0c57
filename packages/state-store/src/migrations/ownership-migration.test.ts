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
  it('are whole for services that are in use', async () => {
    await add('svc-1', { created: 1 });
    expect(await periods()).toEqual(['svc-1 a ..']);
  });

  it('end with a service, at the latest when the next one came', async () => {
    await add('svc-1', { created: 1, updated: 9, status: 'terminated' });
    await add('svc-2', { created: 5, client: 'b' });
    expect(await periods()).toEqual([`svc-1 a ..${minute(5)}`, `svc-2 b ${minute(5)}..`]);
  });

  it('end when the last change of an ended service was stored', async () => {
    await add('svc-1', { created: 1, updated: 4, status: 'vanished' });
    await add('svc-2', { created: 5, client: 'b' });
    expect(await periods()).toEqual([`svc-1 a ..${minute(4)}`, `svc-2 b ${minute(5)}..`]);
  });

  it('belong to the client that was billed before the change of the client', async () => {
    await add('svc-1', { created: 1, client: 'b', since: 6 });
    await addBill('svc-1', 'old', 2);
    await addBill('svc-1', 'a', 4);
    expect(await periods()).toEqual([`svc-1 a ..${minute(6)}`, `svc-1 b ${minute(6)}..`]);
  });

  it('belong to nobody known where no bill names the former client', async () => {
    await add('svc-1', { created: 1, client: 'b', since: 6 });
    expect(await periods()).toEqual([`svc-1 - ..${minute(6)}`, `svc-1 b ${minute(6)}..`]);
  });

  it('of two services that were imported together are those of the one in use', async () => {
    await add('svc-1', { created: 1, status: 'terminated' });
    await add('svc-2', { created: 1, client: 'b' });
    expect(await periods()).toEqual(['svc-2 b ..']);
  });
});
