import pg from 'pg';
import { startPostgres as startServer } from '@sluice/state-store/testing';

/** A server of PostgreSQL for the tests. */
export interface Postgres {
  readonly port: number;
  /** Creates an empty database, and returns its address. */
  create(): Promise<string>;
  /** Executes statements as the owner of all databases, in this one. */
  query(url: string, text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** Breaks all connections to a database. */
  cut(url: string): Promise<void>;
  /** Ends the server as a crash would, until `resume`. */
  halt(): Promise<void>;
  resume(): Promise<void>;
  stop(): void;
}

/** Starts a server of its own. */
export async function startPostgres(): Promise<Postgres> {
  const server = await startServer();
  const query: Postgres['query'] = async (url, text, values) => {
    const client = new pg.Client(url);
    await client.connect();
    try {
      return (await client.query(text, values)).rows as Record<string, unknown>[];
    } finally {
      await client.end();
    }
  };
  const all = server.url();
  let created = 0;
  return {
    query,
    port: server.port,
    halt: () => server.kill(),
    resume: () => server.restart(),
    async create() {
      const name = `sluice_${++created}`;
      await query(all, `create database ${name}`);
      const url = new URL(all);
      url.pathname = name;
      return url.href;
    },
    async cut(url) {
      const name = new URL(url).pathname.slice(1);
      await query(all, 'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
    },
    stop: () => {
      server.release();
    },
  };
}
