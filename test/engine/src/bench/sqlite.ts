import { createRequire } from 'node:module';

interface Handle {
  exec: (sql: string) => void;
  close: () => void;
}

/** Changes a store behind the engine's back. */
export function handleOn(file: string): { exec: (sql: string) => void } {
  const require = createRequire(createRequire(import.meta.url).resolve('@sluice/state-store'));
  const Sqlite = require('better-sqlite3') as new (name: string) => Handle;
  return {
    exec(sql) {
      const handle = new Sqlite(file);
      handle.exec(sql);
      handle.close();
    },
  };
}

/** Returns all rows of the tables that are wanted, by table, in the order in which they are stored. */
export function rowsOf(file: string, isWanted: (table: string) => boolean): Record<string, unknown[]> {
  const require = createRequire(createRequire(import.meta.url).resolve('@sluice/state-store'));
  const Sqlite = require('better-sqlite3') as new (name: string) => Reader;
  const handle = new Sqlite(file);
  const names = handle.prepare("select name from sqlite_master where type = 'table' order by name").pluck().all();
  const tables = (names as string[]).filter((name) => !name.startsWith('sqlite_') && isWanted(name));
  const rows = tables.map((name): [string, unknown[]] => [name, handle.prepare(`select * from "${name}"`).all()]);
  handle.close();
  return Object.fromEntries(rows);
}

interface Reader {
  prepare: (sql: string) => { all: () => unknown[]; pluck: () => { all: () => unknown[] } };
  close: () => void;
}
