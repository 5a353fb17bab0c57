import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { root } from '../lib.mjs';

const { Client } = createRequire(path.join(root, 'packages', 'state-store', 'package.json'))('pg');

/** Where Debian's packages put the programs, newest version first; null where there are none. */
function findPrograms() {
  const folder = '/usr/lib/postgresql';
  const versions = existsSync(folder)
    ? readdirSync(folder)
        .map(Number)
        .sort((a, b) => b - a)
    : [];
  return (
    versions
      .map((version) => path.join(folder, String(version), 'bin'))
      .find((bin) => existsSync(path.join(bin, 'initdb'))) ?? null
  );
}

/** The programs refuse to run as root: then they run as the user that Debian's package makes. */
function findOwner() {
  if (process.getuid() !== 0) return {};
  const id = (what) => Number(execFileSync('id', [what, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Resolves with a connection as soon as the server answers. */
async function connect(url) {
  for (let attempt = 1; ; attempt++) {
    const client = new Client({ connectionString: url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (attempt === 100) throw error;
      await wait(100);
    }
  }
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
  const bin = findPrograms();
  if (bin === null) return 'PostgreSQL is not installed';
  const owner = findOwner();
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-bench-pg-'));
  const data = path.join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  if (owner.uid !== undefined) for (const each of [folder, data]) chownSync(each, owner.uid, owner.gid);
  execFileSync(path.join(bin, 'initdb'), ['-D', data, '-U', 'sluice', '-A', 'trust', '-E', 'UTF8', '--no-locale'], {
    ...owner,
    stdio: 'ignore',
    cwd: folder,
  });
  const port = await freePort();
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`];
  const child = spawn(path.join(bin, 'postgres'), ['-D', data, ...settings.flatMap((each) => ['-c', each])], {
    ...owner,
    stdio: 'ignore',
    cwd: folder,
  });
  const address = (database) => `postgres://sluice@127.0.0.1:${port}/${database}`;
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
      child.kill('SIGINT');
      await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
