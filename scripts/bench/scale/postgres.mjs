import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startPostgres as startServer, whyNoPostgres } from '../../../packages/state-store/dist/testing/index.js';
import { root } from '../lib.mjs';

const { Client } = createRequire(path.join(root, 'packages', 'state-store', 'package.json'))('pg');

async function connect(url) {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

const LOAD = `
  select d.xact_commit + d.xact_rollback as transactions, d.xact_rollback as "rolledBack", d.active_time / 1000 as seconds,
    t.added, t.changed, t.removed, w.wal_bytes as "writtenBytes", pg_database_size(current_database()) as bytes
  from pg_stat_database as d, pg_stat_wal as w,
    (select sum(n_tup_ins) as added, sum(n_tup_upd) as changed, sum(n_tup_del) as removed from pg_stat_user_tables) as t
  where d.datname = current_database()`;

/**
 * Starts PostgreSQL on loopback in a temporary folder, with a database per `newDatabase`; a text that says why it can't where it
 * can't. It writes its log to the disk as in service (fsync is on), because what that costs is a part of the measurement.
 */
export async function startPostgres() {
  const reason = whyNoPostgres();
  if (reason !== null) return reason;
  const server = await startServer({ settings: ['fsync=on', 'full_page_writes=on'], onDisk: true });
  const address = (database) => {
    const url = new URL(server.url());
    url.pathname = database;
    return url.href;
  };
  const admin = await connect(address('postgres'));
  let databases = 0;
  return {
    /** The address of a new database, what was done in it since its start, and the rows that a query returns. */
    async newDatabase() {
      const name = `bench_${(databases += 1)}`;
      await admin.query(`create database ${name}`);
      const query = async (text, values) => {
        const client = await connect(address(name));
        try {
          return (await client.query(text, values)).rows;
        } finally {
          await client.end();
        }
      };
      const readLoad = async () => {
        // Other sessions' figures are written a moment after they end.
        await wait(1000);
        const [load] = await query(LOAD);
        return Object.fromEntries(Object.entries(load).map(([key, value]) => [key, Number(value)]));
      };
      return { url: address(name), readLoad, query };
    },
    async stop() {
      await admin.end();
      server.release();
    },
  };
}
