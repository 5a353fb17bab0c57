import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';

/** Folders of the server's programs, by distribution. */
const FOLDERS = [15, 16, 17, 14].map((version) => `/usr/lib/postgresql/${version}/bin`);

/** A server of PostgreSQL for the tests, on loopback. */
export interface Postgres {
  /** Creates an empty database, and returns its address. */
  create(): Promise<string>;
  /** Executes statements as the owner of all databases, in this one. */
  query(url: string, text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** Breaks all connections to a database. */
  cut(url: string): Promise<void>;
  halt(): void;
  resume(): void;
  stop(): void;
}

/** Returns why there is no server; null where there is one. */
export const missingPostgres = (): string | null =>
  findFolder() === undefined ? 'PostgreSQL is not installed here' : null;

const findFolder = (): string | undefined => FOLDERS.find((folder) => existsSync(path.join(folder, 'pg_ctl')));

/** Starts a server of its own. */
export async function startPostgres(): Promise<Postgres> {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-queue-'));
  const bin = findFolder() ?? '';
  // The server refuses to be run by root.
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? { uid: idOf('-u'), gid: idOf('-g') } : {};
  if (isRoot) chownSync(folder, idOf('-u'), idOf('-g'));
  const run = (program: string, args: string[]): void => {
    execFileSync(path.join(bin, program), args, { ...user, cwd: folder, stdio: 'ignore' });
  };
  const data = path.join(folder, 'data');
  run('initdb', ['-D', data, '-A', 'trust', '-U', 'sluice', '-E', 'UTF8', '--no-sync']);
  const port = await freePort();
  const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder} -c fsync=off -c max_connections=200`;
  const resume = (): void => {
    run('pg_ctl', ['-D', data, '-w', '-o', settings, '-l', path.join(folder, 'log'), 'start']);
  };
  const halt = (): void => {
    run('pg_ctl', ['-D', data, '-w', '-m', 'immediate', 'stop']);
  };
  resume();
  const toUrl = (name: string): string => `postgres://sluice@127.0.0.1:${port}/${name}`;
  const query: Postgres['query'] = async (url, text, values) => {
    const client = new pg.Client(url);
    await client.connect();
    try {
      return (await client.query(text, values)).rows as Record<string, unknown>[];
    } finally {
      await client.end();
    }
  };
  let created = 0;
  return {
    query,
    halt,
    resume,
    async create() {
      const name = `sluice_${++created}`;
      await query(toUrl('postgres'), `create database ${name}`);
      return toUrl(name);
    },
    async cut(url) {
      const name = new URL(url).pathname.slice(1);
      await query(toUrl('postgres'), 'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
        name,
      ]);
    },
    stop() {
      spawnSync(path.join(bin, 'pg_ctl'), ['-D', data, '-m', 'immediate', 'stop'], { ...user, stdio: 'ignore' });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const idOf = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  });
}
