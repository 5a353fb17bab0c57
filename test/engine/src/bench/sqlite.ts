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
